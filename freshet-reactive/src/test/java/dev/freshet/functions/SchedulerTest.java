package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.CronSchedule;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SchedulerTest {
    private static final Caller NOBODY = Caller.anonymous();
    private static final String LINES = "lines";
    private static final Duration LATER = Duration.ofHours(1);

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger actionsBegun = new AtomicInteger();
    private final AtomicInteger cronRuns = new AtomicInteger();
    private final ReactiveRuntime runtime =
            ReactiveRuntime.builder().module(module()).developmentErrors(true).start();

    @AfterEach
    void stop() {
        gate.countDown();
        runtime.close();
    }

    private FunctionModule module() {
        return FunctionModule.named("jobs")
                .table(TableDefinition.named(LINES).index("by_text", "text"))
                .mutation("write")
                .internal()
                .argument("text", Validator.string())
                .handler((context, arguments) -> write(context, arguments.string("text")))
                .mutation("count")
                .internal()
                .handler((context, arguments) -> count(context))
                .mutation("fail")
                .handler((context, arguments) -> {
                    write(context, "must not be seen");
                    throw ConvexError.of("broken", "On purpose.");
                })
                .mutation("later")
                .argument("ms", Validator.number())
                .argument("path", Validator.string())
                .argument("args", Validator.any())
                .handler((context, arguments) -> ConvexValue.of(schedule(context, arguments)))
                .mutation("laterThenFail")
                .handler((context, arguments) -> {
                    String _ = context.scheduler().runAfter(Duration.ZERO, "jobs:write", text("rolled back"));
                    throw ConvexError.of("broken", "On purpose.");
                })
                .mutation("laterWithoutTheFailedPart")
                .handler((context, arguments) -> {
                    try {
                        context.runMutation("jobs:laterThenFail", ConvexObject.empty());
                    } catch (ConvexError caught) {
                        return ConvexValue.of(context.scheduler().runAfter(Duration.ZERO, "jobs:write", text("kept")));
                    }
                    return ConvexValue.ofNull();
                })
                .mutation("cancel")
                .argument("id", Validator.string())
                .handler((context, arguments) -> {
                    context.scheduler().cancel(arguments.string("id"));
                    return ConvexValue.ofNull();
                })
                .mutation("many")
                .argument("count", Validator.number())
                .handler((context, arguments) -> {
                    for (int index = 0; index < arguments.number("count"); index++) {
                        String _ = context.scheduler().runAfter(Duration.ZERO, "jobs:count", ConvexObject.empty());
                    }
                    return ConvexValue.ofNull();
                })
                .query("state")
                .argument("id", Validator.string())
                .handler((context, arguments) -> context.db()
                        .get(Scheduler.TABLE, arguments.string("id"))
                        .map(row -> row.object("state").value("kind"))
                        .orElse(ConvexValue.ofNull()))
                .query("lines")
                .handler((context, arguments) -> ConvexValue.of(context.db().query(LINES).collect().stream()
                        .map(line -> line.value("text"))
                        .toList()))
                .action("act")
                .argument("text", Validator.string())
                .handler((context, arguments) -> {
                    context.runMutation("jobs:write", arguments);
                    return ConvexValue.ofNull();
                })
                .action("waitThenSchedule")
                .handler((context, arguments) -> {
                    actionsBegun.incrementAndGet();
                    gate.await();
                    String _ = context.scheduler().runAfter(Duration.ZERO, "jobs:write", text("by the action"));
                    context.runMutation(
                            "jobs:later",
                            ConvexObject.of(
                                    "ms",
                                    ConvexValue.of(0),
                                    "path",
                                    ConvexValue.of("jobs:write"),
                                    "args",
                                    text("by its mutation")));
                    return ConvexValue.ofNull();
                })
                .action("scheduleThenFail")
                .handler((context, arguments) -> {
                    String _ = context.scheduler().runAfter(Duration.ZERO, "jobs:write", text("at once"));
                    throw new IllegalStateException("on purpose");
                })
                .build();
    }

    private static ConvexObject text(String text) {
        return ConvexObject.of("text", ConvexValue.of(text));
    }

    private static ConvexValue write(MutationContext context, String text) {
        return ConvexValue.of(context.db().insert(LINES, text(text)));
    }

    private static ConvexValue count(MutationContext context) {
        Optional<ConvexObject> counter = context.db()
                .query(LINES)
                .withIndex("by_text", IndexRange.all().eq("text", "counter"))
                .unique();
        counter.ifPresentOrElse(
                row -> context.db()
                        .patch(
                                LINES,
                                row.string("_id"),
                                ConvexObject.of("count", ConvexValue.of(row.number("count") + 1))),
                () -> context.db().insert(LINES, text("counter").with("count", ConvexValue.of(1))));
        return ConvexValue.ofNull();
    }

    private static String schedule(MutationContext context, ConvexObject arguments) {
        return context.scheduler()
                .runAfter(
                        Duration.ofMillis((long) arguments.number("ms")),
                        arguments.string("path"),
                        arguments.object("args"));
    }

    private String later(Duration delay, String path, ConvexObject arguments) {
        ConvexObject call = ConvexObject.of(
                "ms", ConvexValue.of(delay.toMillis()), "path", ConvexValue.of(path), "args", arguments);
        return ((ConvexString) runtime.mutation("jobs:later", call, NOBODY)).value();
    }

    private static void until(BooleanSupplier condition) {
        Eventually.eventually("what the test waits for", condition);
    }

    private static long scheduledRows(ReactiveRuntime tier) {
        return tier.read(tables -> tables.query(Scheduler.TABLE).count());
    }

    private void cancel(String id) {
        var _ = runtime.mutation("jobs:cancel", ConvexObject.of("id", ConvexValue.of(id)), NOBODY);
    }

    private ConvexObject row(String id) {
        return runtime.read(tables -> tables.get(Scheduler.TABLE, id)).orElseThrow();
    }

    private void awaitState(String id, String kind) {
        until(() -> row(id).object("state").string("kind").equals(kind));
    }

    private List<String> lines() {
        return ((ConvexArray) runtime.query("jobs:lines", ConvexObject.empty(), NOBODY))
                .stream().map(line -> ((ConvexString) line).value()).toList();
    }

    @Test
    void aMutationRunsOnceItsTimeHasComeWithoutACaller() {
        String id = later(Duration.ofMillis(50), "jobs:write", text("a"));

        awaitState(id, "success");

        ConvexObject row = row(id);
        assertThat(lines()).containsExactly("a");
        assertThat(row.string("name")).isEqualTo("jobs:write");
        assertThat(row.array("args").elements()).containsExactly(text("a"));
        assertThat(row.number("completedTime")).isGreaterThanOrEqualTo(row.number("scheduledTime"));
        assertThat(row.string("_id")).isEqualTo(id);
    }

    @Test
    void whoWatchesARowSeesItEnd() throws InterruptedException {
        String id = later(LATER, "jobs:write", text("a"));
        BlockingQueue<FunctionResult> states = new LinkedBlockingQueue<>();
        try (QuerySubscription _ =
                runtime.watch("jobs:state", ConvexObject.of("id", ConvexValue.of(id)), NOBODY, states::add)) {
            assertThat(states.poll(20, TimeUnit.SECONDS))
                    .isEqualTo(new FunctionResult.Success(ConvexValue.of("pending")));
            cancel(id);
            assertThat(states.poll(20, TimeUnit.SECONDS))
                    .isEqualTo(new FunctionResult.Success(ConvexValue.of("canceled")));
        }
    }

    @Test
    void whatDoesNotCommitSchedulesNothing() {
        assertThatThrownBy(() -> runtime.mutation("jobs:laterThenFail", ConvexObject.empty(), NOBODY))
                .isInstanceOf(ConvexError.class);
        ConvexValue id = runtime.mutation("jobs:laterWithoutTheFailedPart", ConvexObject.empty(), NOBODY);

        awaitState(((ConvexString) id).value(), "success");

        assertThat(lines()).containsExactly("kept");
        assertThat(scheduledRows(runtime)).isEqualTo(1);
    }

    @Test
    void theEarliestOfManyRunsFirstAndANewEarlierOneIsNotMissed() {
        String late = later(LATER, "jobs:write", text("late"));
        String early = later(Duration.ofMillis(20), "jobs:write", text("early"));

        awaitState(early, "success");

        assertThat(row(late).object("state").string("kind")).isEqualTo("pending");
        assertThat(lines()).containsExactly("early");
    }

    @Test
    void aCancelledOneNeverRunsAndCancellingAgainOrTooLateChangesNothing() {
        String canceled = later(Duration.ofMillis(300), "jobs:write", text("never"));
        cancel(canceled);
        cancel(canceled);
        String after = later(Duration.ofMillis(400), "jobs:write", text("after"));
        awaitState(after, "success");
        cancel(after);

        assertThat(lines()).containsExactly("after");
        assertThat(row(canceled).object("state").string("kind")).isEqualTo("canceled");
        assertThat(row(after).object("state").string("kind")).isEqualTo("success");
        assertThatThrownBy(() -> cancel("nothing")).hasMessageContaining("no scheduled function nothing");
    }

    @Test
    void aMutationThatFailsIsNotTriedAgainAndLeavesNothing() {
        String id = later(Duration.ZERO, "jobs:fail", ConvexObject.empty());

        awaitState(id, "failed");

        assertThat(row(id).object("state").string("error")).contains("On purpose.");
        assertThat(lines()).isEmpty();
    }

    @Test
    void hundredsThatConflictHappenOnceEach() {
        int count = 300;
        var _ = runtime.mutation("jobs:many", ConvexObject.of("count", ConvexValue.of(count)), NOBODY);

        until(() -> runtime.read(tables -> tables.query(Scheduler.TABLE)
                        .withIndex("by_state", IndexRange.all().eq("state.kind", "success"))
                        .count())
                == count);

        double counted = runtime.read(tables -> tables.query(LINES).unique())
                .orElseThrow()
                .number("count");
        assertThat(counted).isEqualTo(count);
    }

    @Test
    void anActionRunsOnceAndSaysThatItIsUnderWay() {
        String id = later(Duration.ZERO, "jobs:waitThenSchedule", ConvexObject.empty());
        awaitState(id, "inProgress");
        until(() -> actionsBegun.get() == 1);
        // Others come and go meanwhile; the row is looked at again with each.
        awaitState(later(Duration.ZERO, "jobs:act", text("another")), "success");
        gate.countDown();

        awaitState(id, "success");
        until(() -> lines().size() == 3);
        assertThat(lines()).contains("another", "by the action", "by its mutation");
        assertThat(actionsBegun).hasValue(1);
    }

    @Test
    void whatACancelledActionSchedulesIsCancelled() {
        String id = later(Duration.ZERO, "jobs:waitThenSchedule", ConvexObject.empty());
        awaitState(id, "inProgress");
        cancel(id);
        assertThat(row(id).has("completedTime")).isFalse();
        gate.countDown();

        until(() -> row(id).has("completedTime"));

        assertThat(row(id).object("state").string("kind")).isEqualTo("canceled");
        List<String> kinds = new ArrayList<>();
        runtime.read(tables -> tables.query(Scheduler.TABLE).collect())
                .forEach(row -> kinds.add(row.object("state").string("kind")));
        assertThat(kinds).containsExactly("canceled", "canceled", "canceled");
        assertThat(lines()).isEmpty();
    }

    @Test
    void whatAnActionSchedulesHoldsThoughItFails() {
        assertThatThrownBy(() -> runtime.action("jobs:scheduleThenFail", ConvexObject.empty(), NOBODY))
                .isInstanceOf(FunctionFailedException.class);

        until(() -> lines().equals(List.of("at once")));
    }

    @Test
    void whatCannotRunCannotBeScheduled() {
        ConvexObject none = ConvexObject.empty();
        assertThatThrownBy(() -> later(Duration.ZERO, "jobs:lost", none))
                .hasMessageContaining("no function 'jobs:lost'");
        assertThatThrownBy(() -> later(Duration.ZERO, "jobs:lines", none)).hasMessageContaining("is a query");
        assertThatThrownBy(() -> later(Duration.ZERO, "jobs:write", none)).hasMessageContaining("ArgumentValidation");
        assertThatThrownBy(() -> later(Duration.ofMillis(-1), "jobs:count", none))
                .hasMessageContaining("negative");
        assertThatThrownBy(() -> later(Duration.ofDays(2_000), "jobs:count", none))
                .hasMessageContaining("five years");
        assertThatThrownBy(() -> runtime.mutation("jobs:many", ConvexObject.of("count", ConvexValue.of(1_001)), NOBODY))
                .hasMessageContaining("at most 1000");
        assertThat(scheduledRows(runtime)).isZero();
    }

    @Test
    void functionsDoNotWriteTheTable() {
        String id = later(LATER, "jobs:write", text("a"));

        assertThatThrownBy(() -> runtime.write(tables -> {
                    tables.delete(Scheduler.TABLE, id);
                    return id;
                }))
                .hasMessageContaining("functions do not write it");
    }

    @Test
    void endedRowsGoAfterAWeek() {
        dev.freshet.runtime.HandTime time = new dev.freshet.runtime.HandTime(
                Instant.parse("2026-11-25T12:00:00Z").toEpochMilli());
        try (ReactiveRuntime slow =
                ReactiveRuntime.builder().module(module()).clock(time).start()) {
            ScheduledFunctions functions = new ScheduledFunctions(slow.registry(), time);
            String old = slow.writeOwn(transaction -> {
                String id = functions.schedule(
                        transaction, Optional.empty(), functions.now().plus(LATER), "jobs:write", text("a"));
                functions.cancel(transaction, id);
                return id;
            });
            time.set(time.epochNs() + Duration.ofDays(6).toNanos());
            String young = slow.writeOwn(transaction -> {
                String id = functions.schedule(
                        transaction, Optional.empty(), functions.now().plus(LATER), "jobs:write", text("b"));
                functions.cancel(transaction, id);
                return id;
            });
            boolean _ = slow.writeOwn(functions::sweep);
            assertThat(scheduledRows(slow)).isEqualTo(2);

            time.set(time.epochNs() + Duration.ofDays(2).toNanos());
            boolean _ = slow.writeOwn(functions::sweep);

            Optional<ConvexObject> oldRow = slow.read(tables -> tables.get(Scheduler.TABLE, old));
            Optional<ConvexObject> youngRow = slow.read(tables -> tables.get(Scheduler.TABLE, young));
            assertThat(oldRow).isEmpty();
            assertThat(youngRow).isPresent();
        }
    }

    @Test
    void aCronRunsAgainAndAgainButNotBesideItself() {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger blockedRuns = new AtomicInteger();
        FunctionModule crons = FunctionModule.named("crons")
                .mutation("tick")
                .internal()
                .handler((context, arguments) -> {
                    cronRuns.incrementAndGet();
                    return ConvexValue.ofNull();
                })
                .action("block")
                .internal()
                .handler((context, arguments) -> {
                    blockedRuns.incrementAndGet();
                    blocked.await();
                    return ConvexValue.ofNull();
                })
                .cron("every second", CronSchedule.every(Duration.ofSeconds(1)), "crons:tick", ConvexObject.empty())
                .cron("blocked", CronSchedule.every(Duration.ofSeconds(1)), "crons:block", ConvexObject.empty())
                .build();
        try (ReactiveRuntime _ = ReactiveRuntime.builder().module(crons).start()) {
            until(() -> cronRuns.get() >= 3);
            assertThat(blockedRuns).hasValue(1);
            blocked.countDown();
            until(() -> blockedRuns.get() >= 2);
        }
    }

    @Test
    void aCronOfNoFunctionKeepsTheTierFromStarting() {
        FunctionModule wrong = FunctionModule.named("wrong")
                .cron("lost", CronSchedule.hourly(0), "wrong:lost", ConvexObject.empty())
                .build();

        assertThatThrownBy(() -> ReactiveRuntime.builder().module(wrong).start())
                .hasMessageContaining("no function 'wrong:lost'");
    }

    @Test
    void numbersInTheTableAreWhatClientsExpect() {
        String id = later(LATER, "jobs:write", text("a"));

        assertThat(row(id).value("scheduledTime")).isInstanceOf(ConvexFloat64.class);
        assertThat(row(id).has("completedTime")).isFalse();
    }
}
