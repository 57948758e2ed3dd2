package dev.freshet.duplicates;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Makes few runs of many and lets expired ones go. Of each span of time: eight runs of a level become one of the next; when
 * nobody asks for the span as the recent past any more, all of it becomes one run. Confined to one thread.
 */
final class RunMerger {
    private static final int FAN_IN = 8;
    private static final int LAST_LEVEL = 100;
    private static final long RECENT_MS =
            DuplicatesOptions.AHEAD.plus(DuplicatesOptions.CLOSE).toMillis();

    private final DuplicatesOptions options;
    private final RunStore store;
    private final LongConsumer pace;
    private final ByteBuffer page = Run.pageBuffer();

    /** @param pace told of bytes written, and may wait */
    RunMerger(DuplicatesOptions options, RunStore store, LongConsumer pace) {
        this.options = options;
        this.store = store;
        this.pace = pace;
    }

    /** Removes runs that hold only expired ids. */
    void expire(long nowMs) throws IOException {
        List<Run> expired = store.runs().stream()
                .filter(run -> nowMs - run.facts().newestMs() >= DuplicatesOptions.WINDOW.toMillis())
                .toList();
        if (!expired.isEmpty()) {
            store.replace(expired, null);
        }
    }

    /** Does one merge; false when there is none to do. */
    boolean mergeOnce(long nowMs) throws IOException {
        for (List<Run> ofSlice : slices().values()) {
            List<Run> chosen = choose(ofSlice, nowMs);
            if (chosen.size() > 1) {
                merge(
                        chosen,
                        isPast(ofSlice, nowMs)
                                ? LAST_LEVEL
                                : chosen.getFirst().facts().level() + 1);
                return true;
            }
        }
        return false;
    }

    private Map<Long, List<Run>> slices() {
        Map<Long, List<Run>> slices = new TreeMap<>();
        for (Run run : store.runs()) {
            slices.computeIfAbsent(
                            Math.floorDiv(
                                    run.facts().oldestMs(), options.slice().toMillis()),
                            slice -> new ArrayList<>())
                    .add(run);
        }
        return slices;
    }

    /** Whether nothing more can come into a span, and what is in it is no longer recent. */
    private boolean isPast(List<Run> ofSlice, long nowMs) {
        long newestMs =
                ofSlice.stream().mapToLong(run -> run.facts().newestMs()).max().orElse(nowMs);
        long slice = Math.floorDiv(
                ofSlice.getFirst().facts().oldestMs(), options.slice().toMillis());
        long endMs =
                (slice + 1) * options.slice().toMillis() + options.flushAge().toMillis();
        return nowMs > Math.max(newestMs, endMs) + RECENT_MS;
    }

    private List<Run> choose(List<Run> ofSlice, long nowMs) {
        if (isPast(ofSlice, nowMs)) {
            return ofSlice;
        }
        Map<Integer, List<Run>> levels = new TreeMap<>();
        ofSlice.forEach(run -> levels.computeIfAbsent(run.facts().level(), level -> new ArrayList<>())
                .add(run));
        for (List<Run> level : levels.values()) {
            if (level.size() >= FAN_IN) {
                return level;
            }
        }
        return List.of();
    }

    private void merge(List<Run> inputs, int level) throws IOException {
        long oldestMs =
                inputs.stream().mapToLong(run -> run.facts().oldestMs()).min().orElseThrow();
        long newestMs =
                inputs.stream().mapToLong(run -> run.facts().newestMs()).max().orElseThrow();
        long ids = inputs.stream().mapToLong(Run::ids).sum();
        // Larger runs take less for an id, so that what the inputs take without times is an upper bound.
        long idBytes = inputs.stream()
                .mapToLong(run -> run.pageBytes() - run.ids() * run.facts().timeBits() / 8)
                .sum();
        long spareBits = Math.max(0, options.sliceBytes() - idBytes) * 8 / Math.max(1, ids);
        RunFacts facts = level == LAST_LEVEL
                ? RunFacts.within(level, oldestMs, newestMs, (int) Math.min(spareBits, PageCodec.MOST_TIME_BITS))
                : RunFacts.exact(level, oldestMs, newestMs);
        boolean isFilterAffordable = IdFilter.BITS_AN_ID * ids / 8 <= options.memoryBytes() / 8
                && (level < LAST_LEVEL || spareBits - facts.timeBits() >= IdFilter.BITS_AN_ID);
        IdFilter filter = isFilterAffordable ? IdFilter.forIds(ids) : null;
        String name = store.nextName();
        try (RunWriter writer = new RunWriter(options.files(), options.folder(), name, facts, filter, pace)) {
            for (int section : sections(inputs)) {
                mergeSection(section, cursors(section, inputs), writer);
            }
            writer.finish();
        }
        Run output = store.open(name, filter);
        try {
            store.replace(inputs, output);
        } catch (IOException | RuntimeException failure) {
            store.abandon(output, failure);
            throw failure;
        }
    }

    private static Set<Integer> sections(List<Run> inputs) {
        Set<Integer> sections = new LinkedHashSet<>();
        inputs.forEach(input -> sections.addAll(input.sectionNumbers()));
        return sections;
    }

    private List<RunCursor> cursors(int section, List<Run> inputs) {
        List<RunCursor> cursors = new ArrayList<>();
        for (Run input : inputs) {
            RunSection pages = input.section(section);
            if (pages != null) {
                cursors.add(new RunCursor(input, pages, page));
            }
        }
        return cursors;
    }

    private void mergeSection(int section, List<RunCursor> cursors, RunWriter writer) throws IOException {
        PriorityQueue<RunCursor> queue = new PriorityQueue<>(
                cursors.size(), (a, b) -> Unsigned128.compare(a.high(), a.low(), b.high(), b.low()));
        for (RunCursor cursor : cursors) {
            if (cursor.next()) {
                queue.add(cursor);
            }
        }
        writer.section(store.teams().name(section / FoldedId.CLASSES), section % FoldedId.CLASSES);
        boolean hasHeld = false;
        long heldHigh = 0;
        long heldLow = 0;
        long heldMs = 0;
        while (!queue.isEmpty()) {
            RunCursor least = queue.remove();
            if (hasHeld && least.high() == heldHigh && least.low() == heldLow) {
                heldMs = Math.max(heldMs, least.receivedAtMs());
            } else {
                if (hasHeld) {
                    writer.add(heldHigh, heldLow, heldMs, store.teams().hash(section, heldHigh, heldLow));
                }
                hasHeld = true;
                heldHigh = least.high();
                heldLow = least.low();
                heldMs = least.receivedAtMs();
            }
            if (least.next()) {
                queue.add(least);
            }
        }
        if (hasHeld) {
            writer.add(heldHigh, heldLow, heldMs, store.teams().hash(section, heldHigh, heldLow));
        }
    }
}
