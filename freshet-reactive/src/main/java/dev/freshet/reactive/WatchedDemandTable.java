package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the watchers of each key and tells the provider of the first and, a while after it left, the last. The counting
 * is done on the timer's one thread, so the provider hears everything in order; {@link #acquire} and {@link #release} only
 * hand the key over. A key is taken out of the set of demanded ones before its row is deleted, and rows are checked
 * against that set by the committer, so no row can outlive its demand.
 */
final class WatchedDemandTable implements DemandTable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedDemandTable.class);

    private final String name;
    private final Duration linger;
    private final DemandProvider provider;
    private final Committer committer;
    private final Timer timer;
    private final Set<String> demanded = ConcurrentHashMap.newKeySet();
    /** On the timer's thread only. */
    private final Map<String, Watch> watches = new HashMap<>();

    WatchedDemandTable(String name, Duration linger, DemandProvider provider, Committer committer, Timer timer) {
        this.name = name;
        this.linger = linger;
        this.provider = provider;
        this.committer = committer;
        this.timer = timer;
    }

    @Override
    public String name() {
        return name;
    }

    /** How many keys are demanded, those that linger included. */
    int demandedKeys() {
        return demanded.size();
    }

    void acquire(String key) {
        timer.schedule(Duration.ZERO, () -> addWatcher(key));
    }

    void release(String key) {
        timer.schedule(Duration.ZERO, () -> removeWatcher(key));
    }

    private void addWatcher(String key) {
        Watch watch = watches.get(key);
        if (watch == null) {
            watches.put(key, new Watch());
            demanded.add(key);
            tellProvider("demanded", key, () -> provider.demanded(key));
        } else {
            watch.watchers++;
            watch.ending.cancel();
        }
    }

    private void removeWatcher(String key) {
        Watch watch = watches.get(key);
        if (watch != null && --watch.watchers == 0) {
            watch.ending = timer.schedule(linger, () -> end(key));
        }
    }

    private void end(String key) {
        Watch watch = watches.get(key);
        if (watch == null || watch.watchers > 0) {
            return;
        }
        watches.remove(key);
        demanded.remove(key);
        var _ = committer.removeRow(name, key).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("a released row goes with the database, which has stopped", failure);
            }
        });
        tellProvider("released", key, () -> provider.released(key));
    }

    private void tellProvider(String what, String key, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error failure) {
            LOG.error("a demand provider failed [table={}, call={}, key={}]", name, what, key, failure);
        }
    }

    @Override
    public CompletionStage<CommitResult> publish(Map<String, Optional<ConvexObject>> rows) {
        return committer.publish(name, Map.copyOf(rows), demanded::contains).thenApply(outcome -> switch (outcome) {
            case CommitOutcome.Committed(long timestampNs) -> new CommitResult(timestampNs);
            case CommitOutcome.Conflict() ->
                throw new IllegalStateException("a publication reads nothing and cannot be in conflict");
        });
    }

    private static final class Watch {
        int watchers = 1;
        Timer.Cancellable ending = () -> {};
    }
}
