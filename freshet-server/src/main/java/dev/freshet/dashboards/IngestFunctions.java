package dev.freshet.dashboards;

import dev.freshet.arrivals.Arrivals;
import dev.freshet.arrivals.LetterPageKey;
import dev.freshet.arrivals.LetterPlace;
import dev.freshet.functions.api.CallerFacts;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.Guard;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.QueryContext;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Optional;

/** {@code ingest:recent} and {@code ingest:rejected}: what came in lately, and what was refused. */
final class IngestFunctions {
    /** Where a page that is still being read says that it ends; clients that go on there are told to begin anew. */
    private static final String NOT_YET = "not-yet";

    private IngestFunctions() {}

    static FunctionModule module() {
        return FunctionModule.named("ingest")
                .query("recent")
                .argument("limit", Validator.number())
                .returns(Validator.unchecked(FunctionShapes.RECENT))
                .caller(CallerFacts.TEAM)
                .guard(Guard.teamMember())
                .handler(IngestFunctions::recent)
                .query("rejected")
                .argument("paginationOpts", PaginationOptions.validator())
                .returns(Validator.unchecked(FunctionShapes.REJECTED))
                .caller(CallerFacts.TEAM)
                .guard(Guard.teamMember())
                .handler(IngestFunctions::rejected)
                .build();
    }

    private static ConvexValue recent(QueryContext context, ConvexObject arguments) {
        int limit = whole(arguments.number("limit"), Arrivals.MOST_EVENTS, "limit");
        List<ConvexValue> rows = context.db()
                .get(ArrivalTables.EVENTS, context.caller().requireTeam())
                .flatMap(row -> row.findArray(ArrivalTables.ROWS))
                .map(ConvexArray::elements)
                .orElse(List.of());
        return ConvexValue.of(rows.subList(0, Math.min(limit, rows.size())));
    }

    private static ConvexValue rejected(QueryContext context, ConvexObject arguments) {
        ConvexObject options = arguments.object("paginationOpts");
        double items = options.number("numItems");
        LetterPageKey key = new LetterPageKey(
                context.caller().requireTeam(),
                options.findString("cursor").map(IngestFunctions::place).orElse(LetterPlace.START),
                options.findString("endCursor").map(IngestFunctions::place),
                // A page may hold fewer than are asked for.
                whole(
                        Math.min(items, LetterPageKey.MOST_LETTERS),
                        LetterPageKey.MOST_LETTERS,
                        "paginationOpts.numItems"));
        Optional<ConvexObject> row = context.db().get(ArrivalTables.LETTERS, key.text());
        ConvexObject.Builder page = ConvexObject.builder();
        if (row.isEmpty()) {
            return page.put("page", ConvexValue.array())
                    .put("isDone", false)
                    .put("continueCursor", NOT_YET)
                    .build();
        }
        if (row.get().find(ArrivalTables.TOO_MANY).isPresent()) {
            throw ConvexError.of(
                    "limit_exceeded",
                    "The open pages of this team would hold more than %d refused events, or those of all teams more than the server keeps; close some, or ask for fewer by paginationOpts.numItems."
                            .formatted(Arrivals.MOST_LETTERS),
                    "paginationOpts");
        }
        for (String field : List.of("page", "isDone", "continueCursor", "splitCursor", "pageStatus")) {
            page.putIfPresent(field, row.get().find(field));
        }
        return page.build();
    }

    private static int whole(double number, int most, String field) {
        if (number != Math.rint(number) || number < 1 || number > most) {
            throw ConvexError.of(
                    "invalid_argument", "%s must be a whole number from 1 to %d.".formatted(field, most), field);
        }
        return (int) number;
    }

    private static LetterPlace place(String cursor) {
        return LetterPlace.ofText(cursor)
                .orElseThrow(() -> new ConvexError(ConvexObject.builder()
                        .put("code", "invalid_argument")
                        .put("message", "InvalidCursor: this is no cursor of ingest:rejected; begin with null.")
                        .put("field", "paginationOpts.cursor")
                        .put("isConvexSystemError", true)
                        .put("paginationError", "InvalidCursor")
                        .build()));
    }
}
