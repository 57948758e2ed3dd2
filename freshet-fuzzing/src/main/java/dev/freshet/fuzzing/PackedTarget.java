package dev.freshet.fuzzing;

import com.github.luben.zstd.Zstd;
import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyUnpacker;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.IngestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Packed bodies: the bytes as if they were packed, and packed soundly, whole and cut short. */
final class PackedTarget implements FuzzTarget {
    private static final int LIMIT_BYTES = 1 << 20;

    private static final DecodingShare SHARE = new DecodingShare(LIMIT_BYTES, LIMIT_BYTES, true);

    @Override
    public void run(byte[] input) throws IOException {
        for (BodyEncoding encoding : BodyEncoding.values()) {
            unpacked(input, encoding);
        }
        requireWholeOnly(input, gzip(input), BodyEncoding.GZIP);
        requireWholeOnly(input, Zstd.compress(input), BodyEncoding.ZSTD);
    }

    private Optional<byte[]> unpacked(byte[] packed, BodyEncoding encoding) {
        try {
            byte[] unpacked = BodyUnpacker.unpack(packed, encoding, SHARE);
            Require.that(unpacked.length <= LIMIT_BYTES, () -> "more than the limit was unpacked");
            return Optional.of(unpacked);
        } catch (IOException | IngestException refusal) {
            return Optional.empty();
        }
    }

    private void requireWholeOnly(byte[] input, byte[] packed, BodyEncoding encoding) {
        Require.that(
                unpacked(packed, encoding)
                        .filter(unpacked -> Arrays.equals(unpacked, input))
                        .isPresent(),
                () -> "what was packed as " + encoding + " is not what was unpacked");
        for (int length : new int[] {1, packed.length / 2, packed.length - 1}) {
            Require.that(
                    unpacked(Arrays.copyOf(packed, length), encoding).isEmpty(),
                    () -> "%d of %d bytes of %s were taken".formatted(length, packed.length, encoding));
        }
    }

    private static byte[] gzip(byte[] input) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(input);
        }
        return packed.toByteArray();
    }
}
