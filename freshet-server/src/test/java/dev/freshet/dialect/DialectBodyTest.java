package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
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
        return new String(DialectBody.json(body, true), StandardCharsets.UTF_8);
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

        assertThat(DialectBody.json(form, false)).isEqualTo(form);
    }

    @Test
    void aBombIsTooLargeAndATornBodyIsInvalid() throws Exception {
        byte[] bomb = gzip(new byte[DialectDecoder.UNPACKED_LIMIT_BYTES + 1]);
        byte[] whole = gzip(bytes(JSON));
        byte[] torn = Arrays.copyOf(whole, whole.length - 12);

        assertThat(code(bomb)).isEqualTo(DialectException.Code.TOO_LARGE);
        assertThat(code(torn)).isEqualTo(DialectException.Code.INVALID_BODY);
        assertThat(code(new byte[DialectDecoder.BODY_LIMIT_BYTES + 1])).isEqualTo(DialectException.Code.TOO_LARGE);
    }

    private static DialectException.Code code(byte[] body) {
        return catchThrowableOfType(DialectException.class, () -> DialectBody.json(body, true))
                .code();
    }
}
