package dev.freshet.sync.simulation;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that the clients have sent and seen, for {@link HistoryChecker} to look at afterwards. */
final class History {
    private static final int LAST_EVENTS = 400;

    final List<Seen> seen = new ArrayList<>();
    final Map<RequestId, Issued> issued = new HashMap<>();
    final Map<RequestId, Confirmed> confirmed = new HashMap<>();
    final Map<RequestId, Integer> refused = new HashMap<>();
    /** Results that a client had and was sent again. */
    final List<Shown> sentAgain = new ArrayList<>();

    private final Deque<String> events = new ArrayDeque<>();

    /** Sessions have names; those of actions another than those of mutations. */
    record RequestId(String session, long request) {}

    /**
     * A request, and on behalf of whom it was sent.
     *
     * @param users as who its client was signed in, each time it was sent
     */
    record Issued(String function, ConvexObject call, Set<String> users) {}

    /** @param timestampNs empty for actions */
    record Confirmed(Optional<Long> timestampNs, ConvexValue result) {}

    /** A subscription. */
    record Held(long queryId, String path, ConvexObject arguments) {}

    /**
     * What a client had as a query's result.
     *
     * @param change the message's part that brought it
     * @param journalBefore the journal that the client had given back or had when it came
     */
    record Shown(Held held, ConvexObject change, Optional<String> journalBefore) {
        Optional<String> journal() {
            return change.findString("journal");
        }

        StockModel.Answer answer() {
            return new StockModel.Answer(change.find("value"), change.find("errorData"));
        }
    }

    /**
     * What a client had behind one Transition.
     *
     * @param unanswered requests that had been sent on this socket and no other, and not been answered
     */
    record Seen(
            String client, Messages.Version version, Optional<String> user, List<Shown> shown, List<Long> unanswered) {}

    /** Notes what happened; the last of it is told when a rule is broken. */
    void event(String what) {
        if (events.size() == LAST_EVENTS) {
            events.removeFirst();
        }
        events.add(what);
    }

    String lastEvents() {
        return String.join("\n", events);
    }
}
