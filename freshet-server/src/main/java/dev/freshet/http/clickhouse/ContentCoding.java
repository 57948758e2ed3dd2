package dev.freshet.http.clickhouse;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** How a response's bytes are packed. */
enum ContentCoding {
    NONE(""),
    GZIP("gzip"),
    ZSTD("zstd"),
    /** ClickHouse's own blocks, which no header names. */
    BLOCKS("");

    private final String headerName;

    ContentCoding(String headerName) {
        this.headerName = headerName;
    }

    static ContentCoding of(ClickHouseRequest asked) {
        if (asked.isResponseCompressed()) {
            return BLOCKS;
        }
        String accepted = asked.acceptedEncodings().toLowerCase(Locale.ROOT);
        if (accepted.contains("zstd")) {
            return ZSTD;
        }
        return accepted.contains("gzip") ? GZIP : NONE;
    }

    /** For Content-Encoding; empty where there is none. */
    String headerName() {
        return headerName;
    }

    /** A stream that packs into {@code packed}; only for those with a header. */
    OutputStream packingInto(ByteArrayOutputStream packed) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPOutputStream(packed);
            case ZSTD -> new ZstdOutputStream(packed);
            case NONE, BLOCKS -> packed;
        };
    }
}
