package dev.freshet.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.documents.DocumentStore;
import dev.freshet.documents.Profile;
import dev.freshet.documents.Profiles;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.LogFiles;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.MetricEngine;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.StoreQuery;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProfileWriterIT {
    private static final long MANY_SECONDS_NS = Duration.ofSeconds(30).toNanos();

    private final String team = new ObjectId().toHexString();
    private final EventStore clickHouse = new MetricEngine().store();

    @TempDir
    private Path folder;

    private DocumentStore documents;
    private EventLog eventLog;

    @BeforeEach
    void open() {
        documents = DocumentStore.openEmbedded(folder.resolve("documents"), new SecureRandom());
        eventLog = EventLog.open(
                EventLogOptions.in(folder.resolve("log")).withSegmentBytes(256).withReserveBytes(0));
    }

    @AfterEach
    void close() {
        eventLog.close();
        documents.close();
    }

    @Test
    void changesReachMongoAndTheCopyAndTheLogForgetsThemOnlyThen() {
        LogRetention retention = new LogRetention(eventLog);
        try (ProfiledPosition position = position();
                ProfileWriter writer = writer(clickHouse, position, retention.add("profiled", position.position()))) {
            writer.start();
            say("ada", "free", 3);
            await(() -> profiled(writer) && copied("ada").contains("free"));
            say("ada", "pro", 3);
            await(() -> profiled(writer) && copied("ada").contains("pro"));

            assertThat(new Profiles(documents).find(team, "ada"))
                    .map(Profile::traits)
                    .contains(Map.of("plan", "pro"));
            assertThat(eventLog.oldestPosition()).isGreaterThan(1);
        }
    }

    @Test
    void whileClickHouseIsAwayNothingIsForgottenAndARestartAppliesIt() {
        UnreachableStore away = new UnreachableStore(clickHouse);
        LogRetention retention = new LogRetention(eventLog);
        try (ProfiledPosition position = position();
                ProfileWriter writer = writer(away, position, retention.add("profiled", position.position()))) {
            writer.start();
            say("bob", "free", 3);
            say("eve", "pro", 3);
            await(() -> writer.failure().isPresent());
            assertThat(writer.profiledPosition()).isZero();
            assertThat(eventLog.oldestPosition()).isEqualTo(1);
            assertThat(copied("bob")).isEmpty();
        }
        try (ProfiledPosition position = position();
                ProfileWriter writer =
                        writer(clickHouse, position, new LogRetention(eventLog).add("profiled", position.position()))) {
            writer.start();
            await(() -> profiled(writer));

            assertThat(copied("bob")).contains("free");
            assertThat(copied("eve")).contains("pro");
        }
        try (ProfiledPosition position = position()) {
            assertThat(position.position()).isEqualTo(eventLog.durablePosition());
        }
    }

    @Test
    void aProfileThatCannotBeReadOrThatClickHouseRefusesHoldsUpNothing() {
        documents
                .database()
                .getCollection("profiles")
                .insertOne(new Document("teamId", new ObjectId(team))
                        .append("userId", "broken")
                        .append("group", "none"));
        clickHouse.execute(
                StoreQuery.of("ALTER TABLE profiles ADD CONSTRAINT no_poison CHECK user_id NOT LIKE 'poison%'"));
        LogRetention retention = new LogRetention(eventLog);
        try (ProfiledPosition position = position();
                ProfileWriter writer = writer(clickHouse, position, retention.add("profiled", position.position()))) {
            for (String userId : List.of("ada", "broken", "poison 1", "bob", "poison 2")) {
                say(userId, "free", 3);
            }
            writer.start();
            say("eve", "pro", 3);
            await(() -> profiled(writer) && copied("eve").contains("pro"));

            assertThat(copied("ada")).contains("free");
            assertThat(copied("bob")).contains("free");
            assertThat(copied("poison 1")).isEmpty();
            assertThat(new Profiles(documents).find(team, "poison 2")).isPresent();
            assertThat(writer.failure()).isEmpty();
            assertThat(writer.refusedChanges()).isEqualTo(3);
            assertThat(writer.appliedChanges()).isEqualTo(6);
        } finally {
            clickHouse.execute(StoreQuery.of("ALTER TABLE profiles DROP CONSTRAINT no_poison"));
        }
    }

    private ProfiledPosition position() {
        return ProfiledPosition.open(LogFiles.disk(), folder.resolve("profiled"), eventLog, System::nanoTime);
    }

    private ProfileWriter writer(EventStore store, ProfiledPosition position, LogRetention.Frontier frontier) {
        return new ProfileWriter(eventLog, new Profiles(documents), store, position, frontier);
    }

    private boolean profiled(ProfileWriter writer) {
        return writer.profiledPosition() == eventLog.durablePosition();
    }

    /** A change among events and a dead letter, which are none of the writer's business. */
    private void say(String userId, String plan, int events) {
        EventRowsBuilder rows = new EventRowsBuilder(256);
        for (int i = 0; i < events; i++) {
            rows.row(1, 7, i, EventType.PAGE_VIEW)
                    .text(team)
                    .text("/")
                    .text(userId)
                    .text("")
                    .text("{}");
        }
        new ProfileChange(team, ProfileChange.Kind.IDENTIFY, userId, "", 1, "{\"set\":{\"plan\":\"" + plan + "\"}}")
                .addTo(rows, 8, 8);
        new DeadLetter(team, 1, "segment", "invalid_json", "no", "{").addTo(rows);
        eventLog.writer().append(rows.build(), 1);
        EventRowsBuilder more = new EventRowsBuilder(256);
        more.row(1, 9, 9, EventType.PAGE_VIEW)
                .text(team)
                .text("/")
                .text(userId)
                .text("")
                .text("{}");
        eventLog.writer().append(more.build(), 1);
        eventLog.writer().sync();
    }

    private String copied(String userId) {
        RowBinaryReader rows = clickHouse.query(StoreQuery.of(
                        "SELECT traits FROM profiles FINAL WHERE team_id = {team:String} AND user_id = {user:String}")
                .bind("team", team)
                .bind("user", userId));
        return rows.hasNext() ? rows.string() : "";
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + MANY_SECONDS_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadlineNs);
            Thread.onSpinWait();
        }
    }
}
