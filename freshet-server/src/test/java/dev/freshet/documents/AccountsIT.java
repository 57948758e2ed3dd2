package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountsIT {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");
    private static final String OTHER_TEAM = new ObjectId().toHexString();

    @TempDir
    private static Path folder;

    private static DocumentStore store;
    private static Users users;
    private static Teams teams;

    @BeforeAll
    static void open() {
        store = DocumentStore.openEmbedded(folder, new SecureRandom());
        users = new Users(store, InstantSource.fixed(NOW));
        teams = new Teams(store, InstantSource.fixed(NOW));
    }

    @AfterAll
    static void close() {
        store.close();
    }

    private static User member(String email) {
        String team = teams.create("Team").id();
        return users.create(
                new NewUser(EmailAddress.parse(email).orElseThrow(), "Ada", team, Role.EDITOR, Optional.of("hash")));
    }

    @Test
    void aMemberIsFoundAsCreatedWhateverTheCaseOfTheAddress() {
        User ada = member("Ada@Example.org");
        assertThat(ada.createdAt()).isEqualTo(NOW);
        assertThat(ada.email().value()).isEqualTo("ada@example.org");
        assertThat(users.byEmail(EmailAddress.parse(" ADA@example.ORG ").orElseThrow()))
                .contains(ada);
        assertThat(users.byId(ada.id())).contains(ada);
        assertThat(users.ofTeam(ada.teamId())).containsExactly(ada);
        assertThat(users.byId("no id")).isEmpty();
        assertThat(ada.toString()).doesNotContain("hash", "example");
    }

    @Test
    void anAddressHasOneAccountOnly() {
        member("twice@example.org");
        assertFails(DocumentStoreException.Code.DUPLICATE, () -> member("TWICE@example.org"));
    }

    @Test
    void aMemberOfAnotherTeamIsNotFoundAndNotChanged() {
        User ada = member("mine@example.org");
        assertFails(DocumentStoreException.Code.NOT_FOUND, () -> users.changeRole(OTHER_TEAM, ada.id(), Role.OWNER));
        assertFails(DocumentStoreException.Code.NOT_FOUND, () -> users.rename("nonsense", ada.id(), "Eve"));
        assertThat(users.remove(OTHER_TEAM, ada.id())).isFalse();
        assertThat(users.byId(ada.id())).contains(ada);
        assertThat(users.changeRole(ada.teamId(), ada.id(), Role.ADMIN).role()).isEqualTo(Role.ADMIN);
        assertThat(users.remove(ada.teamId(), ada.id())).isTrue();
        assertThat(users.byId(ada.id())).isEmpty();
    }

    @Test
    void fieldsOfOthersSurviveEveryEdit() {
        User ada = member("fields@example.org");
        Document filter = new Document("_id", new ObjectId(ada.id()));
        store.database()
                .getCollection("users")
                .updateOne(
                        filter,
                        new Document(
                                "$set", new Document("crm", new Document("stage", null)).append("membership.seat", 7)));
        users.rename(ada.teamId(), ada.id(), "Ada L.");
        users.changeRole(ada.teamId(), ada.id(), Role.VIEWER);
        users.changeNotifications(ada.teamId(), ada.id(), Map.of("email", true));
        users.changePasswordHash(ada.teamId(), ada.id(), "other");
        Document stored = store.database().getCollection("users").find(filter).first();
        assertThat(stored).containsEntry("crm", new Document("stage", null)).containsEntry("name", "Ada L.");
        assertThat(stored.get("membership", Document.class))
                .containsEntry("seat", 7)
                .containsEntry("role", "viewer");
        assertThat(users.byId(ada.id()).orElseThrow().notifications()).containsEntry("email", true);
    }

    @Test
    void documentsStoredByTheFirstVersionAreReadForEver() {
        store.database().getCollection("users").insertOne(sample("user-v1.json"));
        store.database().getCollection("teams").insertOne(sample("team-v1.json"));
        Instant then = Instant.parse("2026-01-02T03:04:05.678Z");
        assertThat(users.byId("65930a0511111111111111aa"))
                .contains(new User(
                        "65930a0511111111111111aa",
                        EmailAddress.parse("grace@example.org").orElseThrow(),
                        "Grace",
                        "65930a0511111111111111bb",
                        Role.OWNER,
                        Optional.of("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                        Map.of("email", new Document("alerts", List.of("critical"))),
                        then));
        assertThat(teams.byId("65930a0511111111111111bb"))
                .contains(new Team(
                        "65930a0511111111111111bb",
                        "Compilers",
                        then,
                        Map.of("timeZone", "Europe/Berlin"),
                        List.of(new WriteKey("k1", "first", "ab".repeat(32), then))));
    }

    @Test
    void aDocumentOfAnotherClientWithoutAVersionIsRead() {
        ObjectId id = new ObjectId("65930a05aaaaaaaaaaaaaaaa");
        store.database()
                .getCollection("users")
                .insertOne(new Document("_id", id)
                        .append("email", "shell@example.org")
                        .append("teamId", new ObjectId(OTHER_TEAM))
                        .append("membership", new Document("role", "viewer")));
        User read = users.byId(id.toHexString()).orElseThrow();
        assertThat(read.role()).isEqualTo(Role.VIEWER);
        assertThat(read.passwordHash()).isEmpty();
        assertThat(read.createdAt()).isEqualTo(id.getDate().toInstant());
    }

    @Test
    void whatALaterVersionOrABadHandWroteIsRefusedByName() {
        for (Document odd : List.of(
                new Document("schemaVersion", 99),
                new Document("schemaVersion", "1"),
                new Document("membership", new Document("role", "emperor")),
                new Document("email", 5))) {
            User user = member(new ObjectId() + "@example.org");
            store.database()
                    .getCollection("users")
                    .updateOne(new Document("_id", new ObjectId(user.id())), new Document("$set", odd));
            DocumentStoreException refused =
                    assertFails(DocumentStoreException.Code.UNREADABLE_DOCUMENT, () -> users.byId(user.id()));
            assertThat(refused)
                    .hasMessageContaining(user.id())
                    .hasMessageContaining(odd.keySet().iterator().next());
        }
    }

    @Test
    void ensuringATeamTwiceMakesItOnceWithTheFirstKey() {
        String id = new ObjectId().toHexString();
        assertThat(teams.ensure(id, "One", List.of(key("a")))).isTrue();
        assertThat(teams.ensure(id, "Two", List.of(key("b")))).isFalse();
        assertThat(teams.byId(id).orElseThrow().name()).isEqualTo("One");
        assertThat(teams.byId(id).orElseThrow().writeKeys()).containsExactly(key("a"));
    }

    @Test
    void writeKeysAreAddedOnceRemovedAndBounded() {
        String id = teams.create("Keys").id();
        teams.addWriteKey(id, key("a"));
        teams.addWriteKey(id, key("a"));
        assertThat(teams.byId(id).orElseThrow().writeKeys()).containsExactly(key("a"));
        assertThat(teams.removeWriteKey(OTHER_TEAM, "a")).isFalse();
        assertThat(teams.removeWriteKey(id, "a")).isTrue();
        assertThat(teams.removeWriteKey(id, "a")).isFalse();

        String full = new ObjectId().toHexString();
        List<WriteKey> keys = new ArrayList<>();
        for (int number = 0; number < Teams.MAX_WRITE_KEYS - 1; number++) {
            keys.add(key("k" + number));
        }
        teams.ensure(full, "Full", keys);
        teams.addWriteKey(full, key("last"));
        assertFails(DocumentStoreException.Code.LIMIT_EXCEEDED, () -> teams.addWriteKey(full, key("over")));
        assertFails(
                DocumentStoreException.Code.NOT_FOUND, () -> teams.addWriteKey(new ObjectId().toHexString(), key("x")));
    }

    private static WriteKey key(String id) {
        return new WriteKey(id, "name " + id, "hash of " + id, NOW);
    }

    private static Document sample(String name) {
        try (InputStream json = AccountsIT.class.getResourceAsStream(name)) {
            return Document.parse(new String(json.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DocumentStoreException assertFails(DocumentStoreException.Code code, ThrowingCallable call) {
        DocumentStoreException failure = catchThrowableOfType(DocumentStoreException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).isEqualTo(code);
        return failure;
    }
}
