package dev.freshet.functions.api;

/**
 * What a function is told of its caller. Callers that look the same through this share one execution of a query, so
 * 400 members of a team on one team-wide query cost one run.
 */
public enum CallerFacts {
    /** Nothing: all callers share. */
    NOTHING,
    /** The team. */
    TEAM,
    /** The team and the caller's rights in it. */
    TEAM_AND_RIGHTS,
    /** All: who it is, the team, the rights and the token's claims. */
    PERSON
}
