package dev.freshet.dashboards;

import dev.freshet.auth.AdminKey;
import dev.freshet.auth.Caller;
import dev.freshet.auth.Membership;
import dev.freshet.auth.Memberships;
import dev.freshet.auth.PersonCheck;
import dev.freshet.auth.PersonToken;
import dev.freshet.auth.TokenCheck;
import dev.freshet.auth.TokenFault;
import dev.freshet.auth.TokenVerifier;
import dev.freshet.auth.TrustedIssuers;
import dev.freshet.auth.VerifiedToken;
import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.Role;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.AuthToken;
import dev.freshet.sync.Authentication;
import dev.freshet.sync.Authenticator;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who a token stands for: a member with the rights of their role and of every lesser one; a person whom another issuer
 * knows, who has no team and no rights; or the holder of the admin key, who has no team but may act as somebody. A member's
 * team and role are those that MongoDB has now, and a socket is told when they change, or when the member is removed or the
 * session signed out.
 */
public final class MemberAuthenticator implements Authenticator {
    private static final Logger log = LoggerFactory.getLogger(MemberAuthenticator.class);

    private static final String UNAUTHENTICATED = "Unauthenticated";

    private final TokenVerifier verifier;
    private final Memberships memberships;
    private final TrustedIssuers issuers;
    private final AdminKey adminKey;

    public MemberAuthenticator(
            TokenVerifier verifier, Memberships memberships, TrustedIssuers issuers, AdminKey adminKey) {
        this.verifier = verifier;
        this.memberships = memberships;
        this.issuers = issuers;
        this.adminKey = adminKey;
    }

    @Override
    public Authentication authenticate(AuthToken token) {
        return switch (token) {
            case AuthToken.User(String text) ->
                issuers.verify(text).map(MemberAuthenticator::person).orElseGet(() -> member(text));
            case AuthToken.Admin(String key, var actingAs) -> administrator(key, actingAs);
        };
    }

    private static Authentication person(PersonCheck check) {
        return switch (check) {
            case PersonCheck.Accepted(PersonToken token) ->
                new Authentication.Accepted(
                        dev.freshet.functions.api.Caller.person(token.tokenIdentifier(), Set.of())
                                .withClaims(IdentityClaims.of(token)),
                        Optional.of(token.takenUntil()));
            case PersonCheck.Refused(String code, String message) -> new Authentication.Refused(code, message);
            case PersonCheck.Unavailable(String message) -> new Authentication.Unavailable(message);
        };
    }

    private Authentication member(String text) {
        return switch (verifier.verify(text)) {
            case TokenCheck.Accepted(VerifiedToken token) -> member(token);
            case TokenCheck.Refused(TokenFault fault) ->
                new Authentication.Refused(
                        fault == TokenFault.WRONG_ISSUER ? "NoAuthProvider" : UNAUTHENTICATED, fault.sentence());
        };
    }

    private Authentication member(VerifiedToken token) {
        try {
            return member(token, memberships.find(token));
        } catch (DocumentStoreException away) {
            log.warn("a token cannot be judged while MongoDB is away [code={}]", away.code(), away);
            return new Authentication.Unavailable("who the token stands for cannot be read now; try again");
        }
    }

    private Authentication member(VerifiedToken token, Membership membership) {
        return switch (membership) {
            case Membership.Present present ->
                new Authentication.Accepted(
                        caller(token, present),
                        Optional.of(token.takenUntil()),
                        listener ->
                                memberships.follow(token, present, changed -> listener.accept(member(token, changed))));
            case Membership.Removed() ->
                new Authentication.Refused(UNAUTHENTICATED, "there is no such member any more");
            case Membership.SignedOut() ->
                new Authentication.Refused(UNAUTHENTICATED, TokenFault.SIGNED_OUT.sentence());
        };
    }

    private Authentication administrator(String key, Optional<ConvexObject> actingAs) {
        if (!adminKey.matches(key)) {
            return new Authentication.Refused("BadAdminKey", "this is not the admin key");
        }
        return actingAs.map(ActingIdentity::authenticate)
                .orElseGet(
                        () -> new Authentication.Accepted(dev.freshet.functions.api.Caller.admin(), Optional.empty()));
    }

    private static dev.freshet.functions.api.Caller caller(VerifiedToken token, Membership.Present present) {
        Caller member = present.caller();
        ConvexObject claims = ConvexObject.builder()
                .put("issuer", ConvexValue.of(token.issuer()))
                .put("subject", ConvexValue.of(member.userId()))
                .put("tokenIdentifier", ConvexValue.of(token.tokenIdentifier()))
                .put("email", ConvexValue.of(present.email()))
                .put("name", ConvexValue.of(present.name()))
                .put("role", ConvexValue.of(member.role().wireName()))
                .build();
        return dev.freshet.functions.api.Caller.member(member.userId(), member.teamId(), rights(member.role()))
                .withClaims(claims);
    }

    static Set<String> rights(Role role) {
        return Arrays.stream(Role.values())
                .filter(role::atLeast)
                .map(Role::wireName)
                .collect(Collectors.toSet());
    }
}
