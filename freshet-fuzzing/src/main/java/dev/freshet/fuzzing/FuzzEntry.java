package dev.freshet.fuzzing;

import java.util.Objects;

/** What the fuzzer calls; a system property says which target it is about. */
public final class FuzzEntry {
    static final String TARGET_PROPERTY = "freshet.fuzz.target";

    private static final FuzzTarget TARGET =
            FuzzTargets.named(Objects.requireNonNull(System.getProperty(TARGET_PROPERTY), TARGET_PROPERTY));

    private FuzzEntry() {}

    /** By the fuzzer's own name of it. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        TARGET.run(input);
    }
}
