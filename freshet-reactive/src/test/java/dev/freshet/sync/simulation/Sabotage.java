package dev.freshet.sync.simulation;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.simulation.Messages.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Faults, one of each kind that a server could have, brought about on the way between it and its clients: the checks must
 * notice each.
 *
 * @param broken rules by one of which it is noticed
 */
record Sabotage(String name, Set<Rule> broken, Supplier<Tampering> tampering) {
    static final Sabotage NONE = new Sabotage("none", Set.of(), Tampering::new);

    static Stream<Sabotage> all() {
        return Stream.of(
                new Sabotage("loses transitions", Set.of(Rule.VERSION_CHAIN), LosesTransitions::new),
                new Sabotage("loses changes", Set.of(Rule.ONE_SNAPSHOT, Rule.PAGES), LosesChanges::new),
                new Sabotage("forgets a query after reconnect", Set.of(Rule.WHOLE_QUERY_SET), ForgetsAQuery::new),
                new Sabotage("mixes timestamps", Set.of(Rule.ONE_SNAPSHOT, Rule.PAGES), MixesTimestamps::new),
                new Sabotage("sends stale results", Set.of(Rule.ONE_SNAPSHOT, Rule.PAGES), SendsStaleResults::new),
                new Sabotage("sends results twice", Set.of(Rule.UNCHANGED_NOT_SENT), SendsResultsTwice::new),
                new Sabotage("goes back in time", Set.of(Rule.TIME_FORWARD), GoesBackInTime::new),
                new Sabotage("leaves gaps in pages", Set.of(Rule.PAGES), LeavesGapsInPages::new),
                // Where no Transition follows the late answer, the client waits for one for ever.
                new Sabotage(
                        "answers after the transition", Set.of(Rule.RESPONSE_FIRST, Rule.CONFIRMED), AnswersLate::new),
                new Sabotage("repeats requests", Set.of(Rule.EXACTLY_ONCE), RepeatsRequests::new),
                new Sabotage("answers differently", Set.of(Rule.EXACTLY_ONCE, Rule.CONFIRMED), AnswersDifferently::new),
                new Sabotage("loses answers", Set.of(Rule.CONFIRMED), LosesAnswers::new),
                new Sabotage(
                        "confirms what it has not done",
                        Set.of(Rule.CONFIRMED, Rule.EXACTLY_ONCE),
                        ConfirmsWithoutDoing::new),
                new Sabotage(
                        "refuses what it has done",
                        Set.of(Rule.NOTHING_OF_REFUSED, Rule.EXACTLY_ONCE),
                        RefusesWhatIsDone::new),
                new Sabotage(
                        "takes one for another", Set.of(Rule.ONE_SNAPSHOT, Rule.SERIALIZABLE), TakesOneForAnother::new),
                new Sabotage("falls silent", Set.of(Rule.LAST_STATE, Rule.CONFIRMED), FallsSilent::new));
    }

    @Override
    public String toString() {
        return name;
    }

    Tampering begin() {
        return tampering.get();
    }

    /** Changes what passes; by itself nothing. Belongs to the simulation's thread. */
    static class Tampering {
        private int count;

        /** What the client hears instead. */
        List<String> down(SimulatedLink link, String text) {
            ConvexObject message = Messages.read(text);
            return switch (message.string("type")) {
                case "Transition" ->
                    transition(link, message).stream().map(ConvexJson::encode).toList();
                case "MutationResponse" ->
                    response(link, message).stream().map(ConvexJson::encode).toList();
                default -> List.of(text);
            };
        }

        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            return List.of(transition);
        }

        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            return List.of(response);
        }

        /** What the server hears instead. */
        List<String> up(String text) {
            return say(Messages.read(text)).stream().map(ConvexJson::encode).toList();
        }

        List<ConvexObject> say(ConvexObject message) {
            return List.of(message);
        }

        /** Every so often. */
        boolean isTurn() {
            count++;
            return count % 7 == 0;
        }

        static ConvexObject withChanges(ConvexObject transition, List<ConvexObject> changes) {
            return transition.with("modifications", ConvexValue.of(changes));
        }

        /** Whether it only brings news to a client that has been answered all it asked. */
        static boolean isNews(ConvexObject transition) {
            Version start = Version.of(transition.object("startVersion"));
            Version end = Version.of(transition.object("endVersion"));
            return start.querySet() == end.querySet()
                    && start.identity() == end.identity()
                    && !transition.array("modifications").elements().isEmpty();
        }
    }

    private static final class LosesTransitions extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            return isTurn() ? List.of() : List.of(transition);
        }
    }

    private static final class LosesChanges extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            if (!isNews(transition) || !isTurn()) {
                return List.of(transition);
            }
            List<ConvexObject> changes = Messages.changes(transition);
            return List.of(withChanges(transition, changes.subList(1, changes.size())));
        }
    }

    private static final class ForgetsAQuery extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> changes = Messages.changes(transition);
            boolean isFirst = Version.of(transition.object("startVersion")).equals(Version.INITIAL);
            return isFirst && changes.size() > 1
                    ? List.of(withChanges(transition, changes.subList(1, changes.size())))
                    : List.of(transition);
        }
    }

    /** Keeps one change back and brings it with the next Transition. */
    private static final class MixesTimestamps extends Tampering {
        private final Map<SimulatedLink, ConvexObject> keptBack = new HashMap<>();

        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> changes = new ArrayList<>(Messages.changes(transition));
            ConvexObject kept = keptBack.remove(link);
            if (kept != null
                    && changes.stream().allMatch(change -> Messages.queryId(change) != Messages.queryId(kept))) {
                changes.add(kept);
            } else if (isNews(transition) && changes.size() > 1 && isTurn()) {
                keptBack.put(link, changes.removeFirst());
            }
            return List.of(withChanges(transition, changes));
        }
    }

    /** Brings what a query returned some changes ago. */
    private static final class SendsStaleResults extends Tampering {
        private final Map<SimulatedLink, Map<Long, List<ConvexObject>>> results = new HashMap<>();

        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> changes = new ArrayList<>(Messages.changes(transition));
            for (int index = 0; index < changes.size(); index++) {
                ConvexObject change = changes.get(index);
                List<ConvexObject> known = results.computeIfAbsent(link, unknown -> new HashMap<>())
                        .computeIfAbsent(Messages.queryId(change), unknown -> new ArrayList<>());
                if (known.size() > 1
                        && change.string("type").equals("QueryUpdated")
                        && !known.contains(change)
                        && isTurn()) {
                    changes.set(index, known.get(known.size() - 2));
                }
                known.add(changes.get(index));
            }
            return List.of(withChanges(transition, changes));
        }
    }

    private static final class SendsResultsTwice extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> changes = Messages.changes(transition).stream()
                    .filter(change -> change.string("type").equals("QueryUpdated"))
                    .toList();
            if (changes.isEmpty() || !isTurn()) {
                return List.of(transition);
            }
            ConvexObject again = withChanges(transition, changes);
            return List.of(transition, again.with("startVersion", transition.value("endVersion")));
        }
    }

    private static final class GoesBackInTime extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            Version end = Version.of(transition.object("endVersion"));
            Version earlier = new Version(end.querySet(), end.identity(), end.timestampNs() - 20_000_000_000L);
            return isTurn() ? List.of(transition.with("endVersion", earlier.written())) : List.of(transition);
        }
    }

    private static final class LeavesGapsInPages extends Tampering {
        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> changes = Messages.changes(transition).stream()
                    .map(LeavesGapsInPages::withGap)
                    .toList();
            return List.of(withChanges(transition, changes));
        }

        private static ConvexObject withGap(ConvexObject change) {
            if (change.find("value").orElse(ConvexValue.ofNull()) instanceof ConvexObject value
                    && value.find("page").orElse(ConvexValue.ofNull()) instanceof ConvexArray page
                    && page.length() > 1) {
                List<ConvexValue> rows = page.elements().subList(1, page.length());
                return change.with("value", value.with("page", ConvexValue.of(rows)));
            }
            return change;
        }
    }

    /** Answers a mutation behind the Transition that shows it. */
    private static final class AnswersLate extends Tampering {
        private final Map<SimulatedLink, List<ConvexObject>> late = new HashMap<>();

        @Override
        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            late.computeIfAbsent(link, none -> new ArrayList<>()).add(response);
            return List.of();
        }

        @Override
        List<ConvexObject> transition(SimulatedLink link, ConvexObject transition) {
            List<ConvexObject> all = new ArrayList<>(List.of(transition));
            List<ConvexObject> answers = late.remove(link);
            if (answers != null) {
                all.addAll(answers);
                all.add(withChanges(transition, List.of()).with("startVersion", transition.value("endVersion")));
            }
            return all;
        }
    }

    /** As if there were no sessions, on a network that delivers twice. */
    private static final class RepeatsRequests extends Tampering {
        @Override
        List<ConvexObject> say(ConvexObject message) {
            return switch (message.string("type")) {
                case "Connect" -> List.of(message.without("sessionId"));
                case "Mutation" -> List.of(message, message);
                default -> List.of(message);
            };
        }
    }

    private static final class AnswersDifferently extends Tampering {
        @Override
        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            return response.bool("success") && isTurn()
                    ? List.of(response.with("ts", Messages.timestamp(Messages.timestampNs(response) - 1)))
                    : List.of(response);
        }
    }

    private static final class LosesAnswers extends Tampering {
        private final Set<Double> lost = new LinkedHashSet<>();

        @Override
        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            double request = response.number("requestId");
            if (lost.contains(request) || (lost.size() < 3 && isTurn())) {
                lost.add(request);
                return List.of();
            }
            return List.of(response);
        }
    }

    /** Answers one that is refused as if it had been done. */
    private static final class ConfirmsWithoutDoing extends Tampering {
        @Override
        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            return response.bool("success")
                    ? List.of(response)
                    : List.of(response.with("success", ConvexValue.of(true))
                            .with("result", ConvexValue.ofNull())
                            .with("ts", Messages.timestamp(1)));
        }
    }

    private static final class RefusesWhatIsDone extends Tampering {
        private final Set<Double> refused = new LinkedHashSet<>();

        @Override
        List<ConvexObject> response(SimulatedLink link, ConvexObject response) {
            return refused.size() < 20 && refused.add(response.number("requestId"))
                    ? List.of(response.with("success", ConvexValue.of(false)).without("ts"))
                    : List.of(response);
        }
    }

    private static final class TakesOneForAnother extends Tampering {
        @Override
        List<ConvexObject> say(ConvexObject message) {
            return message.findString("value")
                            .filter(user -> !user.equals(ModelClient.BAD_TOKEN))
                            .isPresent()
                    ? List.of(message.with("value", ConvexValue.of("eve")))
                    : List.of(message);
        }
    }

    /** Says nothing more on a socket after some time. */
    private static final class FallsSilent extends Tampering {
        private final Map<SimulatedLink, Integer> said = new HashMap<>();

        @Override
        List<String> down(SimulatedLink link, String text) {
            return said.merge(link, 1, Integer::sum) > 12 ? List.of() : List.of(text);
        }
    }
}
