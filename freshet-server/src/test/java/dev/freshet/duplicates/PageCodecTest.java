package dev.freshet.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PageCodecTest {
    private final ByteBuffer page = Run.pageBuffer();

    @Test
    void findsAndGivesBackWhatWasWrittenWhateverTheDistancesAre() {
        long seed = Long.getLong("freshet.seed", System.nanoTime());
        System.out.println("PageCodecTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int spread = random.nextInt(129);
            int timeBits = random.nextInt(PageCodec.MOST_TIME_BITS + 1);
            TreeMap<String, long[]> numbers = new TreeMap<>();
            long[] base = number(random, 128);
            int count = 1 + random.nextInt(random.nextBoolean() ? 5 : PageCodec.MOST_IDS);
            for (int index = 0; index < count; index++) {
                long[] distance = number(random, spread);
                long low = base[1] + distance[1];
                long high = random.nextInt(10) == 0 ? distance[0] : base[0] ^ distance[0];
                long time = timeBits == 0 ? 0 : random.nextLong() >>> (64 - timeBits);
                numbers.put("%016x%016x".formatted(high, low), new long[] {high, low, time});
            }
            requireSame(numbers, timeBits, random, "seed " + seed + " round " + round);
        }
    }

    private void requireSame(Map<String, long[]> numbers, int timeBits, Random random, String what) {
        long[][] columns = new long[3][PageCodec.MOST_IDS];
        int count = 0;
        for (long[] number : numbers.values()) {
            for (int column = 0; column < 3; column++) {
                columns[column][count] = number[column];
            }
            count++;
        }
        page.clear();
        for (int at = 0; at < page.capacity(); at++) {
            page.put(at, (byte) random.nextInt());
        }
        int size = PageCodec.encode(page, columns[0], columns[1], columns[2], count, timeBits);
        assertThat(PageCodec.isSound(page, size)).isTrue();

        long[][] read = new long[3][PageCodec.MOST_IDS];
        assertThat(PageCodec.decode(page, read[0], read[1], read[2])).isEqualTo(count);
        for (int index = 0; index < count; index++) {
            for (int column = 0; column < 3; column++) {
                assertThat(read[column][index]).as(what).isEqualTo(columns[column][index]);
            }
            assertThat(PageCodec.find(page, size, columns[0][index], columns[1][index]))
                    .as(what)
                    .isEqualTo(index);
            assertThat(PageCodec.time(page, index)).isEqualTo(columns[2][index]);
        }
        for (int probe = 0; probe < 50; probe++) {
            int near = random.nextInt(count);
            long[] flip = number(random, random.nextInt(129));
            long high = columns[0][near] ^ flip[0];
            long low = columns[1][near] ^ flip[1];
            long[] there = numbers.get("%016x%016x".formatted(high, low));
            int found = PageCodec.find(page, size, high, low);
            assertThat(found >= 0).as(what).isEqualTo(there != null);
        }
    }

    @Test
    void aFlippedBitIsSeen() {
        long[] highs = {1, 2, 3};
        int size = PageCodec.encode(page, highs, new long[3], new long[3], 3, 5);
        assertThat(PageCodec.isSound(page, size)).isTrue();
        for (int bit = 0; bit < size * 8; bit++) {
            page.put(bit / 8, (byte) (page.get(bit / 8) ^ (1 << (bit % 8))));
            assertThat(PageCodec.isSound(page, size)).isFalse();
            page.put(bit / 8, (byte) (page.get(bit / 8) ^ (1 << (bit % 8))));
        }
        assertThat(PageCodec.isSound(page, size)).isTrue();
    }

    @Test
    void randomNumbersTakeTwoBitsMoreThanTheLogarithmOfTheirDistance() {
        Random random = new Random(7);
        TreeMap<Long, Long> sorted = new TreeMap<>();
        while (sorted.size() < PageCodec.MOST_IDS) {
            sorted.put(random.nextLong() >>> 1, random.nextLong());
        }
        long[] highs = sorted.keySet().stream().mapToLong(high -> high >>> 22).toArray();
        long[] lows = sorted.values().stream().mapToLong(low -> low).toArray();
        int size = PageCodec.encode(page, highs, lows, new long[PageCodec.MOST_IDS], PageCodec.MOST_IDS, 0);
        double idealBits = 64 + 41 - 10;
        assertThat(size * 8.0 / PageCodec.MOST_IDS).isLessThan(idealBits + 2.3);
    }

    private static long[] number(Random random, int bits) {
        long high = bits > 64 ? random.nextLong() >>> (128 - bits) : 0;
        long low = bits == 0 ? 0 : random.nextLong() >>> Math.max(0, 64 - bits);
        return new long[] {high, low};
    }
}
