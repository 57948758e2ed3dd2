package dev.freshet.metric;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A question about the events of one team; what each kind means is part of the external contract. */
public sealed interface Metric {
    /** How many events. */
    record Count(Match match) implements Metric {}

    /** How many distinct users. */
    record UniqueUsers(Match match) implements Metric {}

    /**
     * Distinct non-empty session ids within the last {@code windowSeconds}, sliding by whole seconds.
     *
     * @param match {@link Match#ALL} unless a dashboard's filters narrow it
     */
    record ActiveSessions(long windowSeconds, Match match) implements Metric {}

    /** Events that match the one, divided by events that match the other; 0 where there are none of the latter. */
    record Ratio(Match numerator, Match denominator) implements Metric {}

    /** Events and users by key, the {@code limit} most frequent keys. */
    record Breakdown(Match match, BreakdownKey by, int limit) implements Metric {}

    /** How many users took the steps in their order, from the first to the last within {@code windowSeconds}. */
    record Funnel(List<Match> steps, long windowSeconds) implements Metric {
        public Funnel {
            steps = List.copyOf(steps);
        }
    }

    /** Quantiles of a numeric property; {@code path} without the leading {@code properties.}. */
    record Percentile(Match match, String path, List<Double> quantiles) implements Metric {
        public Percentile {
            quantiles = List.copyOf(quantiles);
        }
    }

    /** The name in a definition, such as {@code uniqueUsers}. */
    default String kind() {
        return switch (this) {
            case Count _ -> "count";
            case UniqueUsers _ -> "uniqueUsers";
            case ActiveSessions _ -> "activeSessions";
            case Ratio _ -> "ratio";
            case Breakdown _ -> "breakdown";
            case Funnel _ -> "funnel";
            case Percentile _ -> "percentile";
        };
    }

    /** This metric over those events only that also match {@code filter}. */
    default Metric filteredBy(Match filter) {
        return switch (this) {
            case Count(Match match) -> new Count(match.and(filter));
            case UniqueUsers(Match match) -> new UniqueUsers(match.and(filter));
            case ActiveSessions(long windowSeconds, Match match) ->
                new ActiveSessions(windowSeconds, match.and(filter));
            case Ratio(Match numerator, Match denominator) -> new Ratio(numerator.and(filter), denominator.and(filter));
            case Breakdown(Match match, BreakdownKey by, int limit) -> new Breakdown(match.and(filter), by, limit);
            case Funnel(List<Match> steps, long windowSeconds) ->
                new Funnel(steps.stream().map(step -> step.and(filter)).toList(), windowSeconds);
            case Percentile(Match match, String path, List<Double> quantiles) ->
                new Percentile(match.and(filter), path, quantiles);
        };
    }

    /** Every match within the metric. */
    default List<Match> matches() {
        return switch (this) {
            case Count(Match match) -> List.of(match);
            case UniqueUsers(Match match) -> List.of(match);
            case ActiveSessions(long _, Match match) -> List.of(match);
            case Ratio(Match numerator, Match denominator) -> List.of(numerator, denominator);
            case Breakdown(Match match, BreakdownKey _, int _) -> List.of(match);
            case Funnel(List<Match> steps, long _) -> steps;
            case Percentile(Match match, String _, List<Double> _) -> List.of(match);
        };
    }

    /** The paths of all properties the metric looks at, sorted. */
    default Set<String> propertyPaths() {
        TreeSet<String> paths = new TreeSet<>();
        matches().forEach(match -> paths.addAll(match.properties().keySet()));
        if (this instanceof Breakdown(Match _, BreakdownKey.Property(String path), int _)) {
            paths.add(path);
        }
        if (this instanceof Percentile percentile) {
            paths.add(percentile.path());
        }
        return paths;
    }
}
