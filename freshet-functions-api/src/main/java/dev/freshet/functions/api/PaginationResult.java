package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of documents. As long as somebody watches it, it goes on ending where it ended when it was first read, so that
 * pages grow and shrink with what is written into them but leave no gap between each other.
 *
 * @param page the documents
 * @param isDone whether nothing comes behind this page
 * @param continueCursor where the next page begins; a cursor also when there is no next page
 * @param splitCursor a place within the page at which a client may split it in two
 * @param pageStatus whether it should do so
 */
public record PaginationResult(
        List<ConvexObject> page,
        boolean isDone,
        String continueCursor,
        Optional<String> splitCursor,
        Optional<PageStatus> pageStatus) {
    public PaginationResult {
        page = List.copyOf(page);
        Objects.requireNonNull(continueCursor, "continueCursor");
        Objects.requireNonNull(splitCursor, "splitCursor");
        Objects.requireNonNull(pageStatus, "pageStatus");
    }

    /** Why a page should be split. */
    public enum PageStatus {
        /** It comes near the limits of one read. */
        SPLIT_RECOMMENDED("SplitRecommended"),
        /** It is incomplete, since a limit was reached before its end. */
        SPLIT_REQUIRED("SplitRequired");

        private final String wireName;

        PageStatus(String wireName) {
            this.wireName = wireName;
        }

        /** As clients know it. */
        public String wireName() {
            return wireName;
        }
    }

    /** What a query returns to a client's hook. */
    public ConvexObject toValue() {
        return toValue(Function.identity());
    }

    /** What a query returns to a client's hook, with each document as the function shows it. */
    public ConvexObject toValue(Function<ConvexObject, ? extends ConvexValue> shown) {
        return ConvexObject.builder()
                .put("page", ConvexValue.of(page.stream().map(shown).toList()))
                .put("isDone", isDone)
                .put("continueCursor", continueCursor)
                .putIfPresent("splitCursor", splitCursor.map(ConvexValue::of))
                .putIfPresent("pageStatus", pageStatus.map(status -> ConvexValue.of(status.wireName())))
                .build();
    }

    /** What {@link #toValue} gives, for {@link FunctionBuilder#returns}. */
    public static Validator validator(Validator document) {
        return Validator.object()
                .field("page", Validator.array(document))
                .field("isDone", Validator.bool())
                .field("continueCursor", Validator.string())
                .field("splitCursor", Validator.optional(Validator.string()))
                .field("pageStatus", Validator.optional(Validator.oneOf("SplitRecommended", "SplitRequired")));
    }
}
