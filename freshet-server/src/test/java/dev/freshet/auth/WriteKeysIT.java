package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.EventQuota;
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
import org.slf4j.LoggerFactory;

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

    private void setQuotaOf(String keyId, Object quota) {
        auth.store
                .database()
                .getCollection("teams")
                .updateOne(Filters.eq("writeKeys.id", keyId), Updates.set("writeKeys.$.quota", quota));
    }

    @Test
    void aTeamWhoseDocumentCannotBeReadConcernsNoOther() {
        WriteKeys.Created broken = auth.writeKeys.create(teamId, "broken");
        String other = auth.teams.create("Other").id();
        WriteKeys.Created kept = auth.writeKeys.create(other, "kept");
        setQuotaOf(broken.keyId(), new Document("eventsPerSecond", -1).append("burst", 5));
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(WriteKeys.class);
        logger.addAppender(logged);
        try {
            WriteKeys elsewhere = WriteKeys.open(new Teams(auth.store, auth.clock), new SecureRandom(), auth.clock);
            assertThat(elsewhere.resolve(kept.key())).isPresent();
            assertThat(elsewhere.resolve(broken.key())).isEmpty();
            assertThat(elsewhere.unreadableTeams()).isEqualTo(1);
            assertThat(logged.list).hasSize(1);
            logged.list.clear();

            auth.writeKeys.reload();
            auth.writeKeys.reload();
            WriteKeys.Created another = auth.writeKeys.create(other, "another");

            assertThat(auth.writeKeys.resolve(kept.key())).isPresent();
            assertThat(auth.writeKeys.resolve(another.key())).isPresent();
            assertThat(auth.writeKeys.resolve(broken.key()))
                    .as("what is known stays in force")
                    .isPresent();
            assertThat(auth.writeKeys.unreadableTeams()).isEqualTo(1);
            assertThat(logged.list)
                    .as("said once")
                    .singleElement()
                    .satisfies(line -> assertThat(line.getFormattedMessage())
                            .contains("code=UNREADABLE_DOCUMENT", teamId, "eventsPerSecond", "mend"));

            setQuotaOf(broken.keyId(), new Document("eventsPerSecond", 1).append("burst", 5));
            auth.writeKeys.reload();
            assertThat(auth.writeKeys.unreadableTeams()).isZero();
            assertThat(auth.writeKeys.resolve(broken.key()).orElseThrow().quota())
                    .contains(new EventQuota(1, 5));
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void aTeamThatCannotBeReadTakesNoKeyButLosesOne() {
        WriteKeys.Created broken = auth.writeKeys.create(teamId, "broken");
        setQuotaOf(broken.keyId(), "no quota");

        assertThatThrownBy(() -> auth.writeKeys.create(teamId, "of no use"))
                .isInstanceOfSatisfying(
                        DocumentStoreException.class,
                        refusal ->
                                assertThat(refusal.code()).isEqualTo(DocumentStoreException.Code.UNREADABLE_DOCUMENT))
                .hasMessageContaining(teamId);
        assertThat(auth.writeKeys.revoke(teamId, broken.keyId())).isTrue();
        assertThat(auth.writeKeys.resolve(broken.key())).isEmpty();
        auth.writeKeys.reload();
        assertThat(auth.writeKeys.list(teamId)).isEmpty();
    }

    @Test
    void aKeyThatAnotherServerRevokesIsRefusedWhileTheTeamCannotBeRead() {
        WriteKeys.Created kept = auth.writeKeys.create(teamId, "kept");
        WriteKeys.Created ended = auth.writeKeys.create(teamId, "ended");
        WriteKeys elsewhere = WriteKeys.open(new Teams(auth.store, auth.clock), new SecureRandom(), auth.clock);
        auth.store
                .database()
                .getCollection("teams")
                .updateOne(Filters.eq("writeKeys.id", kept.keyId()), Updates.push("writeKeys", "no key"));
        auth.writeKeys.reload();
        assertThat(auth.writeKeys.unreadableTeams()).isEqualTo(1);
        assertThat(auth.writeKeys.resolve(ended.key())).isPresent();

        assertThat(elsewhere.revoke(teamId, ended.keyId())).isTrue();
        auth.writeKeys.reload();

        assertThat(auth.writeKeys.unreadableTeams()).isEqualTo(1);
        assertThat(auth.writeKeys.resolve(ended.key())).isEmpty();
        assertThat(auth.writeKeys.resolve(kept.key())).isPresent();
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
