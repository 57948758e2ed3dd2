package dev.freshet.functions;

import dev.freshet.functions.api.CronDefinition;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.api.IndexDefinition;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.ValueLimits;
import dev.freshet.reactive.Snapshot;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of scheduled functions: what may be scheduled, and how a row goes from one state to the next. All within
 * transactions of others; thread-safe.
 */
final class ScheduledFunctions {
    static final String TABLE = Scheduler.TABLE;

    private static final String BY_STATE = "by_state";
    private static final String BY_COMPLETED = "by_completed";
    private static final Duration FARTHEST = Duration.ofDays(5 * 366L);
    private static final ValueLimits ARGUMENTS = new ValueLimits(4L << 20, 64);
    private static final int MOST_ROWS = 200_000;
    private static final long MOST_BYTES = 256L << 20;
    /** Past these, those that have ended go, the oldest first. */
    private static final long CROWDED_BYTES = MOST_BYTES / 2;

    private static final Duration KEEP_COMPLETED = Duration.ofDays(7);
    private static final int MOST_COMPLETED = 10_000;
    private static final int SWEEP_BATCH = 1_000;

    private final FunctionRegistry registry;
    private final Clock clock;

    ScheduledFunctions(FunctionRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** What a row's {@code state.kind} says. */
    enum State {
        PENDING("pending"),
        IN_PROGRESS("inProgress"),
        SUCCESS("success"),
        FAILED("failed"),
        CANCELED("canceled");

        private final String kind;

        State(String kind) {
            this.kind = kind;
        }

        static State of(ConvexObject row) {
            String kind = row.object("state").string("kind");
            for (State state : values()) {
                if (state.kind.equals(kind)) {
                    return state;
                }
            }
            throw new IllegalStateException("a scheduled function is in the unknown state " + kind);
        }
    }

    /** A row that waits for its time or runs. */
    record Job(String id, Instant time, String path, ConvexObject arguments) {
        static Job of(ConvexObject row) {
            return new Job(
                    row.string("_id"),
                    Instant.ofEpochMilli((long) row.number("scheduledTime")),
                    row.string("name"),
                    (ConvexObject) row.array("args").elements().getFirst());
        }
    }

    static IndexDefinition[] indexes() {
        return new IndexDefinition[] {
            new IndexDefinition(BY_STATE, List.of("state.kind", "scheduledTime")),
            new IndexDefinition(BY_COMPLETED, List.of("completedTime"))
        };
    }

    Instant now() {
        return Instant.ofEpochMilli(clock.epochMs());
    }

    /** @param scheduledBy the scheduled function that schedules this one, if it is one */
    String schedule(
            Transaction transaction, Optional<String> scheduledBy, Instant time, String path, ConvexObject arguments) {
        boolean isCanceled = scheduledBy
                .flatMap(id -> transaction.getSystem(TABLE, id))
                .filter(parent -> State.of(parent) == State.CANCELED)
                .isPresent();
        ConvexObject.Builder row = row(transaction, time, path, arguments);
        if (isCanceled) {
            row.put("state", stateOf(State.CANCELED)).put("completedTime", clock.epochMs());
        }
        return transaction.insertManaged(TABLE, row.build());
    }

    /** Schedules a cron's run, whose row says so. */
    String scheduleRun(Transaction transaction, CronDefinition cron, Instant time) {
        ConvexObject.Builder row = row(transaction, time, cron.path(), cron.arguments());
        return transaction.insertManaged(TABLE, row.put("cron", cron.name()).build());
    }

    /** By the name of the cron, the runs that have not ended. Reads every row. */
    Map<String, String> runsUnderWay(Snapshot snapshot) {
        Map<String, String> runs = new HashMap<>();
        snapshot.forEachDocument(TABLE, (id, row) -> {
            if (row.has("cron") && !row.has("completedTime")) {
                runs.put(row.string("cron"), id);
            }
        });
        return runs;
    }

    private ConvexObject.Builder row(Transaction transaction, Instant time, String path, ConvexObject arguments) {
        FunctionDefinition function = requireSchedulable(path, arguments, transaction.snapshot()::allowsId);
        if (Duration.between(now(), time).abs().compareTo(FARTHEST) > 0) {
            throw new IllegalArgumentException("the time " + time + " is more than five years off");
        }
        // By the snapshot: what others schedule meanwhile is no conflict.
        if (transaction.snapshot().size(TABLE) >= MOST_ROWS) {
            throw new FunctionLimitException("there are " + MOST_ROWS + " scheduled functions, no more can be added");
        }
        if (transaction.snapshot().managedBytes(TABLE) + arguments.size() > MOST_BYTES) {
            throw new FunctionLimitException(
                    "the scheduled functions with their arguments take 256 MiB, no more can be added; cancel some, or"
                            + " keep what is large in a table");
        }
        return ConvexObject.builder()
                .put("name", function.path().toString())
                .put("args", ConvexValue.array(arguments))
                .put("scheduledTime", time.toEpochMilli())
                .put("state", stateOf(State.PENDING));
    }

    /** The function, if it can be run by the scheduler with these arguments. */
    FunctionDefinition requireSchedulable(String path, ConvexObject arguments, Validator.IdCheck ids) {
        FunctionDefinition function = registry.find(path)
                .orElseThrow(() -> new IllegalArgumentException("there is no function '" + path + "'"));
        if (function.handler() instanceof FunctionHandler.OfQuery) {
            throw new IllegalArgumentException(path + " is a query, only mutations and actions are scheduled");
        }
        ARGUMENTS.check("the arguments of a scheduled function", arguments);
        Optional<Validator.Violation> violation = function.arguments().check(arguments, ids);
        if (violation.isPresent()) {
            throw new IllegalArgumentException(
                    FunctionErrors.badArguments(violation.get()).message());
        }
        return function;
    }

    void cancel(Transaction transaction, String id) {
        ConvexObject row = transaction
                .get(TABLE, id)
                .orElseThrow(() -> new IllegalArgumentException("there is no scheduled function " + id));
        switch (State.of(row)) {
            case PENDING -> end(transaction, row, State.CANCELED, Optional.empty());
            case IN_PROGRESS -> put(transaction, row.with("state", stateOf(State.CANCELED)));
            case SUCCESS, FAILED, CANCELED -> {}
        }
    }

    Optional<State> stateOf(Transaction transaction, String id) {
        return transaction.getSystem(TABLE, id).map(State::of);
    }

    /** Whether it has neither ended nor been cancelled before it began. */
    boolean isUnderWay(Transaction transaction, String id) {
        return transaction
                .get(TABLE, id)
                .filter(row -> !row.has("completedTime"))
                .isPresent();
    }

    /** The next ones by their times, at most so many. */
    List<Job> pending(Transaction transaction, int most) {
        return inState(transaction, State.PENDING).take(most).stream()
                .map(Job::of)
                .toList();
    }

    private static TableQuery inState(Transaction transaction, State state) {
        return transaction.query(TABLE).withIndex(BY_STATE, IndexRange.all().eq("state.kind", state.kind));
    }

    /** Notes that an action begins; false if it must not. */
    boolean begin(Transaction transaction, String id) {
        Optional<ConvexObject> row = transaction.getSystem(TABLE, id).filter(found -> State.of(found) == State.PENDING);
        row.ifPresent(found -> put(transaction, found.with("state", stateOf(State.IN_PROGRESS))));
        return row.isPresent();
    }

    /** Notes that a mutation, within its own transaction, has happened. */
    void succeed(Transaction transaction, String id) {
        transaction.getSystem(TABLE, id).ifPresent(row -> end(transaction, row, State.SUCCESS, Optional.empty()));
    }

    /** Notes how one ended that has not ended yet. One that was cancelled while it ran stays so. */
    void finish(Transaction transaction, String id, Optional<String> error) {
        transaction
                .getSystem(TABLE, id)
                .filter(row -> !row.has("completedTime"))
                .ifPresent(row -> {
                    State reached = error.isPresent() ? State.FAILED : State.SUCCESS;
                    end(transaction, row, State.of(row) == State.CANCELED ? State.CANCELED : reached, error);
                });
    }

    /** What this process did not begin, an earlier one did; nobody knows how far it came. */
    void failInterrupted(Transaction transaction) {
        inState(transaction, State.IN_PROGRESS)
                .collect()
                .forEach(row ->
                        end(transaction, row, State.FAILED, Optional.of("the server stopped while the action ran")));
    }

    private void end(Transaction transaction, ConvexObject row, State state, Optional<String> error) {
        ConvexObject ended = error.filter(ignored -> state == State.FAILED)
                .map(message -> stateOf(state).with("error", ConvexValue.of(message)))
                .orElseGet(() -> stateOf(state));
        put(
                transaction,
                row.toBuilder()
                        .put("state", ended)
                        .put("completedTime", clock.epochMs())
                        .build());
    }

    private static void put(Transaction transaction, ConvexObject row) {
        transaction.putSystem(TABLE, row.string("_id"), row);
    }

    private static ConvexObject stateOf(State state) {
        return ConvexObject.of("kind", ConvexValue.of(state.kind));
    }

    /** Whether those that have ended should be removed soon. */
    boolean isCrowded(Snapshot snapshot) {
        return snapshot.managedBytes(TABLE) > CROWDED_BYTES;
    }

    /**
     * Removes some of those that ended too long ago, or of too many or too large ones.
     *
     * @return whether there may be more
     */
    boolean sweep(Transaction transaction) {
        IndexRange completed = IndexRange.all().gt("completedTime", ConvexValue.ofNull());
        long tooMany =
                transaction.query(TABLE).withIndex(BY_COMPLETED, completed).count() - MOST_COMPLETED;
        long tooLarge = transaction.snapshot().managedBytes(TABLE) - CROWDED_BYTES;
        double tooOldMs = (double) clock.epochMs() - KEEP_COMPLETED.toMillis();
        int removed = 0;
        for (ConvexObject row :
                transaction.query(TABLE).withIndex(BY_COMPLETED, completed).take(SWEEP_BATCH)) {
            if (removed >= tooMany && tooLarge <= 0 && row.number("completedTime") >= tooOldMs) {
                break;
            }
            transaction.removeSystem(TABLE, row.string("_id"));
            removed++;
            tooLarge -= row.size();
        }
        return removed == SWEEP_BATCH;
    }
}
