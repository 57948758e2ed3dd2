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
                throw refusalWithoutTeam(caller);
            }
        };
    }

    private static ConvexError refusalWithoutTeam(Caller caller) {
        if (caller.administrator()) {
            return ConvexError.of("forbidden", "The admin key alone has no team.");
        }
        return caller.userId().isPresent()
                ? ConvexError.of("forbidden", "This needs a member of a team; who is signed in belongs to none.")
                : ConvexError.of("unauthenticated", "This needs a signed-in member of a team.");
    }

    /** Lets through who is signed in, also by another issuer and without a team. */
    static Guard signedIn() {
        return (caller, arguments) -> {
            if (caller.userId().isEmpty()) {
                throw ConvexError.of("unauthenticated", "This needs a signed-in person.");
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
