package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.LargeBodyException;
import dev.freshet.ingest.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class DialectBodyTest {
    private static final String JSON = "{\"event\":\"Grüße ÿÿ>>>???\"}";

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String read(byte[] body) throws DialectException {
        return new String(DialectBody.json(body, true, DecodingShare.ALONE), StandardCharsets.UTF_8);
    }

    @Test
    void packedBodiesAreKnownByTheirFirstBytes() throws Exception {
        assertThat(read(bytes(JSON))).isEqualTo(JSON);
        assertThat(read(gzip(bytes(JSON)))).isEqualTo(JSON);
        assertThat(read(Zstd.compress(bytes(JSON)))).isEqualTo(JSON);
    }

    @Test
    void aFormHoldsBase64EscapedOrNotAndMayBePackedInside() throws Exception {
        String base64 = Base64.getEncoder().encodeToString(bytes(JSON));
        assertThat(base64).contains("+");

        assertThat(read(bytes("data=" + URLEncoder.encode(base64, StandardCharsets.UTF_8))))
                .isEqualTo(JSON);
        assertThat(read(bytes("data=" + base64 + "&compression=base64"))).isEqualTo(JSON);
        assertThat(read(bytes("data=" + Base64.getUrlEncoder().encodeToString(bytes(JSON)))))
                .isEqualTo(JSON);
        assertThat(read(bytes("data=" + Base64.getEncoder().encodeToString(gzip(bytes(JSON))))))
                .isEqualTo(JSON);
        assertThat(read(bytes("data=" + URLEncoder.encode(JSON, StandardCharsets.UTF_8))))
                .isEqualTo(JSON);
    }

    @Test
    void onlyPostHogsPathsHaveForms() throws Exception {
        byte[] form = bytes("data=e30=");

        assertThat(DialectBody.json(form, false, DecodingShare.ALONE)).isEqualTo(form);
    }

    @Test
    void aBombIsTooLargeAndATornBodyIsInvalid() throws Exception {
        byte[] bomb = gzip(new byte[DecodingShare.ALONE.unpackedBytes() + 1]);
        byte[] whole = gzip(bytes(JSON));
        byte[] torn = Arrays.copyOf(whole, whole.length - 12);

        assertThat(code(bomb)).isEqualTo(DialectException.Code.TOO_LARGE);
        assertThat(code(torn)).isEqualTo(DialectException.Code.INVALID_BODY);
        assertThat(code(new byte[DialectDecoder.BODY_LIMIT_BYTES + 1])).isEqualTo(DialectException.Code.TOO_LARGE);
    }

    @Test
    void whatIsNoUtf8BecomesReplacementCharactersAsEverywhere() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] alphabet = {'a', '"', 0, (byte) 0x80, (byte) 0xbf, (byte) 0xc3, (byte) 0xe2, (byte) 0xf0, (byte) 0x9f, -1
        };
        for (int round = 0; round < 2_000; round++) {
            byte[] text = new byte[random.nextInt(40)];
            for (int at = 0; at < text.length; at++) {
                text[at] = alphabet[random.nextInt(alphabet.length)];
            }
            String expected = new String(text, StandardCharsets.UTF_8).replace("\0", "");

            byte[] mended = DialectBody.json(text, false, DecodingShare.ALONE);

            assertThat(Utf8.indexOfInvalid(mended, 0, mended.length)).isEqualTo(-1);
            assertThat(new String(mended, StandardCharsets.UTF_8))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void aBodyThatWouldBeMendedToMoreThanTheLimitIsTooLarge() throws Exception {
        byte[] text = new byte[DecodingShare.ALONE.unpackedBytes() / 2];
        Arrays.fill(text, (byte) 0xff);
        text[0] = '[';

        assertThat(code(gzip(text))).isEqualTo(DialectException.Code.TOO_LARGE);
    }

    @Test
    void aBodyThatNeedsMoreThanItsShareIsLeftToALargerOneUnlessItIsNoJson() throws Exception {
        byte[] text = new byte[DecodingShare.BESIDE_OTHERS.unpackedBytes() + 1];
        Arrays.fill(text, (byte) 0xff);

        assertThat(catchThrowableOfType(
                                DialectException.class,
                                () -> DialectBody.json(gzip(text), true, DecodingShare.BESIDE_OTHERS))
                        .code())
                .isEqualTo(DialectException.Code.INVALID_BODY);
        text[0] = '[';
        assertThatThrownBy(() -> DialectBody.json(gzip(text), true, DecodingShare.BESIDE_OTHERS))
                .isInstanceOf(LargeBodyException.class);
        byte[] smaller = Arrays.copyOf(text, text.length / 2);
        assertThatThrownBy(() -> DialectBody.json(smaller, true, DecodingShare.BESIDE_OTHERS))
                .as("mended it would be too large")
                .isInstanceOf(LargeBodyException.class);
    }

    private static DialectException.Code code(byte[] body) {
        return catchThrowableOfType(DialectException.class, () -> DialectBody.json(body, true, DecodingShare.ALONE))
                .code();
    }
}
