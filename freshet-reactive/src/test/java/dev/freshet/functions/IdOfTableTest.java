package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code Validator.id}: where the runtime makes a table's ids, only those pass. */
@Timeout(60)
class IdOfTableTest {
    private static final String WATCHED = "watched";
    private final ReactiveRuntime runtime = ReactiveRuntime.builder()
            .developmentErrors(true)
            .module(module())
            .demandTable(WATCHED, Duration.ofSeconds(1), new Unmoved())
            .start();

    private static FunctionModule module() {
        return FunctionModule.named("shop")
                .table(TableDefinition.named("products"))
                .table(TableDefinition.named("orders")
                        .document(Validator.object().field("product", Validator.id("products"))))
                .mutation("addProduct")
                .handler((context, arguments) -> ConvexValue.of(context.db().insert("products", ConvexObject.empty())))
                .mutation("order")
                .argument("product", Validator.id("products"))
                .handler((context, arguments) -> ConvexValue.of(context.db().insert("orders", arguments)))
                .mutation("orderUnchecked")
                .argument("product", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(context.db().insert("orders", arguments)))
                .query("look")
                .argument("either", Validator.nullable(Validator.id("products")))
                .handler((context, arguments) -> arguments.value("either"))
                .query("lookWatched")
                .argument("name", Validator.id(WATCHED))
                .handler((context, arguments) -> arguments.value("name"))
                .mutation("orderLater")
                .argument("product", Validator.string())
                .handler((context, arguments) ->
                        ConvexValue.of(context.scheduler().runAfter(Duration.ofDays(1), "shop:order", arguments)))
                .build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private String run(String path, String field, String value) {
        return ((ConvexString)
                        runtime.mutation(path, ConvexObject.of(field, ConvexValue.of(value)), Caller.anonymous()))
                .value();
    }

    private String product() {
        return ((ConvexString) runtime.mutation("shop:addProduct", ConvexObject.empty(), Caller.anonymous())).value();
    }

    @Test
    void aTablesOwnIdsPassAlsoThoseOfDocumentsThatAreGone() {
        String product = product();

        assertThat(run("shop:order", "product", product)).isNotEqualTo(product);
        assertThat(runtime.query("shop:look", ConvexObject.of("either", ConvexValue.ofNull()), Caller.anonymous()))
                .isEqualTo(ConvexValue.ofNull());
        assertThat(runtime.query("shop:look", ConvexObject.of("either", ConvexValue.of(product)), Caller.anonymous()))
                .isEqualTo(ConvexValue.of(product));
    }

    @Test
    void anotherTablesIdAndGarbageAreRefusedInArgumentsAndDocuments() {
        String product = product();
        String order = run("shop:order", "product", product);
        String damaged = (product.charAt(4) == '0' ? "1" : "0") + product.substring(1);
        for (String other :
                new String[] {order, "", "garbage", product + "0", product.toUpperCase(java.util.Locale.ROOT), damaged
                }) {
            for (String path : new String[] {"shop:order", "shop:orderLater"}) {
                assertThatThrownBy(() -> run(path, "product", other))
                        .as("%s %s", path, other)
                        .hasMessageContaining("ArgumentValidationError")
                        .hasMessageContaining("v.id(\"products\")");
            }
            assertThatThrownBy(() -> runtime.query(
                            "shop:look", ConvexObject.of("either", ConvexValue.of(other)), Caller.anonymous()))
                    .hasMessageContaining("ArgumentValidationError");
            assertThatThrownBy(() -> run("shop:orderUnchecked", "product", other))
                    .hasMessageContaining("does not fit the table orders");
        }
    }

    @Test
    void namesThatAnotherStoreGivesAreStrings() {
        assertThat(runtime.query(
                        "shop:lookWatched", ConvexObject.of("name", ConvexValue.of("any")), Caller.anonymous()))
                .isEqualTo(ConvexValue.of("any"));
    }

    private static final class Unmoved implements DemandProvider {
        @Override
        public void demanded(String key) {
            // Nothing comes.
        }

        @Override
        public void released(String key) {
            // Nothing goes.
        }
    }
}
