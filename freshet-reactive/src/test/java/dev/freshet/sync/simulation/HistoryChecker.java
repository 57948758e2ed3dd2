package dev.freshet.sync.simulation;

import static dev.freshet.sync.simulation.Violation.require;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.simulation.History.Confirmed;
import dev.freshet.sync.simulation.History.Issued;
import dev.freshet.sync.simulation.History.RequestId;
import dev.freshet.sync.simulation.History.Seen;
import dev.freshet.sync.simulation.History.Shown;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Holds a history against the audit: replays all commits in their order over the plain model, and looks whether everybody
 * saw, at each timestamp, what the model then was. Knows nothing of the engine but the commits' timestamps, which
 * must be those that clients were told.
 */
final class HistoryChecker {
    private final History history;
    private final Map<RequestId, Commit> commits = new HashMap<>();
    private final TreeMap<Long, StockModel> states = new TreeMap<>(Map.of(0L, StockModel.EMPTY));
    private final PageRule pages = new PageRule();

    /** A row of the audit, and when it was committed. */
    record Commit(long timestampNs, String function, ConvexObject call, String by, ConvexValue result) {
        RequestId requestId() {
            return new RequestId(call.string("session"), (long) call.number("request"));
        }
    }

    private HistoryChecker(History history) {
        this.history = history;
    }

    /** Checks all rules that only the whole history shows. */
    static void check(History history, List<Commit> audit) {
        HistoryChecker checker = new HistoryChecker(history);
        audit.stream().sorted(Comparator.comparingLong(Commit::timestampNs)).forEach(checker::replay);
        checker.checkRequests();
        history.seen.stream()
                .sorted(Comparator.comparingLong(seen -> seen.version().timestampNs()))
                .forEach(checker::checkSeen);
        require(history.sentAgain.isEmpty(), Rule.UNCHANGED_NOT_SENT, "sent again", history.sentAgain);
    }

    /** The state that the audit leads to. */
    static StockModel lastState(List<Commit> audit) {
        HistoryChecker checker = new HistoryChecker(new History());
        audit.stream().sorted(Comparator.comparingLong(Commit::timestampNs)).forEach(checker::advance);
        return checker.states.lastEntry().getValue();
    }

    private void replay(Commit commit) {
        Commit before = commits.put(commit.requestId(), commit);
        require(before == null, Rule.EXACTLY_ONCE, "done twice", before, commit);
        Issued issued = history.issued.get(commit.requestId());
        require(issued != null, Rule.EXACTLY_ONCE, "nobody asked for it", commit);
        if (issued != null) {
            require(
                    issued.call().equals(commit.call()) && issued.users().contains(commit.by()),
                    Rule.SERIALIZABLE,
                    "another call, or on behalf of another",
                    issued,
                    commit);
        }
        advance(commit);
    }

    private void advance(Commit commit) {
        StockModel state = states.lastEntry().getValue();
        Optional<StockModel.Step> step = state.run(commit.function(), commit.call());
        require(
                step.isPresent() && step.get().result().equals(commit.result()),
                Rule.SERIALIZABLE,
                "one after the other they return something else",
                step.map(StockModel.Step::result),
                commit);
        states.put(commit.timestampNs(), step.orElseThrow().after());
    }

    private void checkRequests() {
        for (Map.Entry<RequestId, Confirmed> entry : history.confirmed.entrySet()) {
            Confirmed confirmed = entry.getValue();
            Commit commit = commits.get(entry.getKey());
            require(commit != null, Rule.CONFIRMED, "it did not happen", entry);
            if (commit != null) {
                require(commit.result().equals(confirmed.result()), Rule.CONFIRMED, "another result", entry, commit);
                require(
                        confirmed.timestampNs().orElse(commit.timestampNs()) == commit.timestampNs(),
                        Rule.CONFIRMED,
                        "another time",
                        entry,
                        commit);
            }
        }
        history.refused.forEach((requestId, sockets) -> {
            Issued issued = history.issued.get(requestId);
            // Refusals are not remembered: what is sent again is tried again, and may then succeed on another socket.
            boolean isTriedAgain = issued != null && issued.function().equals("stock:take") && sockets > 1;
            // Nor is anybody told what became of somebody else's request.
            boolean mayHaveSucceeded =
                    isTriedAgain || (issued != null && issued.users().size() > 1);
            require(
                    mayHaveSucceeded || !commits.containsKey(requestId),
                    Rule.NOTHING_OF_REFUSED,
                    "it was refused and has happened",
                    requestId,
                    issued);
        });
    }

    private void checkSeen(Seen seen) {
        long timestampNs = seen.version().timestampNs();
        StockModel state = states.floorEntry(timestampNs).getValue();
        for (Shown shown : seen.shown()) {
            if (isPage(shown)) {
                pages.check(shown, state, states.headMap(timestampNs, true).values());
            } else {
                StockModel.Answer expected =
                        state.answer(shown.held().path(), shown.held().arguments(), seen.user());
                require(
                        expected.equals(shown.answer()),
                        Rule.ONE_SNAPSHOT,
                        "a result of another time or for another",
                        seen.client(),
                        seen.version(),
                        shown,
                        expected);
            }
        }
        for (long request : seen.unanswered()) {
            Commit commit = commits.get(new RequestId(seen.client(), request));
            require(
                    commit == null || commit.timestampNs() > timestampNs,
                    Rule.RESPONSE_FIRST,
                    seen.client(),
                    commit,
                    seen.version());
        }
    }

    private static boolean isPage(Shown shown) {
        return shown.held().path().equals("stock:page");
    }

    /** Whether a client shows this state; for pages whether it may be it. */
    static boolean shows(Seen seen, StockModel state) {
        PageRule alone = new PageRule();
        for (Shown shown : seen.shown()) {
            if (isPage(shown)) {
                try {
                    alone.check(new Shown(shown.held(), shown.change(), shown.journal()), state, List.of());
                } catch (Violation notYet) {
                    return false;
                }
            } else if (!state.answer(shown.held().path(), shown.held().arguments(), seen.user())
                    .equals(shown.answer())) {
                return false;
            }
        }
        return true;
    }
}
