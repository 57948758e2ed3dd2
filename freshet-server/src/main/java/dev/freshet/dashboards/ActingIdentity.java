package dev.freshet.dashboards;

import dev.freshet.documents.Role;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.Authentication;
import java.util.Optional;
import java.util.Set;

/**
 * Whom the holder of the admin key acts as, by attributes under the names of Convex's {@code UserIdentity}: with {@code team} and
 * {@code role}, which this server's tokens have too, the member {@code subject} of that team; without, a person of no team. The
 * holder may call internal functions all the while. Whether there is such a person is not asked.
 */
final class ActingIdentity {
    private static final String SUBJECT = "subject";
    private static final String ISSUER = "issuer";
    private static final String TOKEN_IDENTIFIER = "tokenIdentifier";
    private static final String TEAM = "team";
    private static final String ROLE = "role";

    private ActingIdentity() {}

    static Authentication authenticate(ConvexObject attributes) {
        Optional<String> subject = text(attributes, SUBJECT);
        if (subject.isEmpty()) {
            return refused("the identity must have a subject");
        }
        Optional<String> team = text(attributes, TEAM);
        Optional<Role> role = text(attributes, ROLE).flatMap(Role::ofWireName);
        if (team.isPresent() != attributes.has(ROLE) || team.isPresent() != role.isPresent()) {
            return refused("the identity must have both a team and a role of one, or neither");
        }
        String tokenIdentifier = text(attributes, TOKEN_IDENTIFIER)
                .orElseGet(() -> text(attributes, ISSUER).orElse("") + "|" + subject.get());
        String userId = team.isPresent() ? subject.get() : tokenIdentifier;
        ConvexObject claims = attributes.without(TEAM).with(TOKEN_IDENTIFIER, ConvexValue.of(tokenIdentifier));
        return new Authentication.Accepted(
                new Caller(
                        Optional.of(userId),
                        team,
                        role.map(MemberAuthenticator::rights).orElse(Set.of()),
                        true,
                        claims),
                Optional.empty());
    }

    private static Optional<String> text(ConvexObject attributes, String name) {
        return attributes
                .find(name)
                .flatMap(value -> value instanceof ConvexString(String text) && !text.isEmpty()
                        ? Optional.of(text)
                        : Optional.empty());
    }

    private static Authentication refused(String message) {
        return new Authentication.Refused("BadIdentity", message);
    }
}
