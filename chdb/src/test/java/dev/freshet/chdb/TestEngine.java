package dev.freshet.chdb;

import java.nio.file.Path;
import java.util.Objects;

/** The real library that the build installed. */
final class TestEngine {
    private TestEngine() {}

    static Path library() {
        return ChdbLibrary.locate(Path.of(Objects.requireNonNull(
                System.getProperty("chdb.native.directory"), "the build sets chdb.native.directory")));
    }

    static ChdbOptions options(Path folder) {
        return ChdbOptions.of(library(), folder).withServerOption("backups.allowed_path", folder.toString());
    }
}
