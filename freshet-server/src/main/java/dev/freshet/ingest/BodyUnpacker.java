package dev.freshet.ingest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.zip.GZIPInputStream;

/** Unpacks request bodies within a bound, whatever the packed bytes claim. */
public final class BodyUnpacker {
    /** A zstd frame may ask for this large a window (8 MiB), as RFC 9659 has it for HTTP. */
    private static final int ZSTD_WINDOW_LOG = 23;

    private BodyUnpacker() {}

    /**
     * All that comes out, or as much of it as {@code mostBytes}; a body that is not packed is itself, however long.
     *
     * @throws IOException when the packed bytes are cut short or broken
     */
    public static byte[] start(byte[] body, BodyEncoding encoding, int mostBytes) throws IOException {
        return switch (encoding) {
            case IDENTITY -> body;
            case GZIP -> read(new GZIPInputStream(new ByteArrayInputStream(body), 8192), mostBytes);
            case ZSTD ->
                read(new ZstdInputStream(new ByteArrayInputStream(body)).setLongMax(ZSTD_WINDOW_LOG), mostBytes);
        };
    }

    /**
     * @throws IOException when the packed bytes are cut short or broken
     * @throws IngestException BODY_TOO_LARGE when more comes out than any body may be
     * @throws LargeBodyException when more comes out than the share has
     */
    public static byte[] unpack(byte[] body, BodyEncoding encoding, DecodingShare share) throws IOException {
        byte[] unpacked = start(body, encoding, share.unpackedBytes() + 1);
        if (unpacked.length > share.unpackedBytes()) {
            share.leaveToLarger();
            throw tooLarge(share.unpackedLimit());
        }
        return unpacked;
    }

    static IngestException tooLarge(String limit) {
        return new IngestException(
                IngestException.Code.BODY_TOO_LARGE,
                "The body is over " + limit + "; send fewer events at once.",
                Duration.ZERO);
    }

    private static byte[] read(InputStream packed, int mostBytes) throws IOException {
        try (packed) {
            return packed.readNBytes(mostBytes);
        }
    }
}
