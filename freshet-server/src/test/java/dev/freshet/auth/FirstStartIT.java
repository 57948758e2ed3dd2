package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.client.model.Updates;
import dev.freshet.documents.Role;
import dev.freshet.documents.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FirstStartIT {
    @TempDir
    private Path folder;

    @Test
    void keysAreGeneratedShownOnceAndStayInForceOverRestarts() {
        FirstStart.Outcome first;
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            first = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of("secret"));
            assertThat(first.ownerCreated()).isTrue();
            assertThat(first.generatedAdminKey())
                    .hasValueSatisfying(
                            key -> assertThat(first.adminKey().matches(key)).isTrue());
            assertThat(auth.writeKeys.resolve(first.generatedWriteKey().orElseThrow()))
                    .hasValueSatisfying(grant -> assertThat(grant.teamId()).isEqualTo(first.teamId()));
        }
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            FirstStart.Outcome second = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of("other"));
            assertThat(second.teamId()).isEqualTo(first.teamId());
            assertThat(second.ownerCreated()).isFalse();
            assertThat(second.generatedAdminKey()).isEmpty();
            assertThat(second.generatedWriteKey()).isEmpty();
            assertThat(second.adminKey().matches(first.generatedAdminKey().orElseThrow()))
                    .isTrue();
            assertThat(auth.writeKeys.resolve(first.generatedWriteKey().orElseThrow()))
                    .isPresent();
            User owner = auth.users.ofTeam(first.teamId()).getFirst();
            assertThat(owner.role()).isEqualTo(Role.OWNER);
            assertThat(auth.signIn.login("owner@example.org", "secret", "10.0.0.1"))
                    .isInstanceOf(SignInResult.SignedIn.class);
            assertThat(auth.teams.all().readable()).hasSize(1);
        }
    }

    @Test
    void givenKeysAreInForceAndNeverShown() {
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            FirstStart.Outcome outcome = auth.firstStart(Optional.of("admin"), Optional.of("write"), Optional.empty());
            assertThat(outcome.generatedAdminKey()).isEmpty();
            assertThat(outcome.generatedWriteKey()).isEmpty();
            assertThat(outcome.ownerCreated()).isFalse();
            assertThat(outcome.adminKey().matches("admin")).isTrue();
            assertThat(outcome.adminKey().matches("prod:freshet|admin")).isTrue();
            assertThat(outcome.adminKey().matches("admin2")).isFalse();
            assertThat(outcome.adminKey().matches("")).isFalse();
            assertThat(auth.writeKeys.resolve("write")).isPresent();
            auth.firstStart(Optional.of("admin"), Optional.of("write two"), Optional.empty());
            assertThat(auth.writeKeys.resolve("write two")).isPresent();
            assertThat(auth.writeKeys.resolve("write")).isPresent();
            assertThat(auth.writeKeys.list(outcome.teamId())).hasSize(2);
        }
    }

    @Test
    void aGivenWriteKeyThatWasRevokedStaysRevoked() {
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            FirstStart.Outcome first = auth.firstStart(Optional.empty(), Optional.of("write"), Optional.empty());
            assertThat(first.writeKeyFault()).isEmpty();
            String keyId = auth.writeKeys.list(first.teamId()).getFirst().keyId();
            assertThat(auth.writeKeys.revoke(first.teamId(), keyId)).isTrue();
        }
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            FirstStart.Outcome second = auth.firstStart(Optional.empty(), Optional.of("write"), Optional.empty());
            assertThat(second.writeKeyFault()).contains(FirstStart.WriteKeyFault.REVOKED);
            assertThat(auth.writeKeys.resolve("write")).isEmpty();
            assertThat(auth.writeKeys.list(second.teamId())).isEmpty();

            FirstStart.Outcome third = auth.firstStart(Optional.empty(), Optional.of("another"), Optional.empty());
            assertThat(third.writeKeyFault()).isEmpty();
            assertThat(auth.writeKeys.resolve("another")).isPresent();
            auth.firstStart(Optional.empty(), Optional.of("write"), Optional.empty());
            assertThat(auth.writeKeys.resolve("write"))
                    .as("also after others were given")
                    .isEmpty();
        }
    }

    @Test
    void aFirstTeamThatCannotBeReadDoesNotKeepTheServerFromStarting() {
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            String teamId = auth.firstStart(Optional.empty(), Optional.empty(), Optional.empty())
                    .teamId();
            auth.store
                    .database()
                    .getCollection("teams")
                    .updateOne(new Document("_id", new ObjectId(teamId)), Updates.set("name", 17));

            FirstStart.Outcome second = auth.firstStart(Optional.empty(), Optional.of("write"), Optional.empty());

            assertThat(second.writeKeyFault()).contains(FirstStart.WriteKeyFault.UNREADABLE_TEAM);
            assertThat(auth.teams.all().ids()).containsExactly(teamId);
        }
    }

    @Test
    void blankKeysAreRefused() {
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            assertThat(catchThrowableOfType(
                                    AuthException.class,
                                    () -> auth.firstStart(Optional.of(" "), Optional.empty(), Optional.empty()))
                            .code())
                    .isEqualTo(AuthException.Code.UNUSABLE_SECRET);
        }
    }

    @Test
    void aCrashAfterTheTeamIsMendedByTheNextStart() {
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            String teamId = auth.firstStart(Optional.empty(), Optional.empty(), Optional.empty())
                    .teamId();
            FirstStart.Outcome mended = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of("secret"));
            assertThat(mended.teamId()).isEqualTo(teamId);
            assertThat(mended.ownerCreated()).isTrue();
        }
    }

    @Test
    void nothingSecretIsInTheDatabaseOrItsFile() throws Exception {
        FirstStart.Outcome outcome;
        String privateJwk;
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            outcome = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of("a secret password"));
            privateJwk = Files.readString(folder.resolve("auth/signing-key.json"));
            StringBuilder everything = new StringBuilder();
            for (String collection : auth.store.database().listCollectionNames()) {
                auth.store
                        .database()
                        .getCollection(collection)
                        .find()
                        .forEach(document -> everything.append(document.toJson()));
            }
            String secretScalar = Document.parse(privateJwk).getString("d");
            assertThat(everything.toString())
                    .contains("owner@example.org", "$argon2id$")
                    .doesNotContain(
                            outcome.generatedAdminKey().orElseThrow(),
                            outcome.generatedWriteKey().orElseThrow(),
                            "a secret password",
                            secretScalar);
        }
    }

    @Test
    void aRevokedWriteKeyIsRefusedAtOnceAndAfterARestart() {
        WriteKeys.Created created;
        String teamId;
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            FirstStart.Outcome outcome = auth.firstStart(Optional.empty(), Optional.empty(), Optional.empty());
            teamId = outcome.teamId();
            created = auth.writeKeys.create(teamId, "backend");
            assertThat(auth.writeKeys.resolve(created.key())).contains(new WriteKeyGrant(teamId, created.keyId()));
            assertThat(auth.writeKeys.list(teamId))
                    .extracting(WriteKeys.Listed::name)
                    .containsExactly("first", "backend");
            assertThat(auth.writeKeys.revoke("another team", created.keyId())).isFalse();
            assertThat(auth.writeKeys.resolve(created.key())).isPresent();
            assertThat(auth.writeKeys.revoke(teamId, created.keyId())).isTrue();
            assertThat(auth.writeKeys.resolve(created.key())).isEmpty();
            assertThat(auth.writeKeys.resolve(outcome.generatedWriteKey().orElseThrow()))
                    .isPresent();
            assertThat(auth.writeKeys.resolve("x".repeat(10_000))).isEmpty();
        }
        try (AuthFixture auth = new AuthFixture(folder, new HandClock())) {
            assertThat(auth.writeKeys.resolve(created.key())).isEmpty();
        }
    }
}
