package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class PasswordsTest {
    private final Passwords passwords = new Passwords(new SecureRandom(), 2);

    @Test
    void aHashIsSaltedCarriesTheRecommendedCostAndVerifies() {
        String hash = passwords.hash("correct horse");
        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(passwords.hash("correct horse")).isNotEqualTo(hash);
        assertThat(passwords.verify(Optional.of(hash), "correct horse")).isTrue();
        assertThat(passwords.verify(Optional.of(hash), "correct horsf")).isFalse();
        assertThat(passwords.isOutdated(hash)).isFalse();
    }

    @Test
    void withoutAnAccountTheSameWorkIsDoneInVain() {
        assertThat(passwords.verify(Optional.empty(), "anything")).isFalse();
        assertThat(passwords.verify(Optional.of("not a hash"), "anything")).isFalse();
        long start = System.nanoTime();
        passwords.verify(Optional.empty(), "anything");
        long spentNs = System.nanoTime() - start;
        // 19 MiB twice over cannot be done in a millisecond; a shortcut would take microseconds.
        assertThat(spentNs).isGreaterThan(1_000_000);
    }

    @Test
    void aHashOfAnotherCostIsOutdated() {
        Passwords cheap = new Passwords(new SecureRandom(), 1, new Argon2Cost(64, 1, 1));
        String hash = cheap.hash("p");
        assertThat(passwords.isOutdated(hash)).isTrue();
        assertThat(passwords.verify(Optional.of(hash), "p")).isTrue();
    }

    @Test
    void emptyAndHugePasswordsAreRefusedBeforeAnythingIsComputed() {
        for (String password : List.of("", "x".repeat(Passwords.MAX_LENGTH + 1))) {
            assertThat(catchThrowableOfType(AuthException.class, () -> passwords.hash(password))
                            .code())
                    .isEqualTo(AuthException.Code.UNUSABLE_SECRET);
        }
        assertThat(passwords.verify(Optional.empty(), "x".repeat(Passwords.MAX_LENGTH + 1)))
                .isFalse();
    }

    @Test
    void moreAtOnceThanAreAdmittedAreToldToComeLater() throws Exception {
        Passwords one = new Passwords(new SecureRandom(), 1);
        String hash = one.hash("p");
        List<Future<Boolean>> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < 40; number++) {
                all.add(executor.submit(() -> one.verify(Optional.of(hash), "p")));
            }
        }
        long right = all.stream()
                .filter(future -> future.state() == Future.State.SUCCESS)
                .count();
        assertThat(right).isGreaterThanOrEqualTo(17).isLessThan(40);
        assertThat(all.stream().filter(future -> future.state() == Future.State.FAILED))
                .allSatisfy(future -> assertThat(((AuthException) future.exceptionNow()).code())
                        .isEqualTo(AuthException.Code.BUSY));
    }
}
