package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A named group of functions and the tables they need. Implement it, with a constructor without parameters, to be found
 * by {@link java.util.ServiceLoader}, or make one with {@link #named(String)}.
 *
 * <pre>{@code
 * FunctionModule counter = FunctionModule.named("counter")
 *         .table(TableDefinition.named("counters").index("by_name", "name"))
 *         .query("read")
 *         .argument("name", Validator.string())
 *         .handler((context, arguments) -> ...)
 *         .mutation("add")
 *         .argument("name", Validator.string())
 *         .handler((context, arguments) -> ...)
 *         .build();
 * }</pre>
 */
public interface FunctionModule {
    /** The tables this module owns; another module may read and write them too. */
    List<TableDefinition> tables();

    /** The functions, each with its full path. */
    List<FunctionDefinition> functions();

    /** What runs by itself, again and again. */
    default List<CronDefinition> crons() {
        return List.of();
    }

    /** Begins a module. Nested modules are written {@code "folder/module"}. */
    static Builder named(String name) {
        return new Builder(name);
    }

    /** Collects tables and functions. Not safe for several threads. */
    final class Builder {
        private final String name;
        private final List<TableDefinition> tables = new ArrayList<>();
        private final List<FunctionDefinition> functions = new ArrayList<>();
        private final List<CronDefinition> crons = new ArrayList<>();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Adds a table. */
        public Builder table(TableDefinition table) {
            tables.add(table);
            return this;
        }

        /** Begins a query: a pure function of arguments, declared caller and one snapshot of the tables. */
        public FunctionBuilder<QueryHandler> query(String function) {
            return new FunctionBuilder<>(FunctionPath.of(name, function), this, FunctionHandler.OfQuery::new);
        }

        /** Begins a mutation: one serializable transaction; it may be run more than once until it commits once. */
        public FunctionBuilder<MutationHandler> mutation(String function) {
            return new FunctionBuilder<>(FunctionPath.of(name, function), this, FunctionHandler.OfMutation::new);
        }

        /** Begins an action: may block and do I/O, reaches tables through queries and mutations, runs at most once. */
        public FunctionBuilder<ActionHandler> action(String function) {
            return new FunctionBuilder<>(FunctionPath.of(name, function), this, FunctionHandler.OfAction::new);
        }

        /** Has a mutation or action of this or another module run again and again, without a caller. */
        public Builder cron(String cronName, CronSchedule schedule, String path, ConvexObject arguments) {
            crons.add(new CronDefinition(name + "/" + cronName, schedule, path, arguments));
            return this;
        }

        Builder add(FunctionDefinition definition) {
            functions.add(definition);
            return this;
        }

        /** The finished module. */
        public FunctionModule build() {
            return new DefinedModule(tables, functions, crons);
        }
    }
}
