package dev.freshet.duplicates;

import dev.freshet.duplicates.DuplicatesException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of an index and the manifest that names them. Thread-safe: changes are made under this object's lock, each by a new
 * manifest before anybody sees it; readers take {@link #runs} as it is at a moment.
 */
final class RunStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(RunStore.class);

    private final DuplicatesOptions options;
    private final TeamNumbers teams;
    private final Queue<Run> retired = new ConcurrentLinkedQueue<>();
    /** Files of runs that were replaced, or could not be added, and are still there. */
    private final Set<String> abandoned = new HashSet<>();

    private Manifest manifest;
    private long nextRun;
    private volatile boolean isDiscarded;
    private volatile List<Run> runs = List.of();
    private volatile long flushedPosition;

    private RunStore(DuplicatesOptions options, Manifest manifest) {
        this.options = options;
        this.manifest = manifest;
        nextRun = manifest.nextRun();
        flushedPosition = manifest.flushedPosition();
        teams = new TeamNumbers(new IdHash(manifest.seed()));
    }

    /**
     * Opens what is in the folder and removes what no manifest names. An index that was never filled to its end, or is not there,
     * begins anew.
     *
     * @throws DuplicatesException CORRUPT or INPUT_OUTPUT
     */
    static RunStore open(DuplicatesOptions options) {
        try {
            options.files().createFolder(options.folder());
            Optional<Manifest> found =
                    Manifest.read(options.files(), options.folder()).filter(Manifest::isFilled);
            RunStore store = new RunStore(
                    options,
                    found.orElseGet(
                            () -> new Manifest(ThreadLocalRandom.current().nextLong(), false, 0, 1, List.of())));
            store.openRuns();
            return store;
        } catch (IOException failure) {
            throw new DuplicatesException(
                    Code.INPUT_OUTPUT,
                    "The event ids in " + options.folder() + " cannot be opened: " + failure,
                    failure);
        }
    }

    /** Makes the next opening begin anew; for a folder whose files are damaged or do not fit the event log. */
    static void discard(DuplicatesOptions options) {
        Path folder = options.folder();
        try {
            if (options.files().list(folder).contains(Manifest.NAME)) {
                options.files().rename(folder.resolve(Manifest.NAME), folder.resolve("manifest.discarded"));
                options.files().syncFolder(folder);
            }
        } catch (IOException failure) {
            throw new DuplicatesException(
                    Code.INPUT_OUTPUT, "The event ids in " + folder + " cannot be set aside: " + failure, failure);
        }
    }

    /** Discards the folder that this store works in, which takes no more changes from here on. */
    synchronized void discard() {
        isDiscarded = true;
        discard(options);
    }

    /** Whether damage was found, after which nothing can be written. From any thread. */
    boolean isDiscarded() {
        return isDiscarded;
    }

    private void openRuns() throws IOException {
        Path folder = options.folder();
        Set<String> named = new HashSet<>(manifest.runs());
        for (String name : options.files().list(folder)) {
            boolean isRun = name.startsWith("run-") || name.endsWith(RunWriter.TEMPORARY);
            if (isRun && !named.contains(name)) {
                options.files().delete(folder.resolve(name));
            }
            nextRun = Math.max(nextRun, numberOf(name) + 1);
        }
        List<Run> opened = new ArrayList<>();
        try {
            for (String name : manifest.runs()) {
                opened.add(Run.open(options.files(), folder, name, teams));
            }
        } catch (IOException | RuntimeException failure) {
            closeAll(opened, failure);
            throw failure instanceof IOException missing
                    ? new DuplicatesException(
                            Code.CORRUPT, "A file of event ids is missing: " + missing.getMessage() + ".", missing)
                    : (RuntimeException) failure;
        }
        runs = newestFirst(opened);
        keepFilters();
    }

    private static long numberOf(String name) {
        String digits = name.startsWith("run-") ? name.substring(4).replaceFirst("\\D.*", "") : "";
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    private static void closeAll(Collection<Run> opened, Exception failure) {
        for (Run run : opened) {
            try {
                run.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
        }
    }

    private static List<Run> newestFirst(Collection<Run> unordered) {
        return unordered.stream()
                .sorted(Comparator.comparingLong((Run run) -> run.facts().newestMs())
                        .reversed())
                .toList();
    }

    TeamNumbers teams() {
        return teams;
    }

    /** Newest first. */
    List<Run> runs() {
        return runs;
    }

    synchronized boolean isFilled() {
        return manifest.isFilled();
    }

    long flushedPosition() {
        return flushedPosition;
    }

    synchronized String nextName() {
        return "run-%012d".formatted(nextRun++);
    }

    /** Opens a run that was written under a name of {@link #nextName}. */
    Run open(String name, @Nullable IdFilter filter) throws IOException {
        Run run;
        try {
            run = Run.open(options.files(), options.folder(), name, teams);
        } catch (IOException | RuntimeException failure) {
            abandon(name, failure);
            throw failure;
        }
        if (filter != null) {
            run.keepFilter(filter);
        }
        return run;
    }

    synchronized void add(Run run, long position) throws IOException {
        List<Run> with = new ArrayList<>(runs);
        with.add(run);
        change(newestFirst(with), manifest.isFilled(), position);
    }

    /** Says that there is nothing to be flushed up to there. */
    synchronized void moveOn(long position) throws IOException {
        change(runs, manifest.isFilled(), position);
    }

    synchronized void setFilled(long position) throws IOException {
        change(runs, true, position);
    }

    /** Puts one run, or none, in the place of others, whose files go, and their bytes once {@link #closeRetired} is called. */
    synchronized void replace(Collection<Run> inputs, @Nullable Run output) throws IOException {
        List<Run> with = new ArrayList<>(runs);
        with.removeAll(inputs);
        if (output != null) {
            with.add(output);
        }
        change(newestFirst(with), manifest.isFilled(), flushedPosition);
        retired.addAll(inputs);
        inputs.forEach(input -> abandoned.add(input.name()));
        tryToRemoveAbandoned();
    }

    /**
     * Gives a run back that could not be added, and removes its file: what fails again and again must not fill the disk. A file
     * that the manifest names after all, since only the last step of writing that failed, stays.
     */
    synchronized void abandon(Run run, Exception failure) {
        if (runs.contains(run)) {
            return;
        }
        closeAll(List.of(run), failure);
        abandon(run.name(), failure);
    }

    /** As the other, for a file that could not be opened as a run. */
    synchronized void abandon(String name, Exception failure) {
        abandoned.add(name);
        try {
            removeAbandoned();
        } catch (IOException | DuplicatesException second) {
            failure.addSuppressed(second);
        }
    }

    private void tryToRemoveAbandoned() {
        try {
            removeAbandoned();
        } catch (IOException | DuplicatesException failure) {
            LOGGER.warn("files of event ids that are of no use cannot be removed now [files={}]", abandoned, failure);
        }
    }

    private void removeAbandoned() throws IOException {
        if (abandoned.isEmpty()) {
            return;
        }
        List<String> named = Manifest.read(options.files(), options.folder())
                .map(Manifest::runs)
                .orElse(List.of());
        for (String name : List.copyOf(abandoned)) {
            if (!named.contains(name)) {
                options.files().delete(options.folder().resolve(name));
                abandoned.remove(name);
            }
        }
    }

    private void change(List<Run> next, boolean isFilled, long position) throws IOException {
        if (isDiscarded) {
            throw new IOException("the event ids are damaged and are made anew at the next start");
        }
        Manifest changed = new Manifest(
                manifest.seed(),
                isFilled,
                position,
                nextRun,
                next.stream().map(Run::name).toList());
        write(changed);
        manifest = changed;
        runs = next;
        flushedPosition = position;
        keepFilters();
        tryToRemoveAbandoned();
    }

    private void write(Manifest changed) throws IOException {
        String temporary = "manifest-" + nextRun++ + RunWriter.TEMPORARY;
        try {
            changed.write(options.files(), options.folder(), temporary);
        } catch (IOException failure) {
            try {
                if (options.files().list(options.folder()).contains(temporary)) {
                    options.files().delete(options.folder().resolve(temporary));
                }
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** Keeps the filters of the newest runs in memory, as many as there is room for. */
    private void keepFilters() {
        long left = options.memoryBytes() - tablesBytes() - directoryBytes();
        for (Run run : runs) {
            IdFilter filter = run.filter();
            left -= filter == null ? run.storedFilterBytes() : filter.memoryBytes();
            if (left < 0) {
                run.dropFilter();
                continue;
            }
            try {
                run.loadFilter();
            } catch (IOException | DuplicatesException failure) {
                // Without its filter a run is asked by reading a page, which has a checksum of its own.
                LOGGER.warn("a filter of event ids cannot be read [run={}]", run, failure);
            }
        }
    }

    /** Room for both tables, for sorting one, and for a merge that builds a filter. */
    private long tablesBytes() {
        return 2 * IdTable.memoryBytes(options.tableSlots()) + 8L * options.tableSlots() + options.memoryBytes() / 8;
    }

    /** Whether directories leave room for the tables; filters are given up before that. */
    boolean hasMemory() {
        return tablesBytes() + directoryBytes() < options.memoryBytes();
    }

    /** To be called by the one thread that looks ids up, between two look-ups: gives replaced runs back. */
    void closeRetired() throws IOException {
        for (Run run = retired.poll(); run != null; run = retired.poll()) {
            run.close();
        }
    }

    long ids() {
        return runs.stream().mapToLong(Run::ids).sum();
    }

    long diskBytes() {
        return runs.stream().mapToLong(Run::sizeBytes).sum();
    }

    long directoryBytes() {
        return runs.stream().mapToLong(Run::directoryBytes).sum();
    }

    long filterBytes() {
        long bytes = 0;
        for (Run run : runs) {
            IdFilter filter = run.filter();
            bytes += filter == null ? 0 : filter.memoryBytes();
        }
        return bytes;
    }

    void close() throws IOException {
        closeRetired();
        for (Run run : runs) {
            run.close();
        }
    }
}
