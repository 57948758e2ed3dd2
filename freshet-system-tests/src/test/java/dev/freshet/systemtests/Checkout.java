package dev.freshet.systemtests;

import java.nio.file.Path;
import java.util.Objects;

/** Where the repository is that these tests run in. */
final class Checkout {
    private Checkout() {}

    static Path root() {
        return Path.of(Objects.requireNonNull(System.getProperty("freshet.root"), "the build sets freshet.root"));
    }
}
