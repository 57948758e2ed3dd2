package dev.freshet.fuzzing;

import dev.freshet.dialect.DialectBody;
import dev.freshet.dialect.DialectException;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.LargeBodyException;
import dev.freshet.ingest.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of SDKs' bodies on their way to JSON: packed, in a form, or no UTF-8. */
final class DialectBodyTarget implements FuzzTarget {
    private static final int MOST_BYTES = 4 * 1024;
    private static final DecodingShare SHARE = new DecodingShare(MOST_BYTES, MOST_BYTES, true);
    private static final DecodingShare PART = new DecodingShare(MOST_BYTES, MOST_BYTES, false);

    @Override
    public void run(byte[] input) {
        check(input, false);
        check(input, true);
    }

    private static void check(byte[] input, boolean mayBeForm) {
        byte[] json;
        try {
            json = DialectBody.json(input, mayBeForm, SHARE);
        } catch (DialectException refusal) {
            requireNotTaken(input, mayBeForm);
            return;
        }
        Require.that(json.length <= MOST_BYTES, () -> "%d bytes are more than the share".formatted(json.length));
        Require.that(Utf8.indexOfInvalid(json, 0, json.length) < 0, () -> "what was mended is no UTF-8");
        boolean isItself =
                Arrays.equals(json, input) || new String(json, StandardCharsets.UTF_8).indexOf('\ufffd') >= 0;
        boolean isValid = input.length <= MOST_BYTES && Utf8.indexOfInvalid(input, 0, input.length) < 0;
        Require.that(isItself || mayBeForm || !isValid, () -> "a sound body was changed");
    }

    /** What is refused for good is not left to a larger share but for its size. */
    private static void requireNotTaken(byte[] input, boolean mayBeForm) {
        try {
            DialectBody.json(input, mayBeForm, PART);
            Require.that(false, () -> "one share takes what another of the same size refuses");
        } catch (DialectException | LargeBodyException refusal) {
            // as it should be
        }
    }
}
