package dev.freshet.aggregate;

import dev.freshet.metric.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which parts of a team's metrics an event touches. What a match says depends on type and name alone, so the answer is
 * worked out once for each name and kept: an event costs one look-up and the metrics it touches, not the metrics there
 * are. Confined to the aggregation thread.
 */
final class TeamMetrics {
    private static final int MOST_NAMES = 10_000;
    private static final int TYPE_CODES = 5;
    private static final Part[] NO_PARTS = {};

    private final List<Part> parts = new ArrayList<>();
    private TextMap<Part[][]> partsByName = new TextMap<>();

    /** Most names touch the same parts: each set of parts is kept once, not once for each name. */
    private final Map<List<Part>, Part[]> sets = new HashMap<>();

    /** One match of one running metric. */
    record Part(LiveMetric metric, int number, MatchFilter filter) {}

    void add(LiveMetric metric, List<Match> matches) {
        for (int number = 0; number < matches.size(); number++) {
            if (!matches.get(number).isNone()) {
                parts.add(new Part(metric, number, new MatchFilter(matches.get(number))));
            }
        }
        forgetNames();
    }

    void remove(LiveMetric metric) {
        parts.removeIf(part -> part.metric() == metric);
        forgetNames();
    }

    private void forgetNames() {
        partsByName = new TextMap<>();
        sets.clear();
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    Part[] touchedBy(EventView event) {
        Part[][] byType = partsByName.find(
                event.cursor().bytes(),
                event.cursor().nameStart(),
                event.cursor().nameLength(),
                event.nameHash());
        if (byType == null) {
            byType = classify(event);
        }
        byte type = event.cursor().eventTypeCode();
        return type >= 0 && type < byType.length ? byType[type] : NO_PARTS;
    }

    private Part[][] classify(EventView event) {
        if (partsByName.size() >= MOST_NAMES) {
            forgetNames();
        }
        Part[][] byType = new Part[TYPE_CODES][];
        for (int type = 0; type < TYPE_CODES; type++) {
            byte code = (byte) type;
            List<Part> touched = parts.stream()
                    .filter(part -> part.filter().accepts(event, code))
                    .toList();
            byType[type] = sets.computeIfAbsent(touched, set -> set.toArray(Part[]::new));
        }
        int start = event.cursor().nameStart();
        byte[] name = Arrays.copyOfRange(
                event.cursor().bytes(), start, start + event.cursor().nameLength());
        partsByName.add(name, event.nameHash(), byType);
        return byType;
    }
}
