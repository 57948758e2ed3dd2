package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.ProfileChange;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        List<Profile> changed =
                profiles.apply(List.of(identify("ada", 40, "{\"setOnce\":{\"source\":\"search\",\"city\":\"Ulm\"}}")));

        assertThat(changed).singleElement().satisfies(ada -> {
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

        Profile once = profiles.apply(changes).getFirst();
        Profile twice = profiles.apply(changes).getFirst();

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

    private static ProfileChange identify(String userId, long atMs, String traits) {
        return new ProfileChange(TEAM, ProfileChange.Kind.IDENTIFY, userId, "", atMs, traits);
    }
}
