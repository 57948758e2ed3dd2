package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.CronDefinition;
import dev.freshet.functions.api.DatabaseReader;
import dev.freshet.functions.api.DatabaseWriter;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitStore;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import dev.freshet.reactive.PageCursors;
import dev.freshet.reactive.TimestampCeiling;
import dev.freshet.reactive.Transaction;
import dev.freshet.reactive.TransactionLimits;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Lifecycle;
import dev.freshet.runtime.Randomness;
import dev.freshet.runtime.Timer;
import dev.freshet.runtime.TimerThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** The reactive tier, running: tables, functions, subscriptions. Thread-safe. */
public final class ReactiveRuntime implements AutoCloseable {
    private final Lifecycle lifecycle;
    private final Database database;
    private final Clock clock;
    private final Timer timer;
    private final Executor executor;
    private final FunctionRegistry registry;
    private final QueryRunner queries;
    private final QueryCache cache;
    private final MutationRunner mutations;
    private final FunctionCalls calls;

    /** @param lifecycle takes each part as it starts; the caller closes it when this throws */
    private ReactiveRuntime(Builder builder, Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
        FunctionLimits limits = builder.limits;
        clock = builder.clock;
        registry = FunctionRegistry.of(builder.modules);
        ScheduledFunctions scheduled = new ScheduledFunctions(registry, clock);
        List<CronDefinition> crons = builder.crons();
        Set<String> cronNames = new HashSet<>();
        for (CronDefinition cron : crons) {
            if (!cronNames.add(cron.name())) {
                throw new IllegalArgumentException("there are two crons named " + cron.name());
            }
            var _ = scheduled.requireSchedulable(cron.path(), cron.arguments(), Validator.IdCheck.ANY_STRING);
        }
        ExecutorService notifications = lifecycle.add("notifications", notificationThreads());
        executor = notifications;
        timer = builder.timer.orElseGet(() -> lifecycle.add("timer", new TimerThread("freshet-timer")));
        // Providers are called on a thread of their own, so that a slow one delays no deadline.
        TimerThread demandThread = lifecycle.add("demand", new TimerThread("freshet-demand"));
        database = lifecycle.add("database", builder.database(notifications, demandThread));
        FunctionThreads threads = lifecycle.add(
                "function threads",
                new FunctionThreads(
                        "freshet-function",
                        limits.parallelFunctions(),
                        limits.queuedFunctions(),
                        limits.transactionTime(),
                        clock,
                        timer));
        FunctionThreads serialThread = lifecycle.add(
                "serial thread", new FunctionThreads("freshet-serial", 1, 4, limits.transactionTime(), clock, timer));
        FunctionErrors errors = new FunctionErrors(builder.randomness, builder.developmentErrors);
        FunctionBodies bodies = new FunctionBodies(registry, clock, builder.randomness, scheduled);
        queries = new QueryRunner(database, bodies, threads, errors, clock, limits.transactionTime());
        cache = new QueryCache(queries, database);
        RequestLedger ledger = new RequestLedger(database, clock, timer, RequestLedger.Bounds.standard());
        ledger.restore();
        ledger.start();
        lifecycle.add("request ledger", ledger::stop);
        mutations =
                new MutationRunner(database, bodies, threads, serialThread, errors, clock, limits.transactionTime());
        calls = new FunctionCalls(
                registry,
                database,
                cache,
                queries,
                mutations,
                ledger,
                errors,
                timer,
                limits,
                new PinnedSnapshots(clock, timer));
        ActionRunner actions = lifecycle.add(
                "actions",
                new ActionRunner(
                        calls,
                        bodies,
                        errors,
                        clock,
                        builder.randomness,
                        timer,
                        limits.actionTime(),
                        limits.parallelActions(),
                        new OwnTransactions(database),
                        scheduled));
        calls.useActions(actions);
        LogicalClock logicalClock = new LogicalClock(database, clock, timer);
        logicalClock.start();
        lifecycle.add("logical clock", logicalClock::stop);
        ScheduledRunner scheduledRunner = lifecycle.add(
                "scheduled functions",
                new ScheduledRunner(database, scheduled, mutations, actions, clock, timer, executor));
        scheduledRunner.start();
        lifecycle
                .add("crons", new CronRunner(database, scheduled, actions::isRunning, clock, timer))
                .start(crons);
    }

    private static ExecutorService notificationThreads() {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        return Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().daemon().name("freshet-reactive-", 0).factory());
    }

    /** Begins to put a runtime together. */
    public static Builder builder() {
        return new Builder();
    }

    /** The demand table of this name. */
    public DemandTable demandTable(String name) {
        return database.demandTable(name);
    }

    /** Reads tables at the newest moment, from the server's own code, on the calling thread. */
    public <T> T read(Function<DatabaseReader, T> reading) {
        return reading.apply(database.beginOwn(database.latest()));
    }

    /**
     * Changes tables in one transaction, from the server's own code, on the calling thread; the change may be run several
     * times until it commits, the last time while the committer waits for it. Blocks until the commit is visible.
     */
    public <T> T write(Function<DatabaseWriter, T> change) {
        return writeOwn(change::apply);
    }

    /** The same for the runtime's own tables, which functions do not write. */
    <T> T writeOwn(Function<Transaction, T> change) {
        return new OwnTransactions(database).run(change);
    }

    /**
     * Runs a query, internal ones too, without asking its guard. Blocks.
     *
     * @throws dev.freshet.functions.api.ConvexError as the function threw it
     * @throws FunctionFailedException when it failed otherwise
     * @throws FunctionRefusedException when the system could not run it
     */
    public ConvexValue query(String path, ConvexObject arguments, Caller caller) {
        return calls.queryFromWithin(path, arguments, caller);
    }

    /** Runs a mutation, internal ones too, without asking its guard. Blocks. Throws as {@link #query} does. */
    public ConvexValue mutation(String path, ConvexObject arguments, Caller caller) {
        return calls.mutationFromWithin(path, arguments, caller, Optional.empty());
    }

    /** Runs an action, internal ones too, without asking its guard. Blocks. Throws as {@link #query} does. */
    public ConvexValue action(String path, ConvexObject arguments, Caller caller) {
        return calls.actionFromWithin(path, arguments, caller);
    }

    /**
     * Subscribes the server's own code to a public query, as a client with this caller would be. The listener is called
     * with the first result and with each that differs from the one before, in order, on a thread of the runtime; it must
     * return soon.
     *
     * @return ends the subscription
     */
    public QuerySubscription watch(
            String path, ConvexObject arguments, Caller caller, Consumer<FunctionResult> listener) {
        return QuerySubscription.start(calls, timer, executor, path, arguments, caller, listener);
    }

    /** For the protocol: calls by clients. */
    public FunctionCalls calls() {
        return calls;
    }

    /** For the protocol: the clock. */
    public Clock clock() {
        return clock;
    }

    /** For the protocol: runs short tasks later. */
    public Timer timer() {
        return timer;
    }

    /** For the protocol: runs short tasks that do not block. */
    public Executor executor() {
        return executor;
    }

    /** All functions, as for generated clients and tests that walk them. */
    public FunctionRegistry registry() {
        return registry;
    }

    /** Figures for metrics. */
    public RuntimeFigures figures() {
        return new RuntimeFigures(
                database.latest().timestampNs(),
                queries.runs(),
                mutations.conflicts(),
                cache.size(),
                database.subscribedIntervals(),
                database.demandedRows(),
                database.queuedCommits());
    }

    /** Stops taking work, ends what runs and stops the threads. */
    @Override
    public void close() {
        lifecycle.close();
    }

    /** Puts a runtime together. Not safe for several threads. */
    public static final class Builder {
        private final List<FunctionModule> modules = new ArrayList<>();
        private final List<TableDefinition> tables = new ArrayList<>();
        private final List<Demand> demandTables = new ArrayList<>();
        private Clock clock = Clock.system();
        private Randomness randomness = Randomness.secure();
        private TimestampCeiling ceiling = TimestampCeiling.inMemory();
        private FunctionLimits limits = FunctionLimits.standard();
        private Optional<PageCursors> pageCursors = Optional.empty();
        private Optional<CommitStore> commitStore = Optional.empty();
        private Optional<Timer> timer = Optional.empty();
        private boolean developmentErrors;

        private Builder() {}

        /** Sets the clock; the machine's if not said. */
        public Builder clock(Clock newClock) {
            clock = newClock;
            return this;
        }

        /** Sets what runs short tasks later; a thread of its own if not said. */
        Builder timer(Timer newTimer) {
            timer = Optional.of(newTimer);
            return this;
        }

        /** Sets the randomness; the system's if not said. */
        public Builder randomness(Randomness newRandomness) {
            randomness = newRandomness;
            return this;
        }

        /** Sets where the timestamps' ceiling is kept; in memory if not said. */
        public Builder timestampCeiling(TimestampCeiling newCeiling) {
            ceiling = newCeiling;
            return this;
        }

        /**
         * Sets where durable tables and scheduled functions are kept, as {@link CommitLogFile}; it is closed with the runtime.
         * Without one no table may be durable and scheduled functions are forgotten.
         */
        public Builder commitStore(CommitStore newStore) {
            commitStore = Optional.of(newStore);
            return this;
        }

        /** Sets how places in pages are told to clients; good until the process ends if not said. */
        public Builder pageCursors(PageCursors newCursors) {
            pageCursors = Optional.of(newCursors);
            return this;
        }

        /** Adds a module's functions and its tables. */
        public Builder module(FunctionModule module) {
            modules.add(module);
            tables.addAll(module.tables());
            return this;
        }

        /** Adds a table that belongs to no module. */
        public Builder memoryTable(TableDefinition table) {
            tables.add(table);
            return this;
        }

        /**
         * Adds a demand table.
         *
         * @param linger how long after its last watcher left a row is kept up
         */
        public Builder demandTable(String name, Duration linger, DemandProvider provider) {
            demandTables.add(new Demand(name, linger, provider));
            return this;
        }

        /** Sets the limits; {@link FunctionLimits#standard()} if not said. */
        public Builder limits(FunctionLimits newLimits) {
            limits = newLimits;
            return this;
        }

        /** Sets whether clients are told the messages of exceptions that are not ConvexErrors; no if not said. */
        public Builder developmentErrors(boolean shown) {
            developmentErrors = shown;
            return this;
        }

        /** Starts the threads. */
        public ReactiveRuntime start() {
            Lifecycle lifecycle = new Lifecycle();
            try {
                return new ReactiveRuntime(this, lifecycle);
            } catch (RuntimeException failure) {
                try {
                    lifecycle.close();
                } catch (RuntimeException further) {
                    failure.addSuppressed(further);
                }
                throw failure;
            }
        }

        private List<CronDefinition> crons() {
            return modules.stream().flatMap(module -> module.crons().stream()).toList();
        }

        private Database database(Executor notifications, Timer demandTimer) {
            Database.Builder database = Database.builder(clock, randomness, demandTimer, notifications)
                    .timestampCeiling(ceiling)
                    .maxQueuedCommits(limits.queuedCommits())
                    .limits(TransactionLimits.ofDocuments(limits.scannedDocuments(), limits.writtenDocuments()))
                    .systemTable(LogicalClock.TABLE)
                    .managedTable(ScheduledFunctions.TABLE, ScheduledFunctions.indexes());
            RequestLedger.addTables(database);
            pageCursors.ifPresent(database::pageCursors);
            commitStore.ifPresent(database::commitStore);
            tables.forEach(database::memoryTable);
            demandTables.forEach(demand -> database.demandTable(demand.name, demand.linger, demand.provider));
            return database.start();
        }

        private record Demand(String name, Duration linger, DemandProvider provider) {}
    }
}
