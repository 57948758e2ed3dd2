package dev.freshet.dialect;

import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyUnpacker;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.LargeBodyException;
import dev.freshet.ingest.Utf8;
import java.io.IOException;
import java.util.Base64;

/**
 * Finds the JSON in a body by looking at its bytes. Headers are of no use: the same JSON comes as {@code text/plain}, gzip
 * comes without {@code Content-Encoding}, and what is called a form is none.
 */
public final class DialectBody {
    private static final byte[] FORM_START = {'d', 'a', 't', 'a', '='};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private DialectBody() {}

    /**
     * The JSON of a body, valid UTF-8 without NUL: of anything else in it there are replacement characters.
     *
     * @param mayBeForm whether {@code data=} begins a form with base64 in it, as PostHog's SDKs send
     * @throws DialectException INVALID_BODY or TOO_LARGE
     * @throws LargeBodyException when the body needs more than the share, and may be JSON
     */
    public static byte[] json(byte[] body, boolean mayBeForm, DecodingShare share) throws DialectException {
        if (body.length > DialectDecoder.BODY_LIMIT_BYTES) {
            throw tooLarge(DialectDecoder.BODY_LIMIT_BYTES + " bytes");
        }
        byte[] plain = unpack(body, mayBeForm, share);
        if (mayBeForm && startsWith(plain, FORM_START)) {
            plain = unpack(ofForm(plain), false, share);
        }
        return Utf8.indexOfInvalid(plain, 0, plain.length) < 0 ? plain : mended(plain, share);
    }

    private static byte[] unpack(byte[] body, boolean mayBeForm, DecodingShare share) throws DialectException {
        BodyEncoding encoding = encodingOf(body);
        try {
            byte[] unpacked = BodyUnpacker.start(body, encoding, share.unpackedBytes() + 1);
            if (unpacked.length <= share.unpackedBytes()) {
                return unpacked;
            }
            if (!mayBecomeJson(unpacked, mayBeForm)) {
                throw new DialectException(
                        DialectException.Code.INVALID_BODY, "The body must be a JSON object or array.");
            }
            share.leaveToLarger();
            throw tooLarge(share.unpackedLimit());
        } catch (IOException e) {
            throw new DialectException(
                    DialectException.Code.INVALID_BODY,
                    "The body begins as " + encoding + " and cannot be unpacked: " + e.getMessage(),
                    e);
        }
    }

    /** Looks at the first byte that says anything. */
    private static boolean mayBecomeJson(byte[] text, boolean mayBeForm) {
        if (mayBeForm && startsWith(text, FORM_START)) {
            return true;
        }
        int at = startsWith(text, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
        while (at < text.length && text[at] >= 0 && text[at] <= ' ') {
            at++;
        }
        return at == text.length || text[at] == '{' || text[at] == '[';
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
        try {
            byte[] decoded = FormValue.decode(form, FORM_START.length, end);
            return decoded.length > 0 && (decoded[0] == '{' || decoded[0] == '[') ? decoded : base64(decoded);
        } catch (IllegalArgumentException e) {
            throw new DialectException(
                    DialectException.Code.INVALID_BODY, "The form's field data is no base64: " + e.getMessage(), e);
        }
    }

    /** @param text is changed */
    private static byte[] base64(byte[] text) {
        for (int at = 0; at < text.length; at++) {
            text[at] = switch (text[at]) {
                case ' ', '-' -> '+'; // a plus that was not escaped came out as a blank
                case '_' -> '/';
                default -> text[at];
            };
        }
        return Base64.getMimeDecoder().decode(text);
    }

    /** What is no UTF-8 is replaced, and NUL dropped: one broken text must not cost the others. */
    private static byte[] mended(byte[] json, DecodingShare share) throws DialectException {
        long size = Utf8.mendedBytes(json);
        if (size > share.unpackedBytes()) {
            share.leaveToLarger();
            throw tooLarge(share.unpackedLimit());
        }
        return Utf8.mended(json, Math.toIntExact(size));
    }

    static DialectException tooLarge(String limit) {
        return new DialectException(
                DialectException.Code.TOO_LARGE, "The body is over " + limit + "; send fewer events at once.");
    }
}
