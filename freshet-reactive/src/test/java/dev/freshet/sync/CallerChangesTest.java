package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of callers while their sockets are open. */
@Timeout(120)
class CallerChangesTest {
    /** Who follows a caller, by the caller's name. */
    private final Map<String, List<Consumer<Authentication>>> followers = new ConcurrentHashMap<>();

    private Authentication authenticate(AuthToken token) {
        String name = ((AuthToken.User) token).token();
        return new Authentication.Accepted(member(name, "editor"), Optional.empty(), listener -> {
            followers(name).add(listener);
            if (name.startsWith("overtaken")) {
                listener.accept(accepted(member(name)));
            }
            return () -> followers(name).remove(listener);
        });
    }

    private List<Consumer<Authentication>> followers(String name) {
        return followers.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
    }

    private void tell(String name, Authentication change) {
        followers(name).forEach(listener -> listener.accept(change));
    }

    private static Caller member(String name, String... rights) {
        return Caller.member(name, "team", Set.of(rights));
    }

    private static Authentication accepted(Caller caller) {
        return new Authentication.Accepted(caller, Optional.empty());
    }

    private ScriptedClient connect(SyncWorld world, String name) throws InterruptedException {
        SyncServer server = new SyncServer(world.runtime, this::authenticate, SyncLimits.standard());
        ScriptedClient client = ScriptedClient.open(server);
        client.connect(name);
        client.authenticate(0, name);
        client.next("Transition");
        return client;
    }

    private static String code(ScriptedClient client) {
        return client.result(0).object("errorData").string("code");
    }

    @Test
    void rightsThatChangeChangeWhatIsShown() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = connect(world, "ada");
            client.modify(0, adding(0, "example:forEditors", "{}"));
            client.awaitValue(0, ConvexValue.of("secret"));

            tell("ada", accepted(member("ada")));
            client.next("Transition");
            assertThat(code(client)).isEqualTo("forbidden");

            tell("ada", accepted(member("ada", "editor")));
            client.awaitValue(0, ConvexValue.of("secret"));
        }
    }

    @Test
    void whatChangedWhileTheTokenWasLookedAtIsNotMissed() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = connect(world, "overtaken");
            client.modify(0, adding(0, "example:forEditors", "{}"));
            while (client.version().number("querySet") < 1) {
                client.next("Transition");
            }

            assertThat(code(client)).isEqualTo("forbidden");
        }
    }

    @Test
    void aCallerWhoIsNoneAnyMoreIsToldSoAndTheSocketCloses() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = connect(world, "ada");
            ScriptedClient bystander = connect(world, "grace");

            tell("ada", new Authentication.Refused("Unauthenticated", "the member was removed"));
            client.mutate(0, "counter:add", byOne("a"));
            ConvexObject error = client.next("AuthError").message();

            assertThat(error.bool("authUpdateAttempted")).isFalse();
            assertThat(error.number("baseVersion")).isEqualTo(1);
            assertThat(error.string("error")).isEqualTo("Unauthenticated: the member was removed");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
            assertThat(world.read("a")).isZero();
            assertThat(followers("ada")).isEmpty();
            bystander.mutate(0, "counter:add", byOne("a"));
            bystander.next("MutationResponse");
            assertThat(world.read("a")).isEqualTo(1);
        }
    }

    @Test
    void whoSignedInBeforeOnTheSocketIsFollowedNoMore() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = connect(world, "ada");
            Consumer<Authentication> ofAda = followers("ada").getFirst();
            client.authenticate(1, "grace");
            client.next("Transition");
            assertThat(followers("ada")).isEmpty();
            // Told though, as by a call that was under way.
            ofAda.accept(new Authentication.Refused("Unauthenticated", "the member was removed"));
            client.modify(0, adding(0, "example:forEditors", "{}"));

            client.awaitValue(0, ConvexValue.of("secret"));
            client.session().closed();
            awaitNoFollower("grace");
        }
    }

    private void awaitNoFollower(String name) throws InterruptedException {
        while (!followers(name).isEmpty()) {
            Thread.sleep(5);
        }
    }
}
