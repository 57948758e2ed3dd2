package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, as the server that verified the token says. What a team and a right are is the application's affair.
 *
 * @param userId the person; of a person whom another issuer knows this is the claim {@code tokenIdentifier}, since a bare
 *     subject could be anybody's
 * @param team whose data the caller may see
 * @param rights what the caller may do there, roles included
 * @param administrator holds the deployment's admin key: may call internal functions
 * @param claims what else the token said, under the names of Convex's {@code UserIdentity}, as {@code issuer}, {@code subject},
 *     {@code tokenIdentifier} or {@code email}: no more than that issuer's word
 */
public record Caller(
        Optional<String> userId,
        Optional<String> team,
        Set<String> rights,
        boolean administrator,
        ConvexObject claims) {
    private static final Caller ANONYMOUS =
            new Caller(Optional.empty(), Optional.empty(), Set.of(), false, ConvexObject.empty());

    public Caller {
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(team, "team");
        Objects.requireNonNull(claims, "claims");
        rights = Set.copyOf(rights);
    }

    /** A caller without a token. */
    public static Caller anonymous() {
        return ANONYMOUS;
    }

    /** A signed-in person in a team. */
    public static Caller member(String userId, String team, Set<String> rights) {
        return new Caller(Optional.of(userId), Optional.of(team), rights, false, ConvexObject.empty());
    }

    /** A signed-in person without a team. */
    public static Caller person(String userId, Set<String> rights) {
        return new Caller(Optional.of(userId), Optional.empty(), rights, false, ConvexObject.empty());
    }

    /** The holder of the admin key, who has no team. */
    public static Caller admin() {
        return new Caller(Optional.empty(), Optional.empty(), Set.of(), true, ConvexObject.empty());
    }

    /** This caller with the token's claims. */
    public Caller withClaims(ConvexObject claims) {
        return new Caller(userId, team, rights, administrator, claims);
    }

    /** Whether the caller holds the right. */
    public boolean hasRight(String right) {
        return rights.contains(right);
    }

    /** What a function that declared these facts sees of this caller. */
    public DeclaredCaller declaring(CallerFacts facts) {
        return switch (facts) {
            case NOTHING -> new DeclaredCaller(facts, ANONYMOUS);
            case TEAM ->
                new DeclaredCaller(facts, new Caller(Optional.empty(), team, Set.of(), false, ConvexObject.empty()));
            case TEAM_AND_RIGHTS ->
                new DeclaredCaller(
                        facts, new Caller(Optional.empty(), team, rights, administrator, ConvexObject.empty()));
            case PERSON -> new DeclaredCaller(facts, this);
        };
    }
}
