package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.Team;
import dev.freshet.documents.Teams;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriteKeysIT {
    @TempDir
    private Path folder;

    private AuthFixture auth;
    private String teamId;
    private final List<String> changed = new ArrayList<>();

    @BeforeEach
    void open() {
        auth = new AuthFixture(folder, new HandClock());
        Team team = auth.teams.create("Team");
        teamId = team.id();
        auth.writeKeys.reload();
        auth.writeKeys.whenChanged(changed::add);
    }

    @AfterEach
    void close() {
        auth.close();
    }

    @Test
    void aKeyIsShownOnceAndKeptAsAHashOnly() {
        WriteKeys.Created created = auth.writeKeys.create(teamId, "ci");

        assertThat(created.key()).startsWith("fwk_");
        assertThat(auth.writeKeys.resolve(created.key())).contains(new WriteKeyGrant(teamId, created.keyId()));
        List<String> documents = new ArrayList<>();
        for (String collection : auth.store.database().listCollectionNames()) {
            for (Document document :
                    auth.store.database().getCollection(collection).find()) {
                documents.add(document.toJson());
            }
        }
        assertThat(documents)
                .noneMatch(json -> json.contains(created.key()))
                .anyMatch(json -> json.contains(SecretKeys.hash(created.key())));
        assertThat(created.toString()).doesNotContain(created.key());
        assertThat(auth.writeKeys.list(teamId))
                .singleElement()
                .satisfies(listed -> assertThat(listed.name()).isEqualTo("ci"));
        assertThat(changed).containsExactly(teamId);
    }

    @Test
    void aRevokedKeyIsRefusedAtOnceAndNoOtherIs() {
        WriteKeys.Created kept = auth.writeKeys.create(teamId, "kept");
        WriteKeys.Created ended = auth.writeKeys.create(teamId, "ended");
        changed.clear();

        assertThat(auth.writeKeys.revoke(teamId, ended.keyId())).isTrue();

        assertThat(auth.writeKeys.resolve(ended.key())).isEmpty();
        assertThat(auth.writeKeys.resolve(kept.key())).isPresent();
        assertThat(auth.writeKeys.list(teamId))
                .extracting(WriteKeys.Listed::keyId)
                .containsExactly(kept.keyId());
        assertThat(changed).containsExactly(teamId);
        assertThat(auth.writeKeys.revoke(teamId, ended.keyId())).isFalse();
        assertThat(auth.writeKeys.revoke("no team", kept.keyId())).isFalse();
    }

    @Test
    void aTeamCannotEndTheKeyOfAnother() {
        String other = auth.teams.create("Other").id();
        WriteKeys.Created created = auth.writeKeys.create(teamId, "ours");

        assertThat(auth.writeKeys.revoke(other, created.keyId())).isFalse();
        assertThat(auth.writeKeys.resolve(created.key())).isPresent();
    }

    @Test
    void whatAnotherProcessChangesIsKnownAfterALook() {
        WriteKeys elsewhere = WriteKeys.open(new Teams(auth.store, auth.clock), new SecureRandom(), auth.clock);
        WriteKeys.Created created = elsewhere.create(teamId, "elsewhere");
        assertThat(auth.writeKeys.resolve(created.key())).isEmpty();

        auth.writeKeys.reload();
        assertThat(auth.writeKeys.resolve(created.key())).isPresent();
        assertThat(changed).containsExactly(teamId);

        elsewhere.revoke(teamId, created.keyId());
        auth.writeKeys.reload();
        assertThat(auth.writeKeys.resolve(created.key())).isEmpty();
        auth.writeKeys.reload();
        assertThat(changed).as("a look that finds nothing new tells nobody").containsExactly(teamId, teamId);
    }

    @Test
    void aTeamHasAtMostSoManyKeys() {
        for (int count = 0; count < Teams.MAX_WRITE_KEYS; count++) {
            auth.writeKeys.create(teamId, "key " + count);
        }

        assertThatThrownBy(() -> auth.writeKeys.create(teamId, "one more"))
                .isInstanceOfSatisfying(
                        DocumentStoreException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(DocumentStoreException.Code.LIMIT_EXCEEDED));
    }
}
