package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.mongodb.client.MongoCollection;
import dev.freshet.event.ProfileChange;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ProfilesIT {
    private static final String TEAM = new ObjectId().toHexString();

    @TempDir
    private Path folder;

    private DocumentStore store;
    private Profiles profiles;

    @BeforeEach
    void open() {
        store = DocumentStore.openEmbedded(folder, new SecureRandom());
        profiles = new Profiles(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void traitsAreMergedAndThoseSetOnceAreKept() {
        profiles.apply(List.of(
                identify("ada", 20, "{\"set\":{\"plan\":\"free\",\"age\":7},\"setOnce\":{\"source\":\"ad\"}}"),
                identify("ada", 10, "{\"set\":{\"plan\":\"pro\"},\"setOnce\":{\"source\":\"mail\",\"age\":8}}"),
                identify("bob", 30, "{\"set\":{}}")));
        Set<Person> changed =
                profiles.apply(List.of(identify("ada", 40, "{\"setOnce\":{\"source\":\"search\",\"city\":\"Ulm\"}}")));

        assertThat(changed).containsExactly(new Person(TEAM, "ada"));
        assertThat(profiles.find(TEAM, "ada")).hasValueSatisfying(ada -> {
            assertThat(ada.traits()).isEqualTo(Map.of("plan", "pro", "age", 7, "source", "ad", "city", "Ulm"));
            assertThat(ada.version()).isEqualTo(2);
        });
        Document stored = store.database()
                .getCollection("profiles")
                .find(new Document("userId", "ada"))
                .first();
        assertThat(stored)
                .containsEntry("firstSeen", Date.from(Instant.ofEpochMilli(10)))
                .containsEntry("lastSeen", Date.from(Instant.ofEpochMilli(40)));
        assertThat(profiles.find(TEAM, "bob"))
                .hasValueSatisfying(bob -> assertThat(bob.traits()).isEmpty());
    }

    @Test
    void applyingAgainChangesNothingButTheVersion() {
        List<ProfileChange> changes = List.of(
                identify("ada", 1, "{\"set\":{\"a\":1},\"setOnce\":{\"b\":2}}"),
                new ProfileChange(TEAM, ProfileChange.Kind.ALIAS, "ada", "anonymous", 2, "{}"),
                new ProfileChange(TEAM, ProfileChange.Kind.GROUP, "ada", "acme", 3, "{\"set\":{\"seats\":9}}"));

        profiles.apply(changes);
        Profile once = profiles.find(TEAM, "ada").orElseThrow();
        profiles.apply(changes);
        Profile twice = profiles.find(TEAM, "ada").orElseThrow();

        assertThat(twice.traits())
                .isEqualTo(once.traits())
                .isEqualTo(Map.of("a", 1, "b", 2, "$group", Map.of("seats", 9, "id", "acme")));
        assertThat(twice.version()).isGreaterThan(once.version());
        assertThat(store.database()
                        .getCollection("profiles")
                        .find(new Document("userId", "ada"))
                        .first())
                .containsEntry("aliases", List.of("anonymous"));
    }

    @Test
    void namesThatMeanSomethingToMongoAreKeptAsSent() {
        Map<String, Object> traits = Map.of("a.b", 1, "$set", 2, "50%25", 3, "", 4, "x", Map.of("$y.z", List.of("w")));

        profiles.apply(List.of(
                identify("ada", 1, "{\"set\":{\"a.b\":1,\"$set\":2,\"50%25\":3,\"\":4,\"x\":{\"$y.z\":[\"w\"]}}}")));

        assertThat(profiles.find(TEAM, "ada"))
                .hasValueSatisfying(ada -> assertThat(ada.traits()).isEqualTo(traits));
    }

    @Test
    void whatOthersWroteBesideStays() {
        profiles.apply(List.of(identify("ada", 1, "{\"set\":{\"plan\":\"free\"}}")));
        store.database()
                .getCollection("profiles")
                .updateOne(
                        new Document("userId", "ada"),
                        new Document("$set", new Document("traits.tier", "gold").append("note", "by hand")));

        profiles.apply(List.of(identify("ada", 2, "{\"set\":{\"plan\":\"pro\"}}")));

        assertThat(profiles.find(TEAM, "ada"))
                .hasValueSatisfying(ada -> assertThat(ada.traits()).isEqualTo(Map.of("plan", "pro", "tier", "gold")));
        assertThat(store.database().getCollection("profiles").find().first()).containsEntry("note", "by hand");
    }

    @Test
    void anotherTeamsPersonOfTheSameIdIsAnotherPerson() {
        profiles.apply(List.of(identify("ada", 1, "{\"set\":{\"plan\":\"free\"}}")));

        assertThat(profiles.find(new ObjectId().toHexString(), "ada")).isEmpty();
    }

    @Test
    void aProfileGrowsToItsLimitAndNoFurtherWhateverComes() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(RefusedChanges.class);
        logged.start();
        logger.addAppender(logged);
        try {
            for (int index = 0; index < 30; index++) {
                profiles.apply(List.of(identify("ada", index, trait("t" + index, "x".repeat(100_000)))));
                assertThat(storedBytes("ada")).isLessThanOrEqualTo(Profiles.MOST_BYTES);
            }
            assertThat(traits("ada")).containsOnlyKeys("t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9");
            assertThat(profiles.refused().count()).isEqualTo(20);
            profiles.apply(List.of(
                    identify("ada", 31, "{\"set\":{\"t0\":\"" + "y".repeat(100_000) + "\"}}"),
                    identify("ada", 32, "{\"setOnce\":{\"t1\":\"" + "y".repeat(900_000) + "\"}}"),
                    identify("ada", 33, "{\"setOnce\":{\"t30\":\"" + "y".repeat(100_000) + "\"}}"),
                    new ProfileChange(
                            TEAM, ProfileChange.Kind.GROUP, "ada", "acme", 34, trait("g", "z".repeat(90_000))),
                    identify("ada", 35, trait("small", "fits"))));
        } finally {
            logger.detachAppender(logged);
        }

        assertThat(profiles.refused().count()).isEqualTo(22);
        assertThat(traits("ada"))
                .containsEntry("t0", "y".repeat(100_000))
                .containsEntry("t1", "x".repeat(100_000))
                .containsEntry("small", "fits")
                .doesNotContainKeys("t30", "$group");
        assertThat(logged.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .contains("team=" + TEAM, "user=ada", "larger than 1048576 bytes"));
        assertThat(storedBytes("ada")).isLessThanOrEqualTo(Profiles.MOST_BYTES);
    }

    @Test
    void aliasesCountTowardsTheLimit() {
        List<ProfileChange> changes = IntStream.range(0, 2_000)
                .mapToObj(index -> new ProfileChange(
                        TEAM, ProfileChange.Kind.ALIAS, "ada", index + "a".repeat(1_000), index, "{}"))
                .toList();

        profiles.apply(changes);
        profiles.apply(changes.subList(0, 10));

        assertThat(storedBytes("ada")).isBetween(Profiles.MOST_BYTES - 8_000, Profiles.MOST_BYTES);
        assertThat(profiles.refused().count()).isBetween(900L, 1_100L);
    }

    @Test
    void whatAnotherClientMadeTooLargeMayShrinkAndIsNotMadeLarger() {
        profiles.apply(List.of(identify("ada", 1, trait("plan", "free"))));
        documents().updateOne(ofUser("ada"), new Document("$set", new Document("traits.note", "n".repeat(2_000_000))));

        profiles.apply(List.of(identify("ada", 2, trait("plan", "free, and more"))));
        profiles.apply(List.of(identify("ada", 3, trait("plan", "pro"))));
        profiles.apply(List.of(identify("ada", 4, trait("note", "short"))));
        profiles.apply(List.of(identify("ada", 5, trait("plan", "pro, and more"))));

        assertThat(profiles.refused().count()).isOne();
        assertThat(traits("ada")).isEqualTo(Map.of("plan", "pro, and more", "note", "short"));
    }

    /** With no limit of ours: what is written at once stays below what the driver sends, and its order is kept. */
    @Test
    void manyLargeChangesOfOnePersonAreWrittenInPartsInTheirOrder() {
        Profiles unlimited = new Profiles(store, Long.MAX_VALUE);
        List<ProfileChange> changes = new ArrayList<>();
        for (int index = 0; index < 100; index++) {
            changes.add(identify(
                    "ada",
                    index,
                    "{\"set\":{\"last\":%d,\"t%d\":\"%s\"},\"setOnce\":{\"first\":%d}}"
                            .formatted(index, index, "x".repeat(250_000), index)));
        }

        unlimited.apply(changes);

        assertThat(unlimited.refused().count()).isZero();
        assertThat(traits("ada")).hasSize(102).containsEntry("last", 99).containsEntry("first", 0);
    }

    @Test
    void oneChangeThatTheDriverCannotSendCostsOnlyItself() {
        Profiles unlimited = new Profiles(store, Long.MAX_VALUE);

        unlimited.apply(List.of(
                identify("ada", 1, trait("plan", "free")),
                identify("eve", 2, trait("plan", "x".repeat(17_000_000))),
                identify("ada", 3, trait("plan", "pro")),
                identify("bob", 4, trait("plan", "free"))));

        assertThat(unlimited.refused().count()).isOne();
        assertThat(traits("ada")).isEqualTo(Map.of("plan", "pro"));
        assertThat(traits("bob")).isEqualTo(Map.of("plan", "free"));
        assertThat(profiles.find(TEAM, "eve")).isEmpty();
    }

    @Test
    void aDocumentThatAnotherClientBrokeCostsOnlyItsOwnChanges() {
        documents()
                .insertOne(new Document("teamId", new ObjectId(TEAM))
                        .append("userId", "eve")
                        .append("traits", "none"));

        profiles.apply(List.of(
                identify("ada", 1, trait("plan", "free")),
                identify("eve", 2, trait("plan", "free")),
                identify("eve", 3, trait("plan", "pro")),
                identify("ada", 4, "no JSON"),
                identify("ada", 5, "null"),
                new ProfileChange("no team", ProfileChange.Kind.IDENTIFY, "ada", "", 6, "{}"),
                identify("bob", 7, trait("plan", "free"))));

        assertThat(profiles.refused().count()).isEqualTo(5);
        assertThat(traits("ada")).isEqualTo(Map.of("plan", "free"));
        assertThat(traits("bob")).isEqualTo(Map.of("plan", "free"));
        assertThat(documents().find(ofUser("eve")).first()).containsEntry("traits", "none");
    }

    private MongoCollection<Document> documents() {
        return store.database().getCollection("profiles");
    }

    private static Document ofUser(String userId) {
        return new Document("userId", userId);
    }

    private long storedBytes(String userId) {
        return BsonSize.ofDocument(documents().find(ofUser(userId)).first());
    }

    private Map<String, Object> traits(String userId) {
        return profiles.find(TEAM, userId).orElseThrow().traits();
    }

    private static String trait(String name, String value) {
        return "{\"set\":{\"%s\":\"%s\"}}".formatted(name, value);
    }

    private static ProfileChange identify(String userId, long atMs, String traits) {
        return new ProfileChange(TEAM, ProfileChange.Kind.IDENTIFY, userId, "", atMs, traits);
    }
}
