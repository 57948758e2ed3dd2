package dev.freshet.dashboards;

import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.EventQuota;
import dev.freshet.documents.Role;
import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code writeKeys:list}, {@code create} and {@code revoke}, for admins and owners.
 *
 * <p>The mutations change MongoDB while they run and touch no reactive table, so nothing conflicts with them and they run once.
 * The list comes by {@link WriteKeyTable}. A process that ends between the change and its answer leaves at worst a key that
 * nobody was told, which the list shows.
 */
final class WriteKeyFunctions {
    private static final Guard KEEPER = Guard.right(Role.ADMIN.wireName());

    private final Supplier<WriteKeys> writeKeys;

    /** @param writeKeys asked when a function runs */
    WriteKeyFunctions(Supplier<WriteKeys> writeKeys) {
        this.writeKeys = writeKeys;
    }

    FunctionModule module() {
        return FunctionModule.named("writeKeys")
                .query("list")
                .returns(Validator.unchecked(FunctionShapes.WRITE_KEYS))
                .caller(CallerFacts.TEAM)
                .guard(KEEPER)
                .handler((context, arguments) -> list(context))
                .mutation("create")
                .argument("name", Validator.string())
                .argument("eventsPerSecond", Validator.optional(Validator.number()))
                .argument("burst", Validator.optional(Validator.number()))
                .returns(Validator.object().field("keyId", Validator.string()).field("key", Validator.string()))
                .caller(CallerFacts.TEAM)
                .guard(KEEPER)
                .handler(this::create)
                .mutation("revoke")
                .argument("keyId", Validator.string())
                .returns(Validator.nothing())
                .caller(CallerFacts.TEAM)
                .guard(KEEPER)
                .handler(this::revoke)
                .build();
    }

    private static ConvexValue list(QueryContext context) {
        return context.db()
                .get(WriteKeyTable.NAME, context.caller().requireTeam())
                .flatMap(row -> row.find(WriteKeyTable.ROWS))
                .orElseGet(() -> ConvexValue.of(List.of()));
    }

    private ConvexValue create(MutationContext context, ConvexObject arguments) {
        String name = WriteKeys.usableName(arguments.string("name"))
                .orElseThrow(() -> ConvexError.of(
                        "invalid_argument",
                        "name must have 1 to %d characters.".formatted(WriteKeys.MAX_NAME),
                        "name"));
        Optional<EventQuota> quota = quota(arguments);
        WriteKeys.Created created =
                stored(() -> writeKeys.get().create(context.caller().requireTeam(), name, quota));
        return ConvexObject.builder()
                .put("keyId", created.keyId())
                .put("key", created.key())
                .build();
    }

    private static Optional<EventQuota> quota(ConvexObject arguments) {
        Optional<Integer> eventsPerSecond = events(arguments, "eventsPerSecond");
        Optional<Integer> burst = events(arguments, "burst");
        if (burst.isPresent() && eventsPerSecond.isEmpty()) {
            throw ConvexError.of("invalid_argument", "burst needs eventsPerSecond beside it.", "burst");
        }
        return eventsPerSecond.map(
                rate -> burst.map(most -> new EventQuota(rate, most)).orElseGet(() -> EventQuota.of(rate)));
    }

    private static Optional<Integer> events(ConvexObject arguments, String field) {
        return arguments.findNumber(field).map(events -> {
            if (!EventQuota.isUsable(events)) {
                throw ConvexError.of(
                        "invalid_argument",
                        "%s must be a whole number from 1 to %d.".formatted(field, EventQuota.MOST),
                        field);
            }
            return events.intValue();
        });
    }

    private ConvexValue revoke(MutationContext context, ConvexObject arguments) {
        String keyId = arguments.string("keyId");
        if (!stored(() -> writeKeys.get().revoke(context.caller().requireTeam(), keyId))) {
            throw ConvexError.of("not_found", "The team has no such write key.", "keyId");
        }
        return ConvexNull.NULL;
    }

    private static <T> T stored(Supplier<T> change) {
        try {
            return change.get();
        } catch (DocumentStoreException failure) {
            String message = String.valueOf(failure.getMessage());
            throw switch (failure.code()) {
                case LIMIT_EXCEEDED -> ConvexError.of("limit_exceeded", message);
                case NOT_FOUND -> ConvexError.of("not_found", message);
                case UNREACHABLE, UNREADABLE_DOCUMENT -> ConvexError.of("unavailable", message);
                case INVALID_URI, UNUSABLE_FOLDER, DUPLICATE, REFUSED_CONTENT -> failure;
            };
        }
    }
}
