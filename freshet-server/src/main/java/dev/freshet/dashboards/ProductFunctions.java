package dev.freshet.dashboards;

import dev.freshet.aggregate.LiveMetricKey;
import dev.freshet.aggregate.LiveSupport;
import dev.freshet.auth.WriteKeys;
import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The public functions there are: of the modules {@code metrics}, {@code system}, {@code users},
 * {@code ingest} and {@code writeKeys}.
 */
public final class ProductFunctions {
    private ProductFunctions() {}

    public static List<FunctionModule> modules() {
        return List.of(metrics(), system(), users(), IngestFunctions.module());
    }

    /** {@code writeKeys:list}, {@code create} and {@code revoke}; needs the demand table {@link WriteKeyTable#NAME}. */
    public static FunctionModule writeKeys(WriteKeys writeKeys) {
        return new WriteKeyFunctions(() -> writeKeys).module();
    }

    /** All of them, to be looked at and not to be run. */
    public static List<FunctionModule> described() {
        List<FunctionModule> all = new ArrayList<>(modules());
        all.add(new WriteKeyFunctions(() -> {
                    throw new IllegalStateException("these functions are described only");
                })
                .module());
        return all;
    }

    private static FunctionModule metrics() {
        return FunctionModule.named("metrics")
                .query("live")
                .argument("metric", Validator.unchecked(FunctionShapes.METRIC))
                .argument("range", Validator.optional(Validator.unchecked(FunctionShapes.RANGE)))
                .argument("interval", Validator.optional(Validator.unchecked(FunctionShapes.INTERVAL)))
                .argument("filters", Validator.optional(Validator.unchecked(FunctionShapes.MATCH)))
                .returns(Validator.unchecked(FunctionShapes.LIVE))
                .caller(CallerFacts.TEAM)
                .guard(Guard.teamMember())
                .handler(ProductFunctions::live)
                .build();
    }

    /** Null while the first answer is computed; the row's coming runs the query again. */
    private static ConvexValue live(QueryContext context, ConvexObject arguments) {
        LiveMetricKey key = new LiveMetricKey(context.caller().requireTeam(), request(arguments));
        Optional<ConvexObject> row = context.db().get(LiveMetricTable.NAME, key.text());
        row.flatMap(found -> found.findObject(LiveMetricTable.FAILURE)).ifPresent(failure -> {
            throw new ConvexError(failure);
        });
        return row.flatMap(found -> found.find(LiveMetricTable.VALUE)).orElse(ConvexValue.ofNull());
    }

    private static MetricRequest request(ConvexObject arguments) {
        try {
            MetricRequest request = MetricRequest.parse(PlainValues.plainFields(arguments));
            LiveSupport.require(request);
            return request;
        } catch (MetricException refusal) {
            String message = String.valueOf(refusal.getMessage());
            String code = refusal.code().wireName();
            throw refusal.field()
                    .map(field -> ConvexError.of(code, message, field))
                    .orElseGet(() -> ConvexError.of(code, message));
        }
    }

    private static FunctionModule system() {
        return FunctionModule.named("system")
                .query("freshness")
                .returns(Validator.unchecked(FunctionShapes.FRESHNESS))
                .guard(Guard.teamMember())
                .handler((context, arguments) -> freshness(context))
                .build();
    }

    private static ConvexValue freshness(QueryContext context) {
        return context.db()
                .get(FreshnessTable.NAME, FreshnessTable.KEY)
                .<ConvexValue>map(row -> ConvexObject.builder()
                        .putIfPresent("aggregatedTo", row.find("aggregatedTo"))
                        .putIfPresent("storedTo", row.find("storedTo"))
                        .build())
                .orElse(ConvexValue.ofNull());
    }

    private static FunctionModule users() {
        return FunctionModule.named("users")
                .query("me")
                .returns(Validator.unchecked(FunctionShapes.ME))
                .caller(CallerFacts.PERSON)
                .guard(Guard.teamMember())
                .handler((context, arguments) -> ConvexObject.builder()
                        .put("_id", ConvexValue.of(context.caller().requireUserId()))
                        .put("teamId", ConvexValue.of(context.caller().requireTeam()))
                        .putIfPresent("email", context.caller().claims().find("email"))
                        .putIfPresent("name", context.caller().claims().find("name"))
                        .putIfPresent("role", context.caller().claims().find("role"))
                        .build())
                .build();
    }
}
