package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Eventually;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueryCacheTest {
    private static final Caller NOBODY = Caller.anonymous();

    /** A page of the group that a setting names, so that its range moves with the setting. */
    private static FunctionModule module() {
        return FunctionModule.named("moving")
                .table(TableDefinition.named("items").index("by_group", "group", "rank"))
                .table(TableDefinition.named("settings"))
                .query("page")
                .handler((context, arguments) -> context.db()
                        .query("items")
                        .withIndex(
                                "by_group",
                                IndexRange.all()
                                        .eq(
                                                "group",
                                                context.db()
                                                        .query("settings")
                                                        .first()
                                                        .map(setting -> setting.string("group"))
                                                        .orElse("a")))
                        .order(Order.DESCENDING)
                        .paginate(PaginationOptions.first(1))
                        .toValue())
                .mutation("add")
                .argument("table", Validator.string())
                .argument("group", Validator.string())
                .handler((context, arguments) -> {
                    var _ = context.db()
                            .insert(arguments.string("table"), ConvexObject.of("group", arguments.value("group")));
                    return ConvexValue.ofNull();
                })
                .build();
    }

    @Test
    void aPinnedPageWhoseJournalChangedIsForgottenWhenNobodyWatchesIt() {
        try (ReactiveRuntime runtime =
                ReactiveRuntime.builder().module(module()).start()) {
            add(runtime, "items", "a");
            add(runtime, "items", "a");
            add(runtime, "items", "b");
            add(runtime, "items", "b");
            AtomicInteger heard = new AtomicInteger();
            QuerySubscription page =
                    runtime.watch("moving:page", ConvexObject.empty(), NOBODY, result -> heard.incrementAndGet());
            Eventually.eventually("the first page", () -> heard.get() == 1);
            add(runtime, "items", "a");
            Eventually.eventually("the page to grow, and to be pinned", () -> heard.get() == 2);
            add(runtime, "settings", "b");
            Eventually.eventually("the page of the other group, with a journal of its own", () -> heard.get() == 3);
            assertThat(runtime.figures().distinctQueries()).isEqualTo(1);

            page.close();
            Eventually.eventually("it to be let go", () -> {
                // It lies in the page, so it is the end of a query that nobody watches.
                add(runtime, "items", "b");
                return runtime.figures().distinctQueries() == 0;
            });
        }
    }

    private static void add(ReactiveRuntime runtime, String table, String group) {
        var _ = runtime.mutation(
                "moving:add", ConvexObject.of("table", ConvexValue.of(table), "group", ConvexValue.of(group)), NOBODY);
    }
}
