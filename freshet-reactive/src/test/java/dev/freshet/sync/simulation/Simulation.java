package dev.freshet.sync.simulation;

import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.ClientVersion;
import dev.freshet.sync.simulation.History.Held;
import dev.freshet.sync.simulation.HistoryChecker.Commit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Some clients, their links and one server, step by step. What clients do and what the network does to them comes
 * from the seed. The server's own threads run freely beside, so that a seed gives the same story but not the same
 * interleaving: a failure that does not come back at once comes back when its seed is run some more times.
 */
final class Simulation implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int MOST_QUERIES = 10;
    private static final int MOST_WAITING = 12;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    private static final List<String> GROUPS = List.of("left", "right");
    private static final List<String> USERS = List.of("ann", "bob");

    final History history = new History();
    private final SplittableRandom random;
    private final Settings settings;
    private final Sabotage.Tampering tampering;
    private final SimulatedServer server;
    private final List<ModelClient> clients = new ArrayList<>();
    private final List<SimulatedLink> links = new ArrayList<>();
    private final Map<ModelClient, Long> reconnectAt = new HashMap<>();
    private boolean isTroubled = true;
    private long now;

    /** @param patience how long everything may take to come to rest in the end */
    record Settings(long seed, int steps, boolean isDurable, Sabotage sabotage, Duration patience) {}

    Simulation(Path folder, Settings settings) {
        this.settings = settings;
        this.random = new SplittableRandom(settings.seed);
        this.tampering = settings.sabotage.begin();
        ClientVersion version =
                settings.sabotage.equals(Sabotage.NONE) ? ClientVersion.npm("1.48.0") : ClientVersion.UNKNOWN;
        this.server = new SimulatedServer(folder, settings.isDurable, version);
        for (int number = 0; number < CLIENTS; number++) {
            clients.add(new ModelClient("session-" + number, history, () -> now));
        }
    }

    /** Runs the whole story. */
    List<Commit> run() {
        while (now < settings.steps) {
            act(clients.get(random.nextInt(CLIENTS)));
            if (settings.isDurable && random.nextInt(400) == 0) {
                restart();
            }
            advance();
        }
        return settle();
    }

    /** In words, for the log. */
    String summary() {
        return history.seen.size() + " transitions, " + history.confirmed.size() + " confirmed, "
                + history.refused.size() + " refused, " + server.starts() + " restarts";
    }

    private void advance() {
        now++;
        for (SimulatedLink link : List.copyOf(links)) {
            link.advance(now);
        }
        links.removeIf(SimulatedLink::isOver);
        for (ModelClient client : clients) {
            if (client.isConnected()) {
                reconnectAt.remove(client);
            } else if (now >= reconnectAt.computeIfAbsent(client, lost -> now + random.nextInt(isTroubled ? 20 : 1))) {
                connect(client);
            }
        }
        // Sometimes many steps at once, sometimes time for the server to think.
        if (random.nextInt(3) > 0) {
            LockSupport.parkNanos(random.nextInt(500_000));
        }
    }

    private void connect(ModelClient client) {
        SimulatedLink link = new SimulatedLink(random.split(), client, tampering);
        server.open(link);
        links.add(link);
        client.connect(link);
    }

    // What happens

    private void act(ModelClient client) {
        int dice = random.nextInt(100);
        if (dice < 40) {
            mutate(client);
        } else if (dice < 55) {
            if (client.held().size() < MOST_QUERIES) {
                subscribe(client);
            }
        } else if (dice < 64) {
            if (!client.held().isEmpty()) {
                client.unsubscribe(anyOf(List.copyOf(client.held())));
            }
        } else if (dice < 67) {
            client.authenticate(random.nextInt(3) == 0 ? Optional.empty() : Optional.of(anyOf(USERS)));
        } else if (dice < 70 && client.isConnected()) {
            trouble(client);
        }
    }

    private void mutate(ModelClient client) {
        if (client.waitingRequests() >= MOST_WAITING) {
            return;
        }
        String name = anyOf(NAMES);
        ConvexObject.Builder call = ConvexObject.builder();
        switch (random.nextInt(12)) {
            case 0 -> client.mutate("stock:remove", call.put("name", name));
            case 1 -> client.act("stock:moveByAction", call.put("from", name).put("to", anyOf(NAMES)));
            case 2, 3 -> client.mutate("stock:take", call.put("name", name).put("amount", 1 + random.nextInt(60)));
            case 4, 5, 6, 7 ->
                client.mutate("stock:move", call.put("from", name).put("to", anyOf(NAMES)));
            case 8 -> client.mutate("stock:refuse", item(call, name));
            default -> client.mutate("stock:put", item(call, name));
        }
    }

    private ConvexObject.Builder item(ConvexObject.Builder call, String name) {
        return call.put("name", name)
                .put("group", anyOf(GROUPS))
                .put("rank", random.nextInt(6))
                .put("amount", random.nextInt(100));
    }

    private void subscribe(ModelClient client) {
        ConvexObject.Builder call = ConvexObject.builder();
        String group = anyOf(GROUPS);
        switch (random.nextInt(11)) {
            case 0 ->
                client.subscribe("stock:item", call.put("name", anyOf(NAMES)).build());
            case 1 -> {
                int from = random.nextInt(6);
                client.subscribe(
                        "stock:range",
                        call.put("group", group)
                                .put("from", from)
                                .put("to", from + 1 + random.nextInt(3))
                                .build());
            }
            case 2 -> client.subscribe("stock:last", call.put("group", group).build());
            case 3 -> client.subscribe("stock:count", call.put("group", group).build());
            case 4 -> client.subscribe("stock:total", call.put("group", group).build());
            case 5 ->
                client.subscribe("stock:unlessFull", call.put("group", group).build());
            case 6 -> client.subscribe("stock:who", ConvexObject.empty());
            case 7 ->
                client.subscribe(
                        "stock:countForMembers", call.put("group", group).build());
            case 8 -> client.subscribe("stock:page", page(group, ConvexNull.NULL));
            default -> nextPage(client);
        }
    }

    private static ConvexObject page(String group, ConvexValue cursor) {
        ConvexObject options =
                ConvexObject.of("numItems", ConvexValue.of(2), "cursor", cursor, "id", ConvexValue.of(1));
        return ConvexObject.of("group", ConvexValue.of(group), "paginationOpts", options);
    }

    /** Subscribes to the page behind one that the client has. */
    private void nextPage(ModelClient client) {
        List<Held> pages = client.held().stream()
                .filter(held -> held.path().equals("stock:page"))
                .toList();
        for (Held held : pages) {
            Optional<ConvexObject> page =
                    client.result(held.queryId()).map(shown -> shown.change().object("value"));
            if (page.isPresent() && !page.get().bool("isDone")) {
                client.subscribe(
                        "stock:page",
                        page(held.arguments().string("group"), page.get().value("continueCursor")));
            }
        }
    }

    private void trouble(ModelClient client) {
        SimulatedLink link = client.link();
        switch (random.nextInt(8)) {
            case 0 -> link.cut(now, now);
            case 1 -> link.cut(now, now + random.nextInt(20));
            // Half dead: the client goes on elsewhere while what it had said here still arrives.
            case 2 -> link.cut(now, now + 30 + random.nextInt(150));
            case 3 -> link.cut(now + random.nextInt(60), now);
            case 4 -> link.deafen(now + random.nextInt(80), now + random.nextInt(160));
            case 5 -> client.authenticateBadly();
            default -> link.stall(now + random.nextInt(80));
        }
    }

    private void restart() {
        boolean isKill = random.nextBoolean();
        history.event(now + " the server " + (isKill ? "is killed" : "restarts"));
        if (isKill) {
            links.forEach(link -> link.killServer(now + random.nextInt(20)));
            server.restartKilled();
        } else {
            server.restart();
        }
        links.forEach(link -> link.serverStopped(now + random.nextInt(20)));
    }

    private <T> T anyOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    // How it ends

    /** Lets everything come to rest on a good network, and looks whether nothing is missing then. */
    private List<Commit> settle() {
        isTroubled = false;
        long deadlineNs = System.nanoTime() + settings.patience.toNanos();
        while (links.size() != CLIENTS || !clients.stream().allMatch(ModelClient::isQuiet)) {
            links.forEach(link -> link.heal(now + 1));
            Violation.require(
                    System.nanoTime() < deadlineNs,
                    Rule.CONFIRMED,
                    "who is not answered",
                    clients.stream()
                            .filter(client -> !client.isQuiet())
                            .map(client -> client.session)
                            .toList());
            advance();
        }
        List<Commit> commits = server.commits();
        HistoryChecker.check(history, commits);
        StockModel last = HistoryChecker.lastState(commits);
        while (!clients.stream().allMatch(client -> HistoryChecker.shows(client.present(Long.MAX_VALUE), last))) {
            Violation.require(System.nanoTime() < deadlineNs, Rule.LAST_STATE, "somebody does not see it");
            advance();
        }
        HistoryChecker.check(history, commits);
        return commits;
    }

    @Override
    public void close() {
        server.close();
    }
}
