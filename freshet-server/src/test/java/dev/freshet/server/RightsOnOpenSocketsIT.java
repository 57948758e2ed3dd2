package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.freshet.auth.Passwords;
import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.NewUser;
import dev.freshet.documents.Role;
import dev.freshet.documents.User;
import dev.freshet.documents.Users;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members who are demoted, promoted, removed or signed out while their sockets are open, over the embedded documents. */
class RightsOnOpenSocketsIT {
    private static final int ME = 0;
    private static final int KEYS = 1;
    private static final AtomicInteger people = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;
    private static Users users;
    private static String passwordHash = "";

    private User admin;
    private RawSocket bystander;

    @BeforeAll
    static void start() throws InterruptedException {
        server = new ServerUnderTest(folder);
        users = new Users(server.server().documents(), InstantSource.system());
        passwordHash = new Passwords(new SecureRandom(), 1).hash(ServerUnderTest.PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void letSomebodyElseWatch() throws Exception {
        admin = newMember(Role.ADMIN);
        bystander = new RawSocket(server.url());
        bystander.authenticate(login(newMember(Role.ADMIN)));
        bystander.subscribe(ME, "users:me");
        bystander.untilValue(ME, "role", "admin");
    }

    /** Whatever becomes of one member, another one's socket is open, hears nothing of it and is answered. */
    @AfterEach
    void theBystanderNoticedNothing() throws Exception {
        int heard = bystander.changedQueries().size();
        bystander.mutate(0, "writeKeys:create", "{'name':'of the bystander'}");
        assertThat(bystander.until("MutationResponse").get("success").asBoolean())
                .isTrue();
        assertThat(bystander.changedQueries()).hasSize(heard);
        bystander.close();
    }

    private static User newMember(Role role) {
        String email = "member-%d@example.com".formatted(people.incrementAndGet());
        return users.create(new NewUser(
                EmailAddress.parse(email).orElseThrow(),
                "Ada",
                server.server().firstStart().teamId(),
                role,
                Optional.of(passwordHash)));
    }

    private static String login(User user) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.post(
                "/auth/login",
                "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(user.email().value(), ServerUnderTest.PASSWORD));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ServerUnderTest.json(answer).get("token").asText();
    }

    /** A socket that shows who it is, and the team's write keys. */
    private static RawSocket watching(String token) throws IOException, InterruptedException {
        RawSocket socket = new RawSocket(server.url());
        socket.authenticate(token);
        socket.subscribe(ME, "users:me");
        socket.subscribe(KEYS, "writeKeys:list");
        socket.until(() -> socket.result(ME).has("value") && socket.result(KEYS).has("value"));
        return socket;
    }

    private static MongoCollection<Document> collection(String name) {
        return server.server().documents().database().getCollection(name);
    }

    /** As any other client of MongoDB would. */
    private static void edit(User user, Bson update) {
        assertThat(collection("users")
                        .updateOne(Filters.eq("_id", new ObjectId(user.id())), update)
                        .getMatchedCount())
                .isEqualTo(1);
    }

    private static HttpResponse<String> queryOverHttp(String token, String path)
            throws IOException, InterruptedException {
        return server.post(
                "/api/query", "{\"path\":\"%s\",\"args\":{}}".formatted(path), "Authorization", "Bearer " + token);
    }

    private static void assertToldAndClosed(RawSocket socket, boolean isOnAuthenticate) throws Exception {
        JsonNode error = socket.until("AuthError");
        assertThat(error.get("error").asText()).startsWith("Unauthenticated");
        assertThat(error.get("authUpdateAttempted").asBoolean()).isEqualTo(isOnAuthenticate);
        assertThat(socket.awaitClosed()).isEqualTo(1000);
    }

    private static void assertTokenIsOver(String token) throws Exception {
        HttpResponse<String> refused = queryOverHttp(token, "users:me");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(401);
        assertThat(ServerUnderTest.json(refused).get("code").asText()).isEqualTo("Unauthenticated");
        assertThat(server.post("/auth/refresh", "", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(401);
        try (RawSocket again = new RawSocket(server.url())) {
            again.authenticate(token);
            assertToldAndClosed(again, true);
        }
    }

    @Test
    void anAdminDemotedInMongoLosesAndRegainsWhatIsForAdminsOnAllSockets() throws Exception {
        String token = login(admin);
        try (RawSocket first = watching(token);
                RawSocket second = watching(token)) {
            edit(admin, Updates.set("membership.role", "viewer"));

            for (RawSocket socket : new RawSocket[] {first, second}) {
                socket.untilFailure(KEYS, "forbidden");
                socket.untilValue(ME, "role", "viewer");
                socket.mutate(1, "writeKeys:create", "{'name':'of a viewer'}");
                assertThat(socket.until("MutationResponse")
                                .at("/errorData/code")
                                .asText())
                        .isEqualTo("forbidden");
            }
            assertThat(ServerUnderTest.json(queryOverHttp(token, "writeKeys:list"))
                            .at("/errorData/code")
                            .asText())
                    .isEqualTo("forbidden");

            users.changeRole(admin.teamId(), admin.id(), Role.OWNER);

            first.until(() -> first.result(KEYS).has("value"));
            second.untilValue(ME, "role", "owner");
        }
    }

    @Test
    void aRemovedMemberLosesAccessAndTheTokenIsOver() throws Exception {
        String token = login(admin);
        try (RawSocket socket = watching(token)) {
            assertThat(users.remove(admin.teamId(), admin.id())).isTrue();

            assertToldAndClosed(socket, false);
            assertTokenIsOver(token);
        }
    }

    @Test
    void aMemberMovedToAnotherTeamSeesThatTeamsData() throws Exception {
        try (RawSocket socket = watching(login(admin))) {
            String otherTeam = new ObjectId().toHexString();
            edit(admin, Updates.set("teamId", new ObjectId(otherTeam)));

            socket.untilValue(ME, "teamId", otherTeam);
            socket.until(() -> socket.result(KEYS).path("value").isEmpty()
                    && socket.result(KEYS).has("value"));
        }
    }

    @Test
    void aRoleThatNobodyKnowsGivesNoRights() throws Exception {
        String token = login(admin);
        try (RawSocket socket = watching(token)) {
            edit(admin, Updates.set("membership.role", "emperor"));

            assertToldAndClosed(socket, false);
            assertThat(queryOverHttp(token, "users:me").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void whoSignsOutIsSignedOutOnThatSessionsSocketsOnly() throws Exception {
        String here = login(admin);
        String elsewhere = login(admin);
        try (RawSocket socket = watching(here);
                RawSocket kept = watching(elsewhere)) {
            assertThat(server.post("/auth/logout", "", "Authorization", "Bearer " + here)
                            .statusCode())
                    .isEqualTo(204);

            assertToldAndClosed(socket, false);
            assertTokenIsOver(here);
            kept.mutate(1, "writeKeys:create", "{'name':'still in'}");
            assertThat(kept.until("MutationResponse").get("success").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void aSessionEndedInMongoIsSignedOut() throws Exception {
        String token = login(admin);
        try (RawSocket socket = watching(token)) {
            Bson ofAdmin = Filters.eq("userId", new ObjectId(admin.id()));
            collection("sessions").updateMany(ofAdmin, Updates.set("revokedAt", Date.from(Instant.now())));

            assertToldAndClosed(socket, false);
            assertTokenIsOver(token);
        }
    }

    @Test
    void whatGivesNoOtherRightsChangesNothing() throws Exception {
        User other = newMember(Role.VIEWER);
        String token = login(admin);
        try (RawSocket socket = watching(token)) {
            int heard = socket.changedQueries().size();
            edit(admin, Updates.set("notifications.email", true));
            users.changeRole(other.teamId(), other.id(), Role.EDITOR);
            users.remove(other.teamId(), other.id());
            assertThat(server.post("/auth/refresh", "", "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
            // What comes after all of that in the one order in which changes are told.
            users.rename(admin.teamId(), admin.id(), "Ada Lovelace");

            socket.untilValue(ME, "name", "Ada Lovelace");
            assertThat(socket.changedQueries()).hasSize(heard + 1);
        }
    }
}
