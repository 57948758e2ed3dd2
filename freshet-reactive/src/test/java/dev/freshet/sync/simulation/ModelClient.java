package dev.freshet.sync.simulation;

import static dev.freshet.sync.simulation.Violation.require;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.simulation.History.Confirmed;
import dev.freshet.sync.simulation.History.Held;
import dev.freshet.sync.simulation.History.Issued;
import dev.freshet.sync.simulation.History.RequestId;
import dev.freshet.sync.simulation.History.Seen;
import dev.freshet.sync.simulation.History.Shown;
import dev.freshet.sync.simulation.Messages.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the official client does with its sockets: query ids and request ids that go on over all of them, the whole query
 * set with its journals and all mutations that are not yet confirmed on each new one, actions that fail with theirs. A
 * mutation is confirmed by a Transition that comes after its response and is not before its timestamp. Checks on the way
 * what can be seen at once, and writes the rest into the history.
 */
final class ModelClient implements SimulatedLink.Receiver {
    /** A token that the server refuses. */
    static final String BAD_TOKEN = "bad";

    final String session;
    private final History history;
    private final LongSupplier now;
    private final Map<Long, Held> held = new LinkedHashMap<>();
    private final Map<Long, String> journals = new HashMap<>();
    private final Map<Long, Request> requests = new LinkedHashMap<>();
    private long nextQueryId;
    private long nextRequestId;
    private long maxObservedNs;
    private Optional<String> user = Optional.empty();

    // Of the present socket
    private @Nullable SimulatedLink link;
    private int sockets;
    private Version version = Version.INITIAL;
    private long querySetVersion;
    private long identityVersion;
    private long notBeforeNs;
    private String lastCloseReason = "InitialConnect";
    private final StringBuilder chunks = new StringBuilder();
    private final Map<Long, Set<Long>> querySets = new HashMap<>();
    private final Map<Long, Optional<String>> users = new HashMap<>();
    private final Map<Long, Shown> results = new LinkedHashMap<>();

    ModelClient(String session, History history, LongSupplier now) {
        this.session = session;
        this.history = history;
        this.now = now;
    }

    /** A mutation or action that its caller still waits for. */
    private static final class Request {
        final long id;
        final boolean isAction;
        final Issued issued;
        final Set<Integer> sentOn = new HashSet<>();
        Optional<Confirmed> answered = Optional.empty();

        Request(long id, boolean isAction, Issued issued) {
            this.id = id;
            this.isAction = isAction;
            this.issued = issued;
        }
    }

    // What its application does

    Collection<Held> held() {
        return held.values();
    }

    /** The newest result of a query, if there is one. */
    Optional<Shown> result(long queryId) {
        return Optional.ofNullable(results.get(queryId));
    }

    boolean isConnected() {
        return link != null;
    }

    SimulatedLink link() {
        return java.util.Objects.requireNonNull(link, "there is no socket");
    }

    int waitingRequests() {
        return requests.size();
    }

    /** Subscribes to a query; to one that is subscribed already only once. */
    void subscribe(String path, ConvexObject arguments) {
        if (held.values().stream()
                .anyMatch(one -> one.path().equals(path) && one.arguments().equals(arguments))) {
            return;
        }
        Held added = new Held(nextQueryId++, path, arguments);
        held.put(added.queryId(), added);
        modify(adding(added));
    }

    void unsubscribe(Held removed) {
        held.remove(removed.queryId());
        journals.remove(removed.queryId());
        modify(Messages.message("Remove").put("queryId", removed.queryId()).build());
    }

    void mutate(String function, ConvexObject.Builder call) {
        request(false, function, call, session);
    }

    void act(String function, ConvexObject.Builder call) {
        request(true, function, call, session + "/action");
    }

    private void request(boolean isAction, String function, ConvexObject.Builder call, String requestSession) {
        long id = nextRequestId++;
        ConvexObject whole =
                call.put("session", requestSession).put("request", id).build();
        Request request = new Request(id, isAction, new Issued(function, whole, new HashSet<>()));
        requests.put(id, request);
        history.issued.put(new RequestId(requestSession, id), request.issued);
        if (link != null) {
            send(request);
        }
    }

    /** Signs in as somebody else, or out. */
    void authenticate(Optional<String> newUser) {
        user = newUser;
        if (link != null) {
            sayWhoItIs();
        }
    }

    /** Sends a token that will be refused; the one before is sent on the next socket. */
    void authenticateBadly() {
        if (link != null) {
            say(Messages.message("Authenticate")
                    .put("baseVersion", identityVersion)
                    .put("tokenType", "User")
                    .put("value", BAD_TOKEN)
                    .build());
        }
    }

    // What it says

    /** Begins anew on another socket. */
    void connect(SimulatedLink newLink) {
        link = newLink;
        version = Version.INITIAL;
        notBeforeNs = maxObservedNs;
        querySetVersion = 0;
        identityVersion = 0;
        chunks.setLength(0);
        querySets.clear();
        querySets.put(0L, Set.of());
        users.clear();
        users.put(0L, Optional.empty());
        results.clear();
        ConvexObject.Builder hello = Messages.message("Connect")
                .put("sessionId", session)
                .put("connectionCount", sockets)
                .put("lastCloseReason", lastCloseReason)
                .put("clientTs", 1_800_000_000_000.0);
        if (maxObservedNs > 0) {
            hello.put("maxObservedTimestamp", Messages.timestamp(maxObservedNs));
        }
        sockets++;
        say(hello.build());
        if (user.isPresent()) {
            sayWhoItIs();
        }
        modify(held.values().stream().map(this::adding).toArray(ConvexObject[]::new));
        requests.values().forEach(this::send);
    }

    private void sayWhoItIs() {
        ConvexObject.Builder message = Messages.message("Authenticate")
                .put("baseVersion", identityVersion)
                .put("tokenType", user.isPresent() ? "User" : "None");
        user.ifPresent(name -> message.put("value", name));
        identityVersion++;
        users.put(identityVersion, user);
        say(message.build());
    }

    private ConvexObject adding(Held query) {
        String journal = journals.get(query.queryId());
        return Messages.message("Add")
                .put("queryId", query.queryId())
                .put("udfPath", query.path())
                .put("args", Messages.arguments(query.arguments()))
                .put("journal", journal == null ? ConvexNull.NULL : ConvexValue.of(journal))
                .build();
    }

    private void modify(ConvexObject... modifications) {
        if (link != null) {
            say(Messages.message("ModifyQuerySet")
                    .put("baseVersion", querySetVersion)
                    .put("newVersion", querySetVersion + 1)
                    .put("modifications", ConvexValue.array(modifications))
                    .build());
            querySetVersion++;
            querySets.put(querySetVersion, Set.copyOf(held.keySet()));
        }
    }

    private void send(Request request) {
        request.sentOn.add(sockets);
        request.issued.users().add(user.orElse("nobody"));
        say(Messages.message(request.isAction ? "Action" : "Mutation")
                .put("requestId", request.id)
                .put("udfPath", request.issued.function())
                .put("args", Messages.arguments(request.issued.call()))
                .build());
    }

    private void say(ConvexObject message) {
        String text = ConvexJson.encode(message);
        history.event(now.getAsLong() + " " + session + "#" + sockets + " > " + text);
        link().say(text, now.getAsLong());
    }

    // What it hears

    @Override
    public void lost(SimulatedLink lostLink, String reason) {
        history.event(now.getAsLong() + " " + session + "#" + sockets + " lost: " + reason);
        if (link == lostLink) {
            link = null;
            lastCloseReason = reason;
            requests.values().removeIf(request -> request.isAction && !request.sentOn.isEmpty());
        }
    }

    @Override
    public void heard(String text) {
        history.event(now.getAsLong() + " " + session + "#" + sockets + " < " + text);
        ConvexObject message = Messages.read(text);
        switch (message.string("type")) {
            case "Transition" -> apply(message);
            case "TransitionChunk" -> {
                chunks.append(message.string("chunk"));
                if (message.number("partNumber") == message.number("totalParts") - 1) {
                    ConvexObject whole = Messages.read(chunks.toString());
                    chunks.setLength(0);
                    apply(whole);
                }
            }
            case "MutationResponse" -> answer(message, session);
            case "ActionResponse" -> answer(message, session + "/action");
            case "AuthError" -> require(message.bool("authUpdateAttempted"), Rule.PROTOCOL, "nothing expires", message);
            case "Ping" -> {}
            default -> throw new Violation(Rule.PROTOCOL, text);
        }
    }

    private void answer(ConvexObject message, String requestSession) {
        long id = (long) message.number("requestId");
        RequestId requestId = new RequestId(requestSession, id);
        boolean isSuccess = message.bool("success");
        Confirmed answer = new Confirmed(message.findString("ts").map(ConvexJson::fromBase64), message.value("result"));
        Optional<Confirmed> before = Optional.ofNullable(history.confirmed.get(requestId));
        History.Issued issued = history.issued.get(requestId);
        if (before.isPresent() && !isSuccess && issued != null && issued.users().size() > 1) {
            // Sent again as somebody else, who is told nothing; the client knows how it ended.
            return;
        }
        require(
                before.isEmpty() || (isSuccess && before.get().equals(answer)),
                Rule.EXACTLY_ONCE,
                "another answer than before",
                requestId,
                before,
                message);
        answer.timestampNs().ifPresent(timestampNs -> maxObservedNs = Math.max(maxObservedNs, timestampNs));
        Request request = requests.get(id);
        if (request == null) {
            return;
        }
        if (!isSuccess) {
            history.refused.put(requestId, request.sentOn.size());
            requests.remove(id);
            return;
        }
        history.confirmed.put(requestId, answer);
        request.answered = Optional.of(answer);
        if (request.isAction) {
            requests.remove(id);
        }
    }

    private void apply(ConvexObject transition) {
        Version start = Version.of(transition.object("startVersion"));
        Version end = Version.of(transition.object("endVersion"));
        require(start.equals(version), Rule.VERSION_CHAIN, "a gap between Transitions", version, transition);
        require(
                end.querySet() >= start.querySet()
                        && end.querySet() <= querySetVersion
                        && end.identity() >= start.identity()
                        && end.identity() <= identityVersion,
                Rule.VERSION_CHAIN,
                "a version that nobody asked for",
                transition);
        require(
                end.timestampNs() >= Math.max(start.timestampNs(), notBeforeNs),
                Rule.TIME_FORWARD,
                session,
                notBeforeNs,
                transition);
        version = end;
        maxObservedNs = Math.max(maxObservedNs, end.timestampNs());
        Messages.changes(transition).forEach(change -> apply(change, end));
        note(end);
        confirmUpTo(end.timestampNs());
    }

    private void apply(ConvexObject change, Version end) {
        long queryId = Messages.queryId(change);
        if (change.string("type").equals("QueryRemoved")) {
            results.remove(queryId);
            return;
        }
        Set<Long> querySet = querySets.getOrDefault(end.querySet(), Set.of());
        require(querySet.contains(queryId), Rule.WHOLE_QUERY_SET, "a result of a later query set", end, change);
        Held query = held.get(queryId);
        if (query == null) {
            return;
        }
        Shown shown = new Shown(query, change, Optional.ofNullable(journals.get(queryId)));
        Shown before = results.put(queryId, shown);
        if (before != null && before.answer().equals(shown.answer())) {
            history.sentAgain.add(shown);
        }
        shown.journal().ifPresent(journal -> journals.put(queryId, journal));
    }

    private void note(Version end) {
        List<Shown> shown = new ArrayList<>();
        for (long queryId : querySets.getOrDefault(end.querySet(), Set.of())) {
            if (held.containsKey(queryId)) {
                Shown result = results.get(queryId);
                require(result != null, Rule.WHOLE_QUERY_SET, "no result", session, end, held.get(queryId));
                if (result != null) {
                    shown.add(result);
                }
            }
        }
        List<Long> unanswered = requests.values().stream()
                .filter(request ->
                        !request.isAction && request.answered.isEmpty() && request.sentOn.equals(Set.of(sockets)))
                .map(request -> request.id)
                .toList();
        history.seen.add(new Seen(
                session, end, users.getOrDefault(end.identity(), Optional.empty()), List.copyOf(shown), unanswered));
    }

    private void confirmUpTo(long timestampNs) {
        requests.values()
                .removeIf(request -> request.answered
                        .flatMap(Confirmed::timestampNs)
                        .filter(committedNs -> committedNs <= timestampNs)
                        .isPresent());
    }

    /** Whether it waits for nothing but news. */
    boolean isQuiet() {
        return link != null
                && requests.isEmpty()
                && version.querySet() == querySetVersion
                && version.identity() == identityVersion;
    }

    /** What it shows now, as if it had just heard of it. */
    Seen present(long timestampNs) {
        Version at = new Version(version.querySet(), version.identity(), timestampNs);
        return new Seen(session, at, user, List.copyOf(results.values()), List.of());
    }
}
