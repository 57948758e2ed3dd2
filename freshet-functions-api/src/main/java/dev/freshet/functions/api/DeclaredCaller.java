package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a caller that a function declared; equal for all callers that the function cannot tell apart. Reading
 * past the declaration is a mistake in the function and throws {@link IllegalStateException}.
 */
public final class DeclaredCaller {
    private final CallerFacts facts;
    private final Caller reduced;

    DeclaredCaller(CallerFacts facts, Caller reduced) {
        this.facts = facts;
        this.reduced = reduced;
    }

    /** What was declared. */
    public CallerFacts facts() {
        return facts;
    }

    /** The caller's team, if there is one. Needs {@link CallerFacts#TEAM}. */
    public Optional<String> team() {
        require(CallerFacts.TEAM);
        return reduced.team();
    }

    /** The caller's team, or the error {@code unauthenticated}. Needs {@link CallerFacts#TEAM}. */
    public String requireTeam() {
        return team().orElseThrow(() -> ConvexError.of("unauthenticated", "This needs a signed-in member of a team."));
    }

    /** The caller's rights. Needs {@link CallerFacts#TEAM_AND_RIGHTS}. */
    public Set<String> rights() {
        require(CallerFacts.TEAM_AND_RIGHTS);
        return reduced.rights();
    }

    /** Whether the caller holds the admin key. Needs {@link CallerFacts#TEAM_AND_RIGHTS}. */
    public boolean administrator() {
        require(CallerFacts.TEAM_AND_RIGHTS);
        return reduced.administrator();
    }

    /** The person, if signed in. Needs {@link CallerFacts#PERSON}. */
    public Optional<String> userId() {
        require(CallerFacts.PERSON);
        return reduced.userId();
    }

    /** The person, or the error {@code unauthenticated}. Needs {@link CallerFacts#PERSON}. */
    public String requireUserId() {
        return userId().orElseThrow(() -> ConvexError.of("unauthenticated", "This needs a signed-in person."));
    }

    /** What else the token said. Needs {@link CallerFacts#PERSON}. */
    public ConvexObject claims() {
        require(CallerFacts.PERSON);
        return reduced.claims();
    }

    /**
     * What another function that declared these facts sees of the caller, when this function calls it.
     *
     * @throws IllegalStateException when the other declares more than this one knows
     */
    public DeclaredCaller narrowedTo(CallerFacts less) {
        require(less);
        return reduced.declaring(less);
    }

    private void require(CallerFacts needed) {
        if (facts.compareTo(needed) < 0) {
            throw new IllegalStateException(
                    "the function declares " + facts + " of its caller, this needs caller(CallerFacts." + needed + ")");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeclaredCaller that && facts == that.facts && reduced.equals(that.reduced);
    }

    @Override
    public int hashCode() {
        return Objects.hash(facts, reduced);
    }

    @Override
    public String toString() {
        return facts + ":" + reduced;
    }
}
