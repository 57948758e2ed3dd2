package dev.freshet.reactive;

import dev.freshet.functions.api.IndexDefinition;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Randomness;
import dev.freshet.runtime.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The tables as others see them: snapshots to read, transactions to change, subscriptions to what was read. Thread-safe;
 * all changes happen on the committer's thread.
 */
public final class Database implements AutoCloseable {
    private final Committer committer;
    private final DocumentIds ids;
    private final Clock clock;
    private final TransactionLimits limits;
    private final PageCursors pageCursors;
    private final Map<String, WatchedDemandTable> demandTables;

    private Database(Builder builder) {
        this.clock = builder.clock;
        this.ids = new DocumentIds(builder.randomness);
        this.limits = builder.limits;
        this.pageCursors = builder.pageCursors;
        this.committer = new Committer(
                builder.usableSchemas(),
                new CommitTimestamps(builder.clock, builder.ceiling),
                builder.maxQueuedCommits,
                builder.notifications,
                builder.commitStore.map(store -> new DurableCommits(store, builder.clock)));
        Map<String, WatchedDemandTable> tables = new LinkedHashMap<>();
        builder.demandTables.forEach(table -> tables.put(
                table.name,
                new WatchedDemandTable(table.name, table.linger, table.provider, committer, builder.timer)));
        this.demandTables = Map.copyOf(tables);
    }

    /**
     * Begins to describe a database.
     *
     * @param timer counts the demand; its thread calls the providers
     * @param notifications runs what subscriptions fire and completes futures; not on the committer's thread
     */
    public static Builder builder(Clock clock, Randomness randomness, Timer timer, Executor notifications) {
        return new Builder(clock, randomness, timer, notifications);
    }

    /** The newest snapshot. */
    public Snapshot latest() {
        return committer.latest();
    }

    /** Begins a transaction over a snapshot; it fails once {@code expired} says so. */
    public Transaction begin(Snapshot snapshot, BooleanSupplier expired) {
        return begin(snapshot, expired, Optional.empty());
    }

    /** The same for a query that may read a page, with what an earlier run of it left in its journal. */
    public Transaction begin(Snapshot snapshot, BooleanSupplier expired, Optional<String> journal) {
        return new Transaction(snapshot, ids, clock, limits, expired, pageCursors, journal);
    }

    /** Begins a transaction of the server's own code, which bounds itself: no limits hold for it. */
    public Transaction beginOwn(Snapshot snapshot) {
        return new Transaction(
                snapshot, ids, clock, TransactionLimits.none(), () -> false, pageCursors, Optional.empty());
    }

    /** Commits a transaction if nothing it read has changed since its snapshot. */
    public CompletableFuture<CommitOutcome> commit(Transaction transaction, CommitHook hook) {
        return committer.commit(transaction, hook);
    }

    /**
     * Runs and commits a transaction while nothing else commits. The function is called on the committer's thread with
     * the newest snapshot and must return within bounds of its own; what it throws fails the commit.
     */
    public CompletableFuture<CommitOutcome> commitSerially(Function<Snapshot, Transaction> run, CommitHook hook) {
        return committer.commitSerially(run, hook);
    }

    /**
     * Subscribes to what was read at a timestamp.
     *
     * @param onInvalidated run once, elsewhere, when a commit touches it, or at once if one has
     * @return when the subscription holds
     */
    public CompletableFuture<Subscription> subscribe(ReadSet reads, long readAtNs, Runnable onInvalidated) {
        return committer.subscribe(reads, readAtNs, onInvalidated);
    }

    /** Ends a subscription. */
    public void unsubscribe(Subscription subscription) {
        committer.unsubscribe(subscription);
    }

    /** The demand table of this name. */
    public DemandTable demandTable(String name) {
        return watchedTable(name);
    }

    /** Counts one more watcher of the row. */
    public void acquire(DemandKey key) {
        watchedTable(key.table()).acquire(key.key());
    }

    /** Counts one watcher less. */
    public void release(DemandKey key) {
        watchedTable(key.table()).release(key.key());
    }

    private WatchedDemandTable watchedTable(String name) {
        WatchedDemandTable table = demandTables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("there is no demand table " + name);
        }
        return table;
    }

    /** How many rows are demanded, for metrics. */
    public int demandedRows() {
        return demandTables.values().stream()
                .mapToInt(WatchedDemandTable::demandedKeys)
                .sum();
    }

    /** How many commands wait for the committer, for metrics. */
    public int queuedCommits() {
        return committer.queuedCommands();
    }

    /** How many index intervals are subscribed to, for metrics. */
    public int subscribedIntervals() {
        return committer.subscribedIntervals();
    }

    /** Finishes the commits that wait, then stops. */
    @Override
    public void close() {
        committer.close();
    }

    /** Describes a database. Not safe for several threads. */
    public static final class Builder {
        private final Clock clock;
        private final Randomness randomness;
        private final Timer timer;
        private final Executor notifications;
        private final List<TableSchema> schemas = new ArrayList<>();
        private final List<DemandDefinition> demandTables = new ArrayList<>();
        private final TableNumbers numbers = new TableNumbers();
        private TimestampCeiling ceiling = TimestampCeiling.inMemory();
        private TransactionLimits limits = TransactionLimits.standard();
        private int maxQueuedCommits = 20_000;
        private PageCursors pageCursors;
        private Optional<CommitStore> commitStore = Optional.empty();

        private Builder(Clock clock, Randomness randomness, Timer timer, Executor notifications) {
            this.clock = clock;
            this.randomness = randomness;
            this.timer = timer;
            this.notifications = notifications;
            this.pageCursors = PageCursors.random(randomness);
        }

        /** Sets where durable tables are kept; it is closed with the database. Without one there are none. */
        public Builder commitStore(CommitStore newStore) {
            commitStore = Optional.of(newStore);
            return this;
        }

        /** Sets how places in pages are told to clients; good until the process ends if not said. */
        public Builder pageCursors(PageCursors newCursors) {
            pageCursors = newCursors;
            return this;
        }

        /** Sets where the timestamps' ceiling is kept. */
        public Builder timestampCeiling(TimestampCeiling newCeiling) {
            ceiling = newCeiling;
            return this;
        }

        /** Sets the limits of a transaction. */
        public Builder limits(TransactionLimits newLimits) {
            limits = newLimits;
            return this;
        }

        /** Sets how many commits may wait. */
        public Builder maxQueuedCommits(int count) {
            maxQueuedCommits = count;
            return this;
        }

        /** Adds a memory table. */
        public Builder memoryTable(TableDefinition definition) {
            return add(TableSchema.memory(definition, numbers.add(definition.name())));
        }

        /** Adds a table for the runtime's own use; its name begins with an underscore. */
        public Builder systemTable(String name) {
            return add(TableSchema.byIdOnly(name, numbers.add(name), TableSchema.Kind.SYSTEM, Durability.MEMORY));
        }

        /** The same, kept on the disk where a commit writes a durable table as well. */
        public Builder systemTableBesideDurable(String name) {
            return add(
                    TableSchema.byIdOnly(name, numbers.add(name), TableSchema.Kind.SYSTEM, Durability.BESIDE_DURABLE));
        }

        /** The same, kept on the disk with every commit that writes it. */
        public Builder durableSystemTable(String name) {
            return add(TableSchema.byIdOnly(name, numbers.add(name), TableSchema.Kind.SYSTEM, Durability.DURABLE));
        }

        /** Adds a table that the runtime writes and functions read, durable where there is a store; its name begins with an underscore. */
        public Builder managedTable(String name, IndexDefinition... indexes) {
            return add(TableSchema.managed(name, numbers.add(name), List.of(indexes)));
        }

        /** Adds a demand table. */
        public Builder demandTable(String name, Duration linger, DemandProvider provider) {
            demandTables.add(new DemandDefinition(name, linger, provider));
            return add(TableSchema.byIdOnly(name, numbers.add(name), TableSchema.Kind.DEMAND, Durability.MEMORY));
        }

        private Builder add(TableSchema schema) {
            schemas.add(schema);
            return this;
        }

        private List<TableSchema> usableSchemas() {
            if (commitStore.isPresent()) {
                return schemas;
            }
            for (TableSchema schema : schemas) {
                if (schema.kind() == TableSchema.Kind.MEMORY && schema.durability() == Durability.DURABLE) {
                    throw new IllegalArgumentException(
                            "the table " + schema.name() + " is durable, which needs a store of commits");
                }
            }
            return schemas.stream().map(TableSchema::inMemory).toList();
        }

        /** Starts the committer. */
        public Database start() {
            return new Database(this);
        }

        private record DemandDefinition(String name, Duration linger, DemandProvider provider) {}
    }
}
