package dev.freshet.ingest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.zip.GZIPInputStream;

/** Unpacks request bodies within a bound, whatever the packed bytes claim. Thread-safe. */
public final class BodyUnpacker {
    /** A zstd frame may ask for this large a window (8 MiB), as RFC 9659 has it for HTTP. */
    private static final int ZSTD_WINDOW_LOG = 23;

    private final int unpackedLimitBytes;

    public BodyUnpacker(int unpackedLimitBytes) {
        this.unpackedLimitBytes = unpackedLimitBytes;
    }

    /**
     * @throws IOException when the packed bytes are cut short or broken
     * @throws IngestException BODY_TOO_LARGE when more comes out than the limit
     */
    public byte[] unpack(byte[] body, BodyEncoding encoding) throws IOException {
        byte[] unpacked = switch (encoding) {
            case IDENTITY -> body;
            case GZIP -> readBounded(new GZIPInputStream(new ByteArrayInputStream(body), 8192));
            case ZSTD -> readBounded(new ZstdInputStream(new ByteArrayInputStream(body)).setLongMax(ZSTD_WINDOW_LOG));
        };
        if (unpacked.length > unpackedLimitBytes) {
            throw new IngestException(
                    IngestException.Code.BODY_TOO_LARGE,
                    "The body is over " + unpackedLimitBytes + " bytes unpacked; send fewer events at once.",
                    Duration.ZERO);
        }
        return unpacked;
    }

    private byte[] readBounded(InputStream packed) throws IOException {
        try (packed) {
            return packed.readNBytes(unpackedLimitBytes + 1);
        }
    }
}
