package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.FunctionLimits;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client of a server in production is told of limits, and that a function cannot talk its way around them. */
@Timeout(120)
class LimitErrorsTest {
    private static final String THINGS = "things";
    private static final ConvexObject LARGE = ConvexObject.of("text", ConvexValue.of("x".repeat(1_000_000)));
    private static final ConvexObject SMALL = ConvexObject.of("text", ConvexValue.of("x"));
    private static final String HEAD = "\\[Request ID: [0-9a-f]+] Server Error";

    private final ReactiveRuntime runtime =
            ReactiveRuntime.builder().limits(limits()).module(module()).start();
    private final SyncServer server = new SyncServer(
            runtime, token -> new Authentication.Accepted(Caller.anonymous(), Optional.empty()), SyncLimits.standard());
    private final ScriptedClient client = ScriptedClient.open(server);

    @AfterEach
    void stop() {
        server.close();
        runtime.close();
    }

    private static FunctionLimits limits() {
        FunctionLimits standard = FunctionLimits.standard();
        return new FunctionLimits(
                Duration.ofSeconds(20),
                standard.actionTime(),
                standard.parallelFunctions(),
                standard.parallelActions(),
                standard.queuedFunctions(),
                standard.queuedCommits(),
                50,
                30,
                standard.absentDemandWait());
    }

    private static FunctionModule module() {
        return FunctionModule.named("limits")
                .table(TableDefinition.named(THINGS))
                .query("count")
                .handler((context, arguments) ->
                        ConvexValue.of(context.db().query(THINGS).count()))
                .query("read")
                .handler((context, arguments) ->
                        ConvexValue.of(context.db().query(THINGS).collect().size()))
                .query("readAndCatch")
                .handler((context, arguments) -> {
                    try {
                        return ConvexValue.of(
                                context.db().query(THINGS).collect().size());
                    } catch (RuntimeException ignored) {
                        return ConvexValue.of("nobody shall know");
                    }
                })
                .query("large")
                .argument("bytes", Validator.number())
                .handler((context, arguments) -> ConvexValue.of("x".repeat((int) arguments.number("bytes") - 2)))
                .query("crash")
                .handler((context, arguments) -> {
                    throw new IllegalStateException("the password is swordfish");
                })
                .mutation("insert")
                .argument("times", Validator.number())
                .handler((context, arguments) -> insert(context, (int) arguments.number("times"), SMALL))
                .mutation("insertLarge")
                .argument("times", Validator.number())
                .handler((context, arguments) -> insert(context, (int) arguments.number("times"), LARGE))
                .mutation("insertAndCatch")
                .argument("times", Validator.number())
                .handler((context, arguments) -> {
                    int refused = 0;
                    for (int time = 0; time < arguments.number("times"); time++) {
                        try {
                            var _ = context.db().insert(THINGS, SMALL);
                        } catch (RuntimeException limit) {
                            refused++;
                        }
                    }
                    return ConvexValue.of(refused);
                })
                .mutation("schedule")
                .argument("times", Validator.number())
                .argument("bytes", Validator.number())
                .handler((context, arguments) -> {
                    ConvexObject call =
                            ConvexObject.of("times", ConvexValue.of(0), "pad", ConvexValue.of("x".repeat((int)
                                            arguments.number("bytes"))));
                    for (int time = 0; time < arguments.number("times"); time++) {
                        var _ = context.scheduler().runAfter(Duration.ofDays(1), "limits:padded", call);
                    }
                    return ConvexValue.ofNull();
                })
                .mutation("padded")
                .argument("times", Validator.number())
                .argument("pad", Validator.string())
                .handler((context, arguments) -> ConvexValue.ofNull())
                .build();
    }

    private static ConvexValue insert(MutationContext context, int times, ConvexObject content) {
        Collections.nCopies(times, content).forEach(thing -> context.db().insert(THINGS, thing));
        return ConvexValue.ofNull();
    }

    private String failureOf(int requestId, String mutation, String arguments) throws InterruptedException {
        client.mutate(requestId, "limits:" + mutation, arguments);
        ConvexObject response = client.until("MutationResponse").getLast().message();
        return response.bool("success") ? "succeeded" : response.string("result");
    }

    private String failureOf(int queryId, String query) throws InterruptedException {
        return failureOf(queryId, query, "{}", "errorMessage");
    }

    private String failureOf(int queryId, String query, String arguments, String field) throws InterruptedException {
        client.modify(queryId, adding(queryId, "limits:" + query, arguments));
        while (!client.results.containsKey((long) queryId)) {
            var _ = client.until("Transition");
        }
        ConvexObject result = client.result(queryId);
        return result.has(field) ? result.string(field) : "succeeded";
    }

    private double count() {
        return ((dev.freshet.functions.value.ConvexFloat64)
                        runtime.query("limits:count", ConvexObject.empty(), Caller.anonymous()))
                .value();
    }

    @Test
    void aMutationThatCatchesALimitIsNotCommitted() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "insertAndCatch", "{\"times\":30}")).isEqualTo("succeeded");
        assertThat(failureOf(1, "insertAndCatch", "{\"times\":100}"))
                .matches(HEAD + "\nUncaught Error: a mutation writes at most 30 documents");

        assertThat(count()).isEqualTo(30);
    }

    @Test
    void tooMuchWrittenIsSaid() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "insert", "{\"times\":31}")).endsWith("a mutation writes at most 30 documents");
        assertThat(failureOf(1, "insertLarge", "{\"times\":16}")).isEqualTo("succeeded");
        assertThat(failureOf(2, "insertLarge", "{\"times\":17}"))
                .endsWith("a mutation writes documents of at most 16777216 bytes in all");
        assertThat(count()).isEqualTo(16);
    }

    @Test
    void tooMuchReadIsSaidWhateverTheFunctionCaught() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "insertLarge", "{\"times\":16}")).isEqualTo("succeeded");
        assertThat(failureOf(0, "read")).isEqualTo("succeeded");
        assertThat(failureOf(1, "insertLarge", "{\"times\":1}")).isEqualTo("succeeded");
        assertThat(failureOf(1, "readAndCatch"))
                .matches(HEAD + "\nUncaught Error: a function reads documents of at most 16777216 bytes in all");
        assertThat(failureOf(2, "insert", "{\"times\":30}")).isEqualTo("succeeded");
        assertThat(failureOf(3, "insert", "{\"times\":30}")).isEqualTo("succeeded");
    }

    @Test
    void aResultOfMoreThan16MebibytesIsRefused() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "large", "{\"bytes\":16777216}", "errorMessage"))
                .isEqualTo("succeeded");
        assertThat(failureOf(1, "large", "{\"bytes\":16777217}", "errorMessage"))
                .endsWith("the result of limits:large is 16777217 bytes in size, at most 16777216 is allowed");
    }

    @Test
    void aMutationSchedulesAThousandFunctionsWith16MebibytesOfArguments() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "schedule", "{\"times\":1000,\"bytes\":10}")).isEqualTo("succeeded");
        assertThat(failureOf(1, "schedule", "{\"times\":1001,\"bytes\":10}"))
                .endsWith("a mutation schedules at most 1000 functions, with arguments of 16 MiB in all");
        assertThat(failureOf(2, "schedule", "{\"times\":4,\"bytes\":4000000}")).isEqualTo("succeeded");
        assertThat(failureOf(3, "schedule", "{\"times\":5,\"bytes\":4000000}"))
                .endsWith("a mutation schedules at most 1000 functions, with arguments of 16 MiB in all");
    }

    @Test
    void aDevelopersExceptionStaysHidden() throws Exception {
        client.connect("s");

        assertThat(failureOf(0, "crash")).matches(HEAD);
    }
}
