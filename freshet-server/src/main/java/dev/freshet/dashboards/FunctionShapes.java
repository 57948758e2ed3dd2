package dev.freshet.dashboards;

import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexValue;

/** What the product's functions take and give, for generated clients; the functions themselves check what they take. */
final class FunctionShapes {
    private static final Validator TEXT = Validator.string();
    private static final Validator NUMBER = Validator.number();

    static final Validator MATCH = Validator.object()
            .field(
                    "eventType",
                    Validator.optional(
                            Validator.oneOf("page_view", "feature_used", "error_occurred", "conversion_step")))
            .field("name", Validator.optional(Validator.union(TEXT, Validator.array(TEXT))))
            .field(
                    "properties",
                    Validator.optional(
                            Validator.record(Validator.union(TEXT, NUMBER, Validator.bool(), Validator.nothing()))));

    /** The kinds that {@code metrics:live} answers. */
    static final Validator METRIC = Validator.union(
            kind("count").field("match", MATCH),
            kind("uniqueUsers").field("match", MATCH),
            kind("activeSessions").field("windowSeconds", NUMBER),
            kind("ratio").field("numerator", MATCH).field("denominator", MATCH),
            kind("breakdown").field("match", MATCH).field("by", TEXT).field("limit", NUMBER));

    static final Validator RANGE = Validator.object().field("lastSeconds", NUMBER);
    static final Validator INTERVAL = Validator.oneOf("second", "minute", "hour");

    /** Null while the first answer is computed. */
    static final Validator LIVE = Validator.union(
            result().field("total", NUMBER),
            result().field("total", NUMBER)
                    .field(
                            "points",
                            Validator.array(
                                    Validator.object().field("t", NUMBER).field("value", NUMBER))),
            result().field(
                            "rows",
                            Validator.array(Validator.object()
                                    .field("key", TEXT)
                                    .field("count", NUMBER)
                                    .field("uniqueUsers", NUMBER)))
                    .field("otherCount", NUMBER),
            Validator.nothing());

    static final Validator FRESHNESS =
            Validator.nullable(Validator.object().field("aggregatedTo", NUMBER).field("storedTo", NUMBER));

    static final Validator ME = Validator.object()
            .field("_id", TEXT)
            .field("teamId", TEXT)
            .field("email", Validator.optional(TEXT))
            .field("name", Validator.optional(TEXT))
            .field("role", Validator.optional(TEXT));

    static final Validator RECENT = Validator.array(Validator.object()
            .field("_id", TEXT)
            .field("eventType", TEXT)
            .field("name", TEXT)
            .field("userId", TEXT)
            .field("sessionId", TEXT)
            .field("timestamp", NUMBER)
            .field("receivedAt", NUMBER)
            .field("properties", TEXT)
            .field("isCut", Validator.optional(Validator.bool())));

    static final Validator REJECTED = PaginationResult.validator(Validator.object()
            .field("_id", TEXT)
            .field("receivedAt", NUMBER)
            .field("dialect", TEXT)
            .field("code", TEXT)
            .field("message", TEXT)
            .field("body", TEXT));

    static final Validator WRITE_KEYS = Validator.array(Validator.object()
            .field("_id", TEXT)
            .field("_creationTime", NUMBER)
            .field("name", TEXT)
            .field("eventsPerSecond", Validator.optional(NUMBER))
            .field("burst", Validator.optional(NUMBER)));

    private FunctionShapes() {}

    private static Validator.ObjectOf kind(String kind) {
        return Validator.object().field("kind", Validator.literal(ConvexValue.of(kind)));
    }

    private static Validator.ObjectOf result() {
        return Validator.object()
                .field("approximate", Validator.optional(Validator.bool()))
                .field("delayed", Validator.optional(Validator.bool()));
    }
}
