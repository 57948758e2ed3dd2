package dev.freshet.reactive;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of tables, which stand in the ids of their documents. Each follows from the table's name alone, so that an id
 * that is kept names the same table whatever modules come and go. Not safe for several threads.
 */
final class TableNumbers {
    private final Map<Integer, String> names = new HashMap<>();

    /**
     * The number of the table of this name, from 1 to 2^31-1.
     *
     * @throws IllegalArgumentException when another table has it, of a hundred tables once in 400,000 times; the message
     *     names both
     */
    int add(String name) {
        int number = of(name);
        String other = names.putIfAbsent(number, name);
        if (other != null) {
            throw new IllegalArgumentException(
                    other.equals(name)
                            ? "there are two tables named " + name
                            : "the tables " + other + " and " + name + " have the same number; rename one of them");
        }
        return number;
    }

    static int of(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return Math.max(1, ByteBuffer.wrap(hash).getInt() & Integer.MAX_VALUE);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
