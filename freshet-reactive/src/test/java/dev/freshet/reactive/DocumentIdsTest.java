package dev.freshet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.Randomness;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DocumentIdsTest {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    @Test
    void anIdIsTheOneThatConvexMakes() {
        // Table 1017, and 251 to the powers 1 to 16: an id that Convex's own implementation has to keep making.
        byte[] random = new byte[16];
        int power = 1;
        for (int index = 0; index < random.length; index++) {
            power = power * 251 & 0xFF;
            random[index] = (byte) power;
        }

        assertThat(new DocumentIds(new Fixed(random)).next(1017)).isEqualTo("z43zp6c3e75gkmz1kfwj6mbbx5sw281h");
    }

    @Test
    void tableBytesAndChecksumCanBeReadBack() {
        long seed = System.nanoTime();
        System.out.println("DocumentIdsTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int table : new int[] {1, 2, 127, 128, 10_000, 16_383, 16_384, 1 << 21, Integer.MAX_VALUE}) {
            byte[] middle = new byte[16];
            random.nextBytes(middle);

            String id = new DocumentIds(new Fixed(middle)).next(table);

            assertThat(DocumentIds.tableNumberOf(id)).as("seed %d", seed).hasValue(table);
            assertThat(id).as("seed %d", seed).matches("[" + ALPHABET + "]{31,37}");
            byte[] bytes = decode(id);
            int prefix = bytes.length - 18;
            int readTable = 0;
            for (int index = 0; index < prefix; index++) {
                readTable |= (bytes[index] & 0x7F) << (7 * index);
            }
            assertThat(readTable).as("seed %d", seed).isEqualTo(table);
            assertThat(java.util.Arrays.copyOfRange(bytes, prefix, prefix + 16)).isEqualTo(middle);
        }
    }

    @Test
    void whatIsNotWrittenAsAnIdIsHasNoTable() {
        String id = "z43zp6c3e75gkmz1kfwj6mbbx5sw281h";
        assertThat(DocumentIds.tableNumberOf(id)).hasValue(1017);
        for (int index = 0; index < id.length(); index++) {
            char other = id.charAt(index) == 'a' ? 'b' : 'a';
            String changed = id.substring(0, index) + other + id.substring(index + 1);
            assertThat(DocumentIds.tableNumberOf(changed)).as(changed).isEmpty();
        }
        for (int length = 0; length < id.length(); length++) {
            assertThat(DocumentIds.tableNumberOf(id.substring(0, length))).isEmpty();
        }
        for (String other :
                new String[] {id + "0", id + "00", id.replace('z', 'Z'), "a".repeat(10_000), "ü".repeat(32)}) {
            assertThat(DocumentIds.tableNumberOf(other)).isEmpty();
        }
        assertThat(DocumentIds.tableNumberOf(new DocumentIds(Randomness.secure()).next(0)))
                .as("table 0")
                .isEmpty();
    }

    @Test
    void idsDoNotRepeat() {
        DocumentIds ids = new DocumentIds(Randomness.secure());
        Set<String> made = new HashSet<>();
        for (int count = 0; count < 10_000; count++) {
            assertThat(made.add(ids.next(1))).isTrue();
        }
    }

    /** Reads all bits as one number; those left over at the end must be 0 for the text to be canonical. */
    private static byte[] decode(String id) {
        BigInteger number = BigInteger.ZERO;
        for (int index = 0; index < id.length(); index++) {
            number = number.shiftLeft(5).or(BigInteger.valueOf(ALPHABET.indexOf(id.charAt(index))));
        }
        int length = id.length() * 5 / 8;
        int spare = id.length() * 5 - length * 8;
        assertThat(number.getLowestSetBit()).isGreaterThanOrEqualTo(spare);
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++) {
            bytes[index] = number.shiftRight(spare + 8 * (length - 1 - index)).byteValue();
        }
        return bytes;
    }

    private record Fixed(byte[] content) implements Randomness {
        @Override
        public byte[] bytes(int count) {
            return content.clone();
        }

        @Override
        public RandomGenerator generator() {
            return new SplittableRandom(1);
        }
    }
}
