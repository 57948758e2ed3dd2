package dev.freshet.dialect;

import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyUnpacker;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.Utf8;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Finds the JSON in a body by looking at its bytes. Headers are of no use: the same JSON comes as {@code text/plain}, gzip
 * comes without {@code Content-Encoding}, and what is called a form is none.
 */
final class DialectBody {
    private static final byte[] FORM_START = {'d', 'a', 't', 'a', '='};
    private static final BodyUnpacker UNPACKER = new BodyUnpacker(DialectDecoder.UNPACKED_LIMIT_BYTES);

    private DialectBody() {}

    /** @param mayBeForm whether {@code data=} begins a form with base64 in it, as PostHog's SDKs send */
    static byte[] json(byte[] body, boolean mayBeForm) throws DialectException {
        if (body.length > DialectDecoder.BODY_LIMIT_BYTES) {
            throw tooLarge(DialectDecoder.BODY_LIMIT_BYTES + " bytes");
        }
        byte[] plain = unpack(body);
        if (mayBeForm && startsWith(plain, FORM_START)) {
            plain = unpack(ofForm(plain));
        }
        return Utf8.indexOfInvalid(plain, 0, plain.length) < 0 ? plain : mended(plain);
    }

    private static byte[] unpack(byte[] body) throws DialectException {
        BodyEncoding encoding = encodingOf(body);
        try {
            return UNPACKER.unpack(body, encoding);
        } catch (IOException e) {
            throw new DialectException(
                    DialectException.Code.INVALID_BODY,
                    "The body begins as " + encoding + " and cannot be unpacked: " + e.getMessage(),
                    e);
        } catch (IngestException e) {
            throw new DialectException(DialectException.Code.TOO_LARGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static BodyEncoding encodingOf(byte[] body) {
        if (body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b && body[2] == 8) {
            return BodyEncoding.GZIP;
        }
        if (body.length > 3 && body[0] == 0x28 && body[1] == (byte) 0xb5 && body[2] == 0x2f && body[3] == (byte) 0xfd) {
            return BodyEncoding.ZSTD;
        }
        return BodyEncoding.IDENTITY;
    }

    private static boolean startsWith(byte[] body, byte[] start) {
        if (body.length < start.length) {
            return false;
        }
        for (int at = 0; at < start.length; at++) {
            if (body[at] != start[at]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ofForm(byte[] form) throws DialectException {
        int end = FORM_START.length;
        while (end < form.length && form[end] != '&') {
            end++;
        }
        String value =
                new String(form, FORM_START.length, end - FORM_START.length, StandardCharsets.ISO_8859_1).strip();
        try {
            String decoded = URLDecoder.decode(value, StandardCharsets.UTF_8).strip();
            if (decoded.startsWith("{") || decoded.startsWith("[")) {
                return decoded.getBytes(StandardCharsets.UTF_8);
            }
            // A plus that was not escaped came out as a blank.
            String base64 = decoded.replace(' ', '+').replace('-', '+').replace('_', '/');
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new DialectException(
                    DialectException.Code.INVALID_BODY, "The form's field data is no base64: " + e.getMessage(), e);
        }
    }

    /** What is no UTF-8 is replaced, and NUL dropped: one broken text must not cost the others. */
    private static byte[] mended(byte[] json) throws DialectException {
        byte[] mended =
                new String(json, StandardCharsets.UTF_8).replace("\0", "").getBytes(StandardCharsets.UTF_8);
        if (mended.length > DialectDecoder.UNPACKED_LIMIT_BYTES) {
            throw tooLarge(DialectDecoder.UNPACKED_LIMIT_BYTES + " bytes unpacked");
        }
        return mended;
    }

    static DialectException tooLarge(String limit) {
        return new DialectException(
                DialectException.Code.TOO_LARGE, "The body is over " + limit + "; send fewer events at once.");
    }
}
