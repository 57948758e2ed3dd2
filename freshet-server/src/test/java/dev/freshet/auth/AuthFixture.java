package dev.freshet.auth;

import dev.freshet.documents.DocumentStore;
import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.Installation;
import dev.freshet.documents.PublishedKeys;
import dev.freshet.documents.Sessions;
import dev.freshet.documents.Teams;
import dev.freshet.documents.Users;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/** Everything of sign-in over one real store, as the server wires it, except for the clock and cheap password hashes. */
final class AuthFixture implements AutoCloseable {
    final HandClock clock;
    final DocumentStore store;
    final Users users;
    final Teams teams;
    final Sessions sessions;
    final Installation installation;
    final TokenSettings settings = TokenSettings.of(URI.create("http://127.0.0.1:8080/"));
    final Passwords passwords;
    final SigningKeys signingKeys;
    final RevokedSessions revoked;
    final TokenIssuer issuer;
    final TokenVerifier verifier;
    final SignIn signIn;
    final WriteKeys writeKeys;

    AuthFixture(Path folder, HandClock clock) {
        SecureRandom random = new SecureRandom();
        this.clock = clock;
        this.store = DocumentStore.openEmbedded(folder.resolve("documents"), random);
        this.users = new Users(store, clock);
        this.teams = new Teams(store, clock);
        this.sessions = new Sessions(store);
        this.installation = new Installation(store);
        this.passwords = new Passwords(random, 2, new Argon2Cost(64, 1, 1));
        this.signingKeys = SigningKeys.open(folder.resolve("auth"), new PublishedKeys(store), random, clock);
        this.revoked = RevokedSessions.open(sessions, settings, clock);
        this.issuer = new TokenIssuer(settings, signingKeys, clock);
        this.verifier = new TokenVerifier(settings, signingKeys, revoked, clock);
        SignInThrottle throttle = new SignInThrottle(clock);
        this.signIn = new SignIn(users, sessions, passwords, issuer, verifier, revoked, throttle, random, clock);
        this.writeKeys = WriteKeys.open(teams, random, clock);
    }

    FirstStart.Outcome firstStart(Optional<String> adminKey, Optional<String> writeKey, Optional<String> password) {
        Optional<FirstStart.Owner> owner = password.map(text ->
                new FirstStart.Owner(EmailAddress.parse("Owner@example.org").orElseThrow(), text, "Owner"));
        return new FirstStart(installation, teams, users, writeKeys, passwords, new SecureRandom())
                .run(new FirstStart.Settings("First team", adminKey, writeKey, owner));
    }

    @Override
    public void close() {
        store.close();
    }
}
