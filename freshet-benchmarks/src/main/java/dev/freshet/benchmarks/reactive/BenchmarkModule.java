package dev.freshet.benchmarks.reactive;

import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitStore;
import java.util.Optional;

/** Counters by key, and a table to be counted. */
final class BenchmarkModule {
    static final String FILLED = "filled";
    static final int FILLED_AT_ONCE = 10_000;

    private static final String COUNTERS = "counters";

    private BenchmarkModule() {}

    static ReactiveRuntime inMemory() {
        return ReactiveRuntime.builder()
                .module(module(TableDefinition.named(COUNTERS)))
                .start();
    }

    static ReactiveRuntime durable(CommitStore store) {
        return ReactiveRuntime.builder()
                .module(module(TableDefinition.named(COUNTERS).durable()))
                .commitStore(store)
                .start();
    }

    static ConvexObject key(String key) {
        return ConvexObject.of("key", ConvexValue.of(key));
    }

    private static FunctionModule module(TableDefinition counters) {
        return FunctionModule.named("bench")
                .table(counters.index("by_key", "key"))
                .table(TableDefinition.named(FILLED))
                .query("read")
                .argument("key", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(valueOf(find(context, arguments))))
                .mutation("add")
                .argument("key", Validator.string())
                .handler((context, arguments) -> add(context, arguments))
                .mutation("fill")
                .handler((context, arguments) -> {
                    for (int index = 0; index < FILLED_AT_ONCE; index++) {
                        context.db().insert(FILLED, key("filled"));
                    }
                    return ConvexValue.ofNull();
                })
                .build();
    }

    private static Optional<ConvexObject> find(QueryContext context, ConvexObject arguments) {
        return context.db()
                .query(COUNTERS)
                .withIndex("by_key", IndexRange.all().eq("key", arguments.value("key")))
                .unique();
    }

    private static double valueOf(Optional<ConvexObject> counter) {
        return counter.map(row -> row.number("value")).orElse(0.0);
    }

    private static ConvexValue add(MutationContext context, ConvexObject arguments) {
        Optional<ConvexObject> counter = find(context, arguments);
        ConvexValue value = ConvexValue.of(valueOf(counter) + 1);
        counter.ifPresentOrElse(
                row -> context.db().patch(COUNTERS, row.string("_id"), ConvexObject.of("value", value)),
                () -> context.db().insert(COUNTERS, arguments.with("value", value)));
        return value;
    }
}
