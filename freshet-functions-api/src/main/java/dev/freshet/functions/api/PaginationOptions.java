package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which page of a query is asked for, as the official clients' hooks for pages say it. A query that takes them declares
 * {@code .argument("paginationOpts", PaginationOptions.validator())}.
 *
 * @param numItems how many documents a page has at first; later runs of the same page may hold more or fewer
 * @param cursor behind which place the page begins; empty for the beginning
 * @param endCursor up to and with which place it goes, whatever {@code numItems} says; empty for an open end
 * @param maximumRowsRead documents to look at, also such as a filter leaves out, before the page ends early
 * @param maximumBytesRead the same by their size
 */
public record PaginationOptions(
        int numItems,
        Optional<String> cursor,
        Optional<String> endCursor,
        OptionalInt maximumRowsRead,
        OptionalLong maximumBytesRead) {
    private static final Validator VALIDATOR = Validator.object()
            .field("numItems", Validator.number())
            .field("cursor", Validator.nullable(Validator.string()))
            .field("endCursor", Validator.optional(Validator.nullable(Validator.string())))
            .field("id", Validator.optional(Validator.number()))
            .field("maximumRowsRead", Validator.optional(Validator.number()))
            .field("maximumBytesRead", Validator.optional(Validator.number()));

    public PaginationOptions {
        Objects.requireNonNull(cursor, "cursor");
        Objects.requireNonNull(endCursor, "endCursor");
        if (numItems < 1) {
            throw new IllegalArgumentException("numItems is at least 1, not " + numItems);
        }
    }

    /** The first page, of so many documents. */
    public static PaginationOptions first(int numItems) {
        return new PaginationOptions(
                numItems, Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty());
    }

    /** The page behind this cursor, with the same options otherwise and an open end. */
    public PaginationOptions from(String newCursor) {
        return new PaginationOptions(
                numItems, Optional.of(newCursor), Optional.empty(), maximumRowsRead, maximumBytesRead);
    }

    /** This page up to and with this cursor. */
    public PaginationOptions through(String newEndCursor) {
        return new PaginationOptions(numItems, cursor, Optional.of(newEndCursor), maximumRowsRead, maximumBytesRead);
    }

    /** What the argument has to look like; {@code id}, by which hooks keep their pages apart, is allowed and means nothing. */
    public static Validator validator() {
        return VALIDATOR;
    }

    /**
     * Reads the argument.
     *
     * @throws ConvexError {@code invalid_argument} when a number is not a whole one of at least 1
     */
    public static PaginationOptions of(ConvexObject argument) {
        Optional<Long> rows =
                argument.findNumber("maximumRowsRead").map(rowsRead -> whole("maximumRowsRead", rowsRead));
        Optional<Long> bytes =
                argument.findNumber("maximumBytesRead").map(bytesRead -> whole("maximumBytesRead", bytesRead));
        return new PaginationOptions(
                clamped(whole("numItems", argument.number("numItems"))),
                argument.findString("cursor"),
                argument.findString("endCursor"),
                rows.map(count -> OptionalInt.of(clamped(count))).orElse(OptionalInt.empty()),
                bytes.map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private static long whole(String field, double number) {
        if (number != Math.rint(number) || number < 1) {
            throw ConvexError.of(
                    "invalid_argument",
                    "paginationOpts." + field + " must be a whole number from 1 on.",
                    "paginationOpts." + field);
        }
        return (long) number;
    }

    private static int clamped(long count) {
        return (int) Math.min(count, Integer.MAX_VALUE);
    }
}
