package dev.freshet.auth;

import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.FollowedDocuments;
import dev.freshet.documents.Sessions;
import dev.freshet.documents.Users;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Whether a token's member and session are there, and which rights the member has, as MongoDB has it now: what a token says
 * of it is as old as the token. Whoever holds a token in use can be told of each change. Thread-safe.
 */
public final class Memberships implements AutoCloseable {
    private final FollowedDocuments<Membership.Present> members;
    private final FollowedDocuments<String> sessionOwners;

    private Memberships(FollowedDocuments<Membership.Present> members, FollowedDocuments<String> sessionOwners) {
        this.members = members;
        this.sessionOwners = sessionOwners;
    }

    /** Begins to follow members and sessions; close it before their store. */
    public static Memberships follow(Users users, Sessions sessions) {
        return new Memberships(users.follow(Membership.Present::of), sessions.followOwners());
    }

    /**
     * As it is now, or was last known while MongoDB is away. May block.
     *
     * @throws DocumentStoreException where MongoDB is away and nothing is known
     */
    public Membership find(VerifiedToken token) {
        if (!isOwner(token, sessionOwners.find(token.sessionId()))) {
            return new Membership.SignedOut();
        }
        return membership(members.find(token.caller().userId()));
    }

    /**
     * Tells of each change since {@link #find} gave this, from one of two threads. Does not block.
     *
     * @param changed must return at once
     * @return ends it, but for a call that is under way
     */
    public Runnable follow(VerifiedToken token, Membership.Present found, Consumer<Membership> changed) {
        String userId = token.caller().userId();
        Runnable endMember = members.follow(userId, Optional.of(found), member -> changed.accept(membership(member)));
        Runnable endSession = sessionOwners.follow(token.sessionId(), Optional.of(userId), owner -> {
            if (!isOwner(token, owner)) {
                changed.accept(new Membership.SignedOut());
            }
        });
        return () -> {
            endMember.run();
            endSession.run();
        };
    }

    private static boolean isOwner(VerifiedToken token, Optional<String> owner) {
        return owner.isPresent() && owner.get().equals(token.caller().userId());
    }

    private static Membership membership(Optional<Membership.Present> member) {
        return member.<Membership>map(present -> present).orElseGet(Membership.Removed::new);
    }

    /** Whether rights may be old, since MongoDB is away or its changes are not heard of. Does not block. */
    public boolean isStale() {
        return members.isStale() || sessionOwners.isStale();
    }

    @Override
    public void close() {
        members.close();
        sessionOwners.close();
    }
}
