package dev.freshet.functions;

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

/** Accounts in two branches, for tests: what is moved must add up, and who counts must count right. */
final class Ledger {
    static final String TABLE = "accounts";

    private Ledger() {}

    static FunctionModule module() {
        return FunctionModule.named("ledger")
                .table(TableDefinition.named(TABLE).index("by_name", "name").index("by_branch", "branch", "balance"))
                .query("balance")
                .argument("name", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(account(context, arguments.string("name"))
                        .map(row -> row.number("balance"))
                        .orElse(0.0)))
                .query("total")
                .argument("branch", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(rows(context, arguments.string("branch")).stream()
                        .mapToDouble(row -> row.number("balance"))
                        .sum()))
                .query("all")
                .handler((context, arguments) -> {
                    ConvexObject.Builder balances = ConvexObject.builder();
                    context.db()
                            .query(TABLE)
                            .collect()
                            .forEach(row -> balances.put(row.string("name"), row.value("balance")));
                    return balances.build();
                })
                .query("spin")
                .handler((context, arguments) -> {
                    while (true) {
                        context.db().get(TABLE, "nobody");
                    }
                })
                .mutation("add")
                .argument("name", Validator.string())
                .argument("branch", Validator.string())
                .argument("by", Validator.number())
                .handler((context, arguments) -> {
                    add(context, arguments.string("name"), arguments.string("branch"), arguments.number("by"));
                    return ConvexValue.ofNull();
                })
                .mutation("moveHalf")
                .argument("from", Validator.string())
                .argument("to", Validator.string())
                .handler(Ledger::moveHalf)
                .mutation("fail")
                .argument("name", Validator.string())
                .handler((context, arguments) -> {
                    add(context, arguments.string("name"), "north", 1_000);
                    throw new IllegalStateException("on purpose");
                })
                .build();
    }

    private static Optional<ConvexObject> account(QueryContext context, String name) {
        return context.db()
                .query(TABLE)
                .withIndex("by_name", IndexRange.all().eq("name", name))
                .unique();
    }

    private static List<ConvexObject> rows(QueryContext context, String branch) {
        return context.db()
                .query(TABLE)
                .withIndex("by_branch", IndexRange.all().eq("branch", branch))
                .collect();
    }

    private static void add(MutationContext context, String name, String branch, double by) {
        Optional<ConvexObject> row = account(context, name);
        if (row.isPresent()) {
            ConvexValue balance = ConvexValue.of(row.get().number("balance") + by);
            context.db().patch(TABLE, row.get().string("_id"), ConvexObject.of("balance", balance));
        } else {
            context.db()
                    .insert(
                            TABLE,
                            ConvexObject.builder()
                                    .put("name", ConvexValue.of(name))
                                    .put("branch", ConvexValue.of(branch))
                                    .put("balance", ConvexValue.of(by))
                                    .build());
        }
    }

    /** Not commutative: only one order of several of these gives what was left. Gives the amount. */
    private static ConvexValue moveHalf(MutationContext context, ConvexObject arguments) {
        double amount = Math.floor(account(context, arguments.string("from"))
                        .map(row -> row.number("balance"))
                        .orElse(0.0)
                / 2);
        add(context, arguments.string("from"), "north", -amount);
        add(context, arguments.string("to"), "south", amount);
        return ConvexValue.of(amount);
    }

    static ConvexObject named(String name) {
        return ConvexObject.of("name", ConvexValue.of(name));
    }

    static ConvexObject add(String name, String branch, double by) {
        return ConvexObject.builder()
                .put("name", ConvexValue.of(name))
                .put("branch", ConvexValue.of(branch))
                .put("by", ConvexValue.of(by))
                .build();
    }
}
