package dev.freshet.duplicates;

import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.Require;
import java.nio.ByteBuffer;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * Pages of event ids: any bytes as a page, the same with a sound checksum, and any bytes as ids, which must be found and given back
 * from the page that holds them.
 */
public final class PageTarget implements FuzzTarget {
    private static final int ID_BYTES = 16;

    private final ByteBuffer page = Run.pageBuffer();
    private final long[] highs = new long[PageCodec.MOST_IDS];
    private final long[] lows = new long[PageCodec.MOST_IDS];
    private final long[] times = new long[PageCodec.MOST_IDS];

    private record Number128(long high, long low) implements Comparable<Number128> {
        @Override
        public int compareTo(Number128 other) {
            return Unsigned128.compare(high, low, other.high, other.low);
        }
    }

    @Override
    public void run(byte[] input) {
        int size = load(input);
        read(size);
        if (size > PageCodec.HEADER_BYTES) {
            CRC32C crc = new CRC32C();
            crc.update(page.duplicate().limit(size).position(Integer.BYTES));
            page.putInt(0, (int) crc.getValue());
            read(size);
        }
        requireGivenBack(input);
    }

    /** Pages are read into a buffer that held others, and are of whole words. */
    private int load(byte[] input) {
        int size = Math.min(input.length, PageCodec.MOST_BYTES) / 8 * 8;
        page.clear();
        while (page.hasRemaining()) {
            page.put((byte) 0xff);
        }
        page.clear().put(input, 0, size).clear();
        return size;
    }

    private void read(int size) {
        if (!PageCodec.isSound(page, size)) {
            return;
        }
        int count = PageCodec.decode(page, highs, lows, times);
        Require.that(count > 0 && count <= PageCodec.MOST_IDS, () -> "a page of " + count + " ids");
        for (int index = 0; index < count; index++) {
            int found = PageCodec.find(page, size, highs[index], lows[index]);
            int most = count;
            Require.that(found >= -1 && found < most, () -> "an id is at " + found + " of " + most);
        }
        int none = PageCodec.find(page, size, -1, -1);
        Require.that(none < count, () -> "an id is at " + none);
    }

    private void requireGivenBack(byte[] input) {
        TreeSet<Number128> numbers = new TreeSet<>();
        ByteBuffer source = ByteBuffer.wrap(input);
        while (source.remaining() >= ID_BYTES && numbers.size() < PageCodec.MOST_IDS) {
            numbers.add(new Number128(source.getLong(), source.getLong()));
        }
        if (numbers.isEmpty()) {
            return;
        }
        int timeBits = (input[0] & 0xff) % (PageCodec.MOST_TIME_BITS + 1);
        int count = 0;
        for (Number128 number : numbers) {
            highs[count] = number.high;
            lows[count] = number.low;
            times[count++] = timeOf(number, timeBits);
        }
        page.clear();
        int size = PageCodec.encode(page, highs, lows, times, count, timeBits);
        Require.that(size <= PageCodec.MOST_BYTES && PageCodec.isSound(page, size), () -> "a page is not sound");
        Require.equal(PageCodec.decode(page, highs, lows, times), count, "the number of ids");
        int index = 0;
        for (Number128 number : numbers) {
            Require.equal(new Number128(highs[index], lows[index]), number, "id " + index);
            Require.equal(times[index], timeOf(number, timeBits), "the time of id " + index);
            Require.equal(PageCodec.find(page, size, number.high, number.low), index, "the place of id " + index);
            Number128 next = new Number128(number.high, number.low + 1);
            if (!numbers.contains(next)) {
                Require.equal(
                        PageCodec.find(page, size, next.high, next.low), -1, "the place of an id that is not there");
            }
            index++;
        }
    }

    private static long timeOf(Number128 number, int timeBits) {
        return timeBits == 0 ? 0 : (number.high ^ number.low) >>> (64 - timeBits);
    }
}
