package dev.freshet.benchmarks.reactive;

import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Optional;

/** Named counters for servers that {@link SocketsBenchmark} starts, which find this module in the benchmarks' own archive. */
public final class CountersModule implements FunctionModule {
    static final String READ = "benchmark:read";
    static final String ADD = "benchmark:add";

    private static final String COUNTERS = "benchmarkCounters";
    private static final String NAME = "name";
    private static final String VALUE = "value";

    private final FunctionModule functions = FunctionModule.named("benchmark")
            .table(TableDefinition.named(COUNTERS).index("by_name", NAME))
            .query("read")
            .argument(NAME, Validator.string())
            .handler((context, arguments) -> ConvexValue.of(
                    find(context, arguments).map(row -> row.number(VALUE)).orElse(0.0)))
            .mutation("add")
            .argument(NAME, Validator.string())
            .handler(CountersModule::add)
            .build();

    private static Optional<ConvexObject> find(QueryContext context, ConvexObject arguments) {
        return context.db()
                .query(COUNTERS)
                .withIndex("by_name", IndexRange.all().eq(NAME, arguments.value(NAME)))
                .unique();
    }

    private static ConvexValue add(MutationContext context, ConvexObject arguments) {
        Optional<ConvexObject> row = find(context, arguments);
        ConvexValue value =
                ConvexValue.of(row.map(present -> present.number(VALUE)).orElse(0.0) + 1);
        ConvexObject changed = ConvexObject.of(NAME, arguments.value(NAME), VALUE, value);
        row.ifPresentOrElse(
                present -> context.db().replace(COUNTERS, present.string("_id"), changed),
                () -> context.db().insert(COUNTERS, changed));
        return value;
    }

    @Override
    public List<TableDefinition> tables() {
        return functions.tables();
    }

    @Override
    public List<FunctionDefinition> functions() {
        return functions.functions();
    }
}
