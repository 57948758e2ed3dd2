package dev.freshet.fuzzing;

import dev.freshet.dialect.MappingFile;
import dev.freshet.dialect.MappingFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The mapping file. */
final class MappingFileTarget implements FuzzTarget {
    private final Path file;

    MappingFileTarget() {
        try {
            file = Files.createTempFile("freshet-fuzzing-", ".yaml");
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place for a file", e);
        }
        file.toFile().deleteOnExit();
    }

    @Override
    public void run(byte[] input) throws IOException {
        Files.write(file, input);
        try {
            MappingFile.read(file);
        } catch (MappingFileException refusal) {
            Require.that(
                    String.valueOf(refusal.getMessage()).contains(file.toString()), () -> "a refusal names no file");
        }
    }
}
