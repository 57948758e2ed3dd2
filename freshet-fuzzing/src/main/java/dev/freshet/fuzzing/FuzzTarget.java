package dev.freshet.fuzzing;

/** One decoder under test. Used by one thread. */
@FunctionalInterface
public interface FuzzTarget {
    /**
     * Decodes the bytes and checks what came out.
     *
     * @throws Exception any exception or error means a fault of the decoder: refusals are not among what this throws
     */
    void run(byte[] input) throws Exception;
}
