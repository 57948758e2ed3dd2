package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;

/**
 * Says whether a caller may call a function. Runs for every caller and again when the caller's rights change, outside
 * the execution that callers share; it must be quick and must not block.
 */
@FunctionalInterface
public interface Guard {
    /**
     * Passes or throws.
     *
     * @throws ConvexError the refusal, which the client receives
     */
    void check(Caller caller, ConvexObject arguments);

    /** Lets everybody through. */
    static Guard open() {
        return (caller, arguments) -> {};
    }

    /** Lets through who belongs to a team. */
    static Guard teamMember() {
        return (caller, arguments) -> {
            if (caller.team().isEmpty()) {
                throw caller.administrator()
                        ? ConvexError.of("forbidden", "The admin key alone has no team.")
                        : ConvexError.of("unauthenticated", "This needs a signed-in member of a team.");
            }
        };
    }

    /** Lets through who belongs to a team and holds the right. */
    static Guard right(String right) {
        return teamMember().and((caller, arguments) -> {
            if (!caller.hasRight(right)) {
                throw ConvexError.of("forbidden", "This needs the right \"" + right + "\".");
            }
        });
    }

    /** Lets through the holder of the admin key. */
    static Guard administrator() {
        return (caller, arguments) -> {
            if (!caller.administrator()) {
                throw ConvexError.of("forbidden", "This needs the admin key.");
            }
        };
    }

    /** Both must pass, this one first. */
    default Guard and(Guard next) {
        return (caller, arguments) -> {
            check(caller, arguments);
            next.check(caller, arguments);
        };
    }
}
