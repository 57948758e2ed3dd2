package dev.freshet.examples.counter;

import dev.freshet.functions.api.CronDefinition;
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

/** Counters by name, which outlive the server: {@code counter:read {name}} and {@code counter:add {name, by}}. */
public final class CounterModule implements FunctionModule {
    private static final String COUNTERS = "counters";

    private final FunctionModule module = FunctionModule.named("counter")
            .table(TableDefinition.named(COUNTERS)
                    .durable()
                    .document(
                            Validator.object().field("name", Validator.string()).field("value", Validator.number()))
                    .index("by_name", "name"))
            .query("read")
            .argument("name", Validator.string())
            .returns(Validator.number())
            .handler((context, arguments) -> ConvexValue.of(valueOf(find(context, arguments))))
            .mutation("add")
            .argument("name", Validator.string())
            .argument("by", Validator.number())
            .returns(Validator.number())
            .handler(CounterModule::add)
            .build();

    @Override
    public List<TableDefinition> tables() {
        return module.tables();
    }

    @Override
    public List<FunctionDefinition> functions() {
        return module.functions();
    }

    @Override
    public List<CronDefinition> crons() {
        return module.crons();
    }

    private static Optional<ConvexObject> find(QueryContext context, ConvexObject arguments) {
        return context.db()
                .query(COUNTERS)
                .withIndex("by_name", IndexRange.all().eq("name", arguments.value("name")))
                .unique();
    }

    private static double valueOf(Optional<ConvexObject> counter) {
        return counter.map(row -> row.number("value")).orElse(0.0);
    }

    private static ConvexValue add(MutationContext context, ConvexObject arguments) {
        Optional<ConvexObject> counter = find(context, arguments);
        ConvexValue value = ConvexValue.of(valueOf(counter) + arguments.number("by"));
        counter.ifPresentOrElse(
                row -> context.db().patch(COUNTERS, row.string("_id"), ConvexObject.of("value", value)),
                () -> context.db().insert(COUNTERS, ConvexObject.of("name", arguments.value("name"), "value", value)));
        return value;
    }
}
