package dev.freshet.duplicates;

import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.MemoryFiles;
import dev.freshet.fuzzing.Require;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The manifest of the event ids: any bytes, and the same with a sound checksum. What is read must be read again once written. */
public final class ManifestTarget implements FuzzTarget {
    private static final Path FOLDER = Path.of("ids");

    private final MemoryFiles files = new MemoryFiles();

    @Override
    public void run(byte[] input) throws IOException {
        check(input);
        check(withChecksum(new String(input, StandardCharsets.UTF_8)));
    }

    private void check(byte[] bytes) throws IOException {
        files.setContent(FOLDER.resolve(Manifest.NAME), bytes);
        Optional<Manifest> manifest;
        try {
            manifest = Manifest.read(files, FOLDER);
        } catch (DuplicatesException refusal) {
            Require.equal(refusal.code(), DuplicatesException.Code.CORRUPT, "the refusal");
            return;
        }
        Require.that(manifest.isPresent(), () -> "a manifest that is there is none");
        manifest.get().write(files, FOLDER, "written" + RunWriter.TEMPORARY);
        Require.equal(Manifest.read(files, FOLDER), manifest, "the manifest written again");
    }

    private static byte[] withChecksum(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return (lines + "checksum " + Long.toHexString(crc.getValue()) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
