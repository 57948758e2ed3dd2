package dev.freshet.sync.simulation;

import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionBuilder;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.MutationHandler;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A stock of items in groups, with each group's total in a table of its own. Each mutation writes into a third table who
 * sent what as which request and what was returned; {@link StockModel} says what that must have been.
 */
final class StockModule {
    static final String AUDIT = "audit";
    static final int FULL = 4;

    private static final String ITEMS = "items";
    private static final String TOTALS = "totals";

    private StockModule() {}

    /** @param durable whether the tables outlive the server */
    static FunctionModule module(boolean durable) {
        FunctionModule.Builder builder = FunctionModule.named("stock")
                .table(kept(
                        TableDefinition.named(ITEMS)
                                .index("by_name", "name")
                                .index("by_group", "group", "rank", "name"),
                        durable))
                .table(kept(TableDefinition.named(TOTALS).index("by_group", "group"), durable))
                .table(kept(TableDefinition.named(AUDIT), durable));
        queries(builder);
        mutation(builder, "put", StockModule::put, "name", "group");
        mutation(builder, "remove", StockModule::remove, "name");
        mutation(builder, "move", StockModule::move, "from", "to");
        mutation(builder, "take", StockModule::take, "name");
        mutation(builder, "refuse", StockModule::refuse, "name", "group");
        return builder.action("moveByAction")
                .argument("session", Validator.string())
                .argument("request", Validator.number())
                .argument("from", Validator.string())
                .argument("to", Validator.string())
                .handler((context, call) -> context.runMutation("stock:move", call))
                .build();
    }

    private static TableDefinition kept(TableDefinition table, boolean durable) {
        return durable ? table.durable() : table;
    }

    private static void queries(FunctionModule.Builder builder) {
        builder.query("item")
                .argument("name", Validator.string())
                .handler((context, call) -> find(context, call.string("name"))
                        .<ConvexValue>map(StockModule::shown)
                        .orElse(ConvexValue.ofNull()))
                .query("range")
                .argument("group", Validator.string())
                .argument("from", Validator.number())
                .argument("to", Validator.number())
                .handler((context, call) -> shown(context.db()
                        .query(ITEMS)
                        .withIndex(
                                "by_group",
                                IndexRange.all()
                                        .eq("group", call.value("group"))
                                        .gte("rank", call.value("from"))
                                        .lt("rank", call.value("to")))
                        .collect()))
                .query("last")
                .argument("group", Validator.string())
                .handler((context, call) ->
                        shown(group(context, call).order(Order.DESCENDING).take(2)))
                .query("count")
                .argument("group", Validator.string())
                .handler((context, call) -> ConvexValue.of(group(context, call).count()))
                .query("total")
                .argument("group", Validator.string())
                .handler((context, call) -> ConvexValue.of(total(context, call.string("group"))
                        .map(row -> row.number("amount"))
                        .orElse(0.0)))
                .query("unlessFull")
                .argument("group", Validator.string())
                .handler((context, call) -> {
                    long count = group(context, call).count();
                    if (count >= FULL) {
                        throw new ConvexError(ConvexValue.of(count));
                    }
                    return ConvexValue.of(count);
                })
                .query("page")
                .argument("group", Validator.string())
                .argument("paginationOpts", PaginationOptions.validator())
                .handler((context, call) -> group(context, call)
                        .paginate(PaginationOptions.of(call.object("paginationOpts")))
                        .toValue(StockModule::shown))
                .query("who")
                .caller(CallerFacts.PERSON)
                .handler((context, call) ->
                        ConvexValue.of(context.caller().userId().orElse("nobody")))
                .query("countForMembers")
                .argument("group", Validator.string())
                .guard(Guard.signedIn())
                .handler((context, call) -> ConvexValue.of(group(context, call).count()));
    }

    private static TableQuery group(QueryContext context, ConvexObject call) {
        return context.db().query(ITEMS).withIndex("by_group", IndexRange.all().eq("group", call.value("group")));
    }

    private static Optional<ConvexObject> find(QueryContext context, String name) {
        return context.db()
                .query(ITEMS)
                .withIndex("by_name", IndexRange.all().eq("name", name))
                .unique();
    }

    private static Optional<ConvexObject> total(QueryContext context, String group) {
        return context.db()
                .query(TOTALS)
                .withIndex("by_group", IndexRange.all().eq("group", group))
                .unique();
    }

    private static ConvexObject shown(ConvexObject row) {
        return row.without("_id").without("_creationTime");
    }

    private static ConvexValue shown(List<ConvexObject> rows) {
        return ConvexValue.of(rows.stream().map(StockModule::shown).toList());
    }

    private static void mutation(
            FunctionModule.Builder builder,
            String name,
            BiFunction<MutationContext, ConvexObject, ConvexValue> change,
            String... texts) {
        FunctionBuilder<MutationHandler> function = builder.mutation(name)
                .caller(CallerFacts.PERSON)
                .argument("session", Validator.string())
                .argument("request", Validator.number());
        for (String text : texts) {
            function = function.argument(text, Validator.string());
        }
        if (List.of("put", "refuse").contains(name)) {
            function = function.argument("rank", Validator.number());
        }
        if (List.of("put", "refuse", "take").contains(name)) {
            function = function.argument("amount", Validator.number());
        }
        function.handler((context, call) -> {
            ConvexValue result = change.apply(context, call);
            context.db()
                    .insert(
                            AUDIT,
                            ConvexObject.builder()
                                    .put("function", "stock:" + name)
                                    .put("call", call)
                                    .put("by", context.caller().userId().orElse("nobody"))
                                    .put("result", result)
                                    .build());
            return result;
        });
    }

    /** Gives the amount that there was. */
    private static ConvexValue put(MutationContext context, ConvexObject call) {
        ConvexObject row = call.without("session").without("request");
        Optional<ConvexObject> old = find(context, call.string("name"));
        old.ifPresentOrElse(
                before -> {
                    addToTotal(context, before.string("group"), -before.number("amount"));
                    context.db().replace(ITEMS, before.string("_id"), row);
                },
                () -> context.db().insert(ITEMS, row));
        addToTotal(context, call.string("group"), call.number("amount"));
        return ConvexValue.of(old.map(before -> before.number("amount")).orElse(0.0));
    }

    private static void addToTotal(MutationContext context, String group, double by) {
        Optional<ConvexObject> old = total(context, group);
        ConvexObject row = ConvexObject.of(
                "group",
                ConvexValue.of(group),
                "amount",
                ConvexValue.of(old.map(present -> present.number("amount")).orElse(0.0) + by));
        old.ifPresentOrElse(
                present -> context.db().replace(TOTALS, present.string("_id"), row),
                () -> context.db().insert(TOTALS, row));
    }

    /** Says whether there was such an item. */
    private static ConvexValue remove(MutationContext context, ConvexObject call) {
        Optional<ConvexObject> old = find(context, call.string("name"));
        old.ifPresent(row -> {
            addToTotal(context, row.string("group"), -row.number("amount"));
            context.db().delete(ITEMS, row.string("_id"));
        });
        return ConvexValue.of(old.isPresent());
    }

    /** Moves half of the amount; gives what was moved. Several of these give the same in one order only. */
    private static ConvexValue move(MutationContext context, ConvexObject call) {
        Optional<ConvexObject> from = find(context, call.string("from"));
        Optional<ConvexObject> to = find(context, call.string("to"));
        if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            return ConvexValue.of(0);
        }
        double moved = Math.floor(from.get().number("amount") / 2);
        addAmount(context, from.get(), -moved);
        addAmount(context, to.get(), moved);
        return ConvexValue.of(moved);
    }

    private static void addAmount(MutationContext context, ConvexObject row, double by) {
        ConvexValue amount = ConvexValue.of(row.number("amount") + by);
        context.db().patch(ITEMS, row.string("_id"), ConvexObject.of("amount", amount));
        addToTotal(context, row.string("group"), by);
    }

    /** Refused when there is not so much; gives what is left. */
    private static ConvexValue take(MutationContext context, ConvexObject call) {
        Optional<ConvexObject> row = find(context, call.string("name"));
        double left = row.map(found -> found.number("amount")).orElse(0.0) - call.number("amount");
        row.ifPresent(found -> addAmount(context, found, -call.number("amount")));
        if (left < 0) {
            throw ConvexError.of("refused", "There is not so much.");
        }
        return ConvexValue.of(left);
    }

    /** Always refused, after it has written. */
    private static ConvexValue refuse(MutationContext context, ConvexObject call) {
        put(context, call);
        throw ConvexError.of("refused", "This is always refused.");
    }
}
