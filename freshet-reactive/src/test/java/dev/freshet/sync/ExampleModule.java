package dev.freshet.sync;

import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Counters and a chat: what an application of the reactive tier might be. */
final class ExampleModule {
    private static final String COUNTERS = "counters";
    private static final String MESSAGES = "messages";
    private static final String NOTES = "notes";

    /** Characters of one to four bytes in UTF-8, ten bytes together. */
    static final String LARGE_PART = "x\u00e9\u20ac\ud834\udd1e";

    static final int LARGE_PARTS = 1_200_000;

    /** {@code example:wait} returns once this is open. */
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Each run of {@code example:waitForStep} takes one. */
    final Semaphore steps = new Semaphore(0);

    void openGate() {
        steps.release(1_000_000);
        gate.countDown();
    }

    List<FunctionModule> modules() {
        return List.of(counter(), chat(), notes(), echo(), example());
    }

    private static FunctionModule counter() {
        return FunctionModule.named("counter")
                .table(TableDefinition.named(COUNTERS).index("by_name", "name"))
                .query("read")
                .argument("name", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(
                        find(context, arguments).map(row -> row.number("value")).orElse(0.0)))
                .query("isPositive")
                .argument("name", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(find(context, arguments)
                        .filter(row -> row.number("value") > 0)
                        .isPresent()))
                .mutation("add")
                .argument("name", Validator.string())
                .argument("by", Validator.number())
                .handler(ExampleModule::add)
                .mutation("addAsEditor")
                .guard(Guard.right("editor"))
                .argument("name", Validator.string())
                .argument("by", Validator.number())
                .handler(ExampleModule::add)
                .mutation("addToBoth")
                .argument("names", Validator.array(Validator.string()))
                .handler((context, arguments) -> {
                    arguments
                            .array("names")
                            .forEach(name -> add(context, ConvexObject.of("name", name, "by", ConvexValue.of(1))));
                    return ConvexValue.ofNull();
                })
                .mutation("addAndFail")
                .argument("name", Validator.string())
                .argument("by", Validator.number())
                .handler((context, arguments) -> {
                    add(context, arguments);
                    throw ConvexError.of("refused", "This always fails.");
                })
                .action("addByAction")
                .argument("name", Validator.string())
                .argument("by", Validator.number())
                .handler((context, arguments) -> context.runMutation("counter:add", arguments))
                .build();
    }

    private static Optional<ConvexObject> find(QueryContext context, ConvexObject arguments) {
        return context.db()
                .query(COUNTERS)
                .withIndex("by_name", IndexRange.all().eq("name", arguments.value("name")))
                .unique();
    }

    private static ConvexValue add(MutationContext context, ConvexObject arguments) {
        Optional<ConvexObject> row = find(context, arguments);
        double value = row.map(present -> present.number("value")).orElse(0.0) + arguments.number("by");
        ConvexObject changed = ConvexObject.of("name", arguments.value("name"), "value", ConvexValue.of(value));
        row.ifPresentOrElse(
                present -> context.db().replace(COUNTERS, present.string("_id"), changed),
                () -> context.db().insert(COUNTERS, changed));
        return ConvexValue.of(value);
    }

    private static FunctionModule chat() {
        return FunctionModule.named("chat")
                .table(TableDefinition.named(MESSAGES))
                .query("list")
                .handler((context, arguments) -> ConvexValue.of(context.db().query(MESSAGES).collect().stream()
                        .map(message -> message.value("body"))
                        .toList()))
                .mutation("send")
                .argument("body", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(context.db().insert(MESSAGES, arguments)))
                .build();
    }

    private static FunctionModule notes() {
        return FunctionModule.named("notes")
                .table(TableDefinition.named(NOTES).index("by_rank", "rank"))
                .query("page")
                .argument("paginationOpts", PaginationOptions.validator())
                .returns(PaginationResult.validator(Validator.number()))
                .handler((context, arguments) -> context.db()
                        .query(NOTES)
                        .withIndex("by_rank", IndexRange.all())
                        .paginate(PaginationOptions.of(arguments.object("paginationOpts")))
                        .toValue(note -> note.value("rank")))
                .query("count")
                .handler((context, arguments) ->
                        ConvexValue.of(context.db().query(NOTES).count()))
                .mutation("put")
                .argument("ranks", Validator.array(Validator.number()))
                .handler((context, arguments) -> {
                    arguments.array("ranks").forEach(rank -> context.db().insert(NOTES, ConvexObject.of("rank", rank)));
                    return ConvexValue.ofNull();
                })
                .mutation("remove")
                .argument("rank", Validator.number())
                .handler((context, arguments) -> {
                    context.db()
                            .query(NOTES)
                            .withIndex("by_rank", IndexRange.all().eq("rank", arguments.value("rank")))
                            .collect()
                            .forEach(note -> context.db().delete(NOTES, note.string("_id")));
                    return ConvexValue.ofNull();
                })
                .build();
    }

    /** Every kind of function, returning what it is given or throwing it. */
    private static FunctionModule echo() {
        return FunctionModule.named("echo")
                .query("query")
                .argument("value", Validator.any())
                .handler((context, arguments) -> arguments.value("value"))
                .mutation("mutation")
                .argument("value", Validator.any())
                .handler((context, arguments) -> arguments.value("value"))
                .action("action")
                .argument("value", Validator.any())
                .handler((context, arguments) -> arguments.value("value"))
                .query("throwingQuery")
                .argument("value", Validator.any())
                .handler((context, arguments) -> thrown(arguments))
                .mutation("throwingMutation")
                .argument("value", Validator.any())
                .handler((context, arguments) -> thrown(arguments))
                .action("throwingAction")
                .argument("value", Validator.any())
                .handler((context, arguments) -> thrown(arguments))
                .build();
    }

    private static ConvexValue thrown(ConvexObject arguments) {
        throw new ConvexError(arguments.value("value"));
    }

    private FunctionModule example() {
        return FunctionModule.named("example")
                .query("who")
                .caller(CallerFacts.PERSON)
                .handler((context, arguments) ->
                        ConvexValue.of(context.caller().userId().orElse("nobody")))
                .mutation("whoWrites")
                .caller(CallerFacts.PERSON)
                .handler((context, arguments) ->
                        ConvexValue.of(context.caller().userId().orElse("nobody")))
                .query("forEditors")
                .guard(Guard.right("editor"))
                .handler((context, arguments) -> ConvexValue.of("secret"))
                .query("refuse")
                .handler((context, arguments) -> {
                    throw ConvexError.of("forbidden", "You may not.");
                })
                .query("crash")
                .handler((context, arguments) -> {
                    throw new IllegalStateException("a fault of the function");
                })
                .query("hidden")
                .internal()
                .handler((context, arguments) -> ConvexValue.ofNull())
                .query("values")
                .handler((context, arguments) -> ConvexObject.builder()
                        .put("whole", ConvexValue.of(1))
                        .put("int64", ConvexValue.int64(7))
                        .put("notANumber", ConvexValue.of(Double.NaN))
                        .put("bytes", ConvexValue.of(new byte[] {1, 2, 3}))
                        .put("list", ConvexValue.array(ConvexValue.ofNull(), ConvexValue.of(true)))
                        .build())
                .query("large")
                .argument("name", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(LARGE_PART.repeat(LARGE_PARTS)
                        + find(context, arguments)
                                .map(row -> row.number("value"))
                                .orElse(0.0)))
                .query("demanded")
                .argument("key", Validator.string())
                .handler((context, arguments) -> context.db()
                        .get(SyncWorld.DEMANDED, arguments.string("key"))
                        .<ConvexValue>map(row -> row.value("value"))
                        .orElse(ConvexValue.ofNull()))
                .query("waitForStep")
                .argument("number", Validator.number())
                .handler((context, arguments) -> {
                    steps.acquire();
                    return arguments.value("number");
                })
                .mutation("wait")
                .handler((context, arguments) -> {
                    gate.await();
                    return ConvexValue.ofNull();
                })
                .build();
    }
}
