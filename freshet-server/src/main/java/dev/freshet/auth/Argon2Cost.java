package dev.freshet.auth;

/** What one hash costs: KiB of memory, passes over it, lanes. */
record Argon2Cost(int memoryKiB, int iterations, int parallelism) {
    /** OWASP's password storage cheat sheet, second of its equal choices: 19 MiB, two passes, one lane. */
    static final Argon2Cost OWASP = new Argon2Cost(19_456, 2, 1);

    private static final int MAX_MEMORY_KIB = 128 * 1024;
    private static final int MAX_ITERATIONS = 16;
    private static final int MAX_PARALLELISM = 8;
    private static final int MIN_KIB_A_LANE = 8;

    Argon2Cost {
        if (!isBearable(memoryKiB, iterations, parallelism)) {
            throw new IllegalArgumentException(
                    "m=%d, t=%d, p=%d is outside what is accepted".formatted(memoryKiB, iterations, parallelism));
        }
    }

    static boolean isBearable(int memoryKiB, int iterations, int parallelism) {
        return parallelism >= 1
                && parallelism <= MAX_PARALLELISM
                && memoryKiB >= MIN_KIB_A_LANE * parallelism
                && memoryKiB <= MAX_MEMORY_KIB
                && iterations >= 1
                && iterations <= MAX_ITERATIONS;
    }
}
