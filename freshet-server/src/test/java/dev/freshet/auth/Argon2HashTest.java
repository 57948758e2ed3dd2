package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

final class Argon2HashTest {
    /** From the test program of Argon2's reference implementation. */
    private static final String REFERENCE =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void theLibraryGivesTheTagOfRfc9106ForArgon2id() {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(32)
                .withIterations(3)
                .withParallelism(4)
                .withSalt(filled(16, 2))
                .withSecret(filled(8, 3))
                .withAdditional(filled(12, 4))
                .build());
        byte[] tag = new byte[32];
        generator.generateBytes(filled(32, 1), tag);
        assertThat(HexFormat.of().formatHex(tag))
                .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    @Test
    void aHashOfTheReferenceImplementationIsReadVerifiedAndWrittenAlike() {
        Argon2Hash hash = Argon2Hash.parse(REFERENCE).orElseThrow();
        assertThat(hash.cost()).isEqualTo(new Argon2Cost(65_536, 2, 1));
        assertThat(hash.matches("password")).isTrue();
        assertThat(hash.matches("Password")).isFalse();
        assertThat(hash.encode()).isEqualTo(REFERENCE);
        assertThat(Argon2Hash.compute(
                                hash.cost(),
                                "somesalt".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                "password",
                                32)
                        .encode())
                .isEqualTo(REFERENCE);
    }

    @Test
    void compositionOfCharactersMakesNoDifference() {
        Argon2Hash hash = Argon2Hash.compute(new Argon2Cost(8, 1, 1), filled(16, 1), "pässword", 32);
        assertThat(hash.matches("pa\u0308ssword")).isTrue();
    }

    @Test
    void whatIsNoHashOrCostsTooMuchIsNotRead() {
        for (String text : List.of(
                "",
                "password",
                REFERENCE.replace("argon2id", "argon2i"),
                REFERENCE.replace("v=19", "v=16"),
                REFERENCE.replace("m=65536", "m=4194304"),
                REFERENCE.replace("t=2", "t=99"),
                REFERENCE.replace("p=1", "p=0"),
                REFERENCE.replace("c29tZXNhbHQ", "!!!!!!!!!!!"),
                REFERENCE + "=",
                REFERENCE + "\n")) {
            assertThat(Argon2Hash.parse(text)).describedAs(text).isEmpty();
        }
    }
}
