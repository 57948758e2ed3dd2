package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.documents.Role;
import dev.freshet.documents.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SignInIT {
    private static final String EMAIL = "owner@example.org";
    private static final String PASSWORD = "correct horse";

    private final Path folder;
    private final HandClock clock = new HandClock();
    private final User owner;
    private AuthFixture auth;

    SignInIT(@TempDir Path folder) {
        this.folder = folder;
        this.auth = new AuthFixture(folder, clock);
        String teamId = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of(PASSWORD))
                .teamId();
        this.owner = auth.users.ofTeam(teamId).getFirst();
    }

    @AfterEach
    void close() {
        auth.close();
    }

    private String signedIn() {
        return token(auth.signIn.login(EMAIL, PASSWORD, "10.0.0.1"));
    }

    private static String token(SignInResult result) {
        assertThat(result).isInstanceOf(SignInResult.SignedIn.class);
        return ((SignInResult.SignedIn) result).token().token();
    }

    private void assertOver(String token) {
        assertThat(auth.signIn.refresh(token)).isInstanceOf(SignInResult.Refused.class);
    }

    @Test
    void theRightPasswordSignsInWhateverTheCaseOfTheAddress() {
        SignInResult result = auth.signIn.login(" Owner@Example.org", PASSWORD, "10.0.0.1");
        assertThat(result).isInstanceOfSatisfying(SignInResult.SignedIn.class, signedIn -> {
            assertThat(signedIn.caller()).isEqualTo(new Caller(owner.id(), owner.teamId(), Role.OWNER));
            assertThat(signedIn.token().expiresAt()).isAfter(clock.instant());
            assertThat(auth.verifier.verify(signedIn.token().token())).isInstanceOf(TokenCheck.Accepted.class);
        });
    }

    @Test
    void aWrongPasswordAndAnUnknownAccountGetTheSameAnswer() {
        SignInResult wrong = auth.signIn.login(EMAIL, "wrong", "10.0.0.1");
        assertThat(wrong).isInstanceOf(SignInResult.Refused.class);
        assertThat(auth.signIn.login("nobody@example.org", PASSWORD, "10.0.0.1"))
                .isEqualTo(wrong);
        assertThat(auth.signIn.login("no address", PASSWORD, "10.0.0.1")).isEqualTo(wrong);
        assertThat(auth.signIn.login(EMAIL, "", "10.0.0.1")).isEqualTo(wrong);
    }

    @Test
    void guessingIsSlowedDownAlsoForTheRightPasswordUntilTheWaitIsOver() {
        for (int number = 0; number < 5; number++) {
            auth.signIn.login(EMAIL, "wrong", "10.0.0.1");
        }
        assertThat(auth.signIn.login(EMAIL, PASSWORD, "10.0.0.1"))
                .isInstanceOfSatisfying(
                        SignInResult.TryLater.class,
                        later -> assertThat(later.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
        assertThat(auth.signIn.login(EMAIL, PASSWORD, "10.0.0.2")).isInstanceOf(SignInResult.SignedIn.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(auth.signIn.login(EMAIL, PASSWORD, "10.0.0.1")).isInstanceOf(SignInResult.SignedIn.class);
    }

    @Test
    void aTokenIsRefusedFromTheMomentItsSessionIsSignedOut() {
        String token = signedIn();
        String other = signedIn();
        auth.signIn.logout(token);
        assertThat(auth.verifier.verify(token)).isEqualTo(new TokenCheck.Refused(TokenFault.SIGNED_OUT));
        assertOver(token);
        assertThat(auth.verifier.verify(other)).isInstanceOf(TokenCheck.Accepted.class);
        auth.signIn.logout(token);
        auth.signIn.logout("nonsense");
    }

    @Test
    void aSignedOutTokenStaysRefusedAfterARestart() {
        String token = signedIn();
        String expired = signedIn();
        auth.signIn.logout(token);
        clock.advance(Duration.ofMinutes(59));
        auth.close();
        auth = new AuthFixture(folder, clock);
        assertThat(auth.verifier.verify(token)).isEqualTo(new TokenCheck.Refused(TokenFault.SIGNED_OUT));
        assertThat(auth.verifier.verify(expired)).isInstanceOf(TokenCheck.Accepted.class);
    }

    @Test
    void logoutEverywhereEndsAllSessionsOfTheMember() {
        String first = signedIn();
        String second = signedIn();
        auth.signIn.logoutEverywhere(owner.id());
        assertOver(first);
        assertOver(second);
    }

    @Test
    void refreshingGivesAFreshTokenWithThePresentRole() {
        String token = signedIn();
        auth.users.changeRole(owner.teamId(), owner.id(), Role.VIEWER);
        clock.advance(Duration.ofMinutes(50));
        String fresh = token(auth.signIn.refresh(token));
        assertThat(auth.verifier.verify(fresh)).isInstanceOfSatisfying(TokenCheck.Accepted.class, accepted -> {
            assertThat(accepted.token().caller().role()).isEqualTo(Role.VIEWER);
            assertThat(accepted.token().expiresAt()).isAfter(clock.instant().plus(Duration.ofMinutes(59)));
        });
    }

    @Test
    void anExpiredTokenCanBeRefreshedWhileItsSessionIsInUse() {
        String token = signedIn();
        clock.advance(Duration.ofDays(6));
        assertThat(auth.verifier.verify(token)).isEqualTo(new TokenCheck.Refused(TokenFault.EXPIRED));
        String fresh = token(auth.signIn.refresh(token));
        clock.advance(Duration.ofDays(8));
        assertOver(fresh);
    }

    @Test
    void aSessionEndsAfterThirtyDaysHoweverMuchItIsUsed() {
        String token = signedIn();
        for (int week = 0; week < 5; week++) {
            clock.advance(Duration.ofDays(5));
            token = token(auth.signIn.refresh(token));
        }
        clock.advance(Duration.ofDays(6));
        assertOver(token);
    }

    @Test
    void aRemovedMemberCannotRefresh() {
        String token = signedIn();
        auth.users.remove(owner.teamId(), owner.id());
        assertOver(token);
    }

    @Test
    void aHashOfAnotherCostIsMadeAnewAtSignIn() {
        Passwords other = new Passwords(new java.security.SecureRandom(), 1, new Argon2Cost(32, 1, 1));
        String cheap = other.hash(PASSWORD);
        auth.users.changePasswordHash(owner.teamId(), owner.id(), cheap);
        signedIn();
        String stored = auth.users.byId(owner.id()).flatMap(User::passwordHash).orElseThrow();
        assertThat(stored).startsWith("$argon2id$v=19$m=64,").isNotEqualTo(cheap);
        signedIn();
    }

    @Test
    void theOldestOfTooManySessionsIsEnded() {
        String first = signedIn();
        clock.advance(Duration.ofSeconds(1));
        for (int number = 0; number < 49; number++) {
            signedIn();
        }
        assertThat(auth.verifier.verify(first)).isInstanceOf(TokenCheck.Accepted.class);
        signedIn();
        assertThat(auth.verifier.verify(first)).isEqualTo(new TokenCheck.Refused(TokenFault.SIGNED_OUT));
    }
}
