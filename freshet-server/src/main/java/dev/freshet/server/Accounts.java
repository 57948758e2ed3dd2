package dev.freshet.server;

import dev.freshet.auth.AdminKey;
import dev.freshet.auth.FirstStart;
import dev.freshet.auth.Memberships;
import dev.freshet.auth.Passwords;
import dev.freshet.auth.RevokedSessions;
import dev.freshet.auth.SignIn;
import dev.freshet.auth.SignInThrottle;
import dev.freshet.auth.SigningKeys;
import dev.freshet.auth.TokenIssuer;
import dev.freshet.auth.TokenSettings;
import dev.freshet.auth.TokenVerifier;
import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.DocumentStore;
import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.Installation;
import dev.freshet.documents.Profiles;
import dev.freshet.documents.PublishedKeys;
import dev.freshet.documents.Sessions;
import dev.freshet.documents.Teams;
import dev.freshet.documents.Users;
import dev.freshet.http.HealthPart;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The document store and what says who may do what, put together. Teams are made by the first start only, so their ids are
 * read once.
 */
final class Accounts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);

    private static final String FIRST_TEAM_NAME = "My team";
    private static final int PARALLEL_PASSWORDS = 2;

    private final DocumentStore documents;
    private final FirstStart.Outcome outcome;
    private final WriteKeys writeKeys;
    private final SigningKeys signingKeys;
    private final TokenSettings tokenSettings;
    private final TokenVerifier verifier;
    private final SignIn signIn;
    private final Memberships memberships;
    private final Set<String> teamIds;

    private Accounts(DocumentStore documents, ServerConfig config, Path data, URI url, InstantSource clock) {
        this.documents = documents;
        SecureRandom random = new SecureRandom();
        Teams teams = new Teams(documents, clock);
        Users users = new Users(documents, clock);
        Sessions sessions = new Sessions(documents);
        Passwords passwords = new Passwords(random, PARALLEL_PASSWORDS);
        writeKeys = WriteKeys.open(teams, random, clock);
        outcome = new FirstStart(new Installation(documents), teams, users, writeKeys, passwords, random)
                .run(new FirstStart.Settings(
                        FIRST_TEAM_NAME,
                        config.adminKey().map(Secret::value),
                        config.writeKey().map(Secret::value),
                        config.owner().map(Accounts::owner)));
        outcome.writeKeyFault().ifPresent(fault -> report(fault, outcome.teamId()));
        teamIds = teams.all().ids();
        signingKeys = SigningKeys.open(data, new PublishedKeys(documents), random, clock);
        tokenSettings = TokenSettings.of(url);
        RevokedSessions revoked = RevokedSessions.open(sessions, tokenSettings, clock);
        verifier = new TokenVerifier(tokenSettings, signingKeys, revoked, clock);
        signIn = new SignIn(
                users,
                sessions,
                passwords,
                new TokenIssuer(tokenSettings, signingKeys, clock),
                verifier,
                revoked,
                new SignInThrottle(clock),
                random,
                clock);
        memberships = Memberships.follow(users, sessions);
    }

    /** Opens the documents, embedded or by URI, and runs the first start's steps. */
    static Accounts open(ServerConfig config, URI url, InstantSource clock) {
        Path data = DataFolder.prepare(config.dataFolder());
        DocumentStore documents = config.mongodbUri()
                .map(uri -> DocumentStore.connect(uri.value()))
                .orElseGet(() -> DocumentStore.openEmbedded(data.resolve("documents"), new SecureRandom()));
        try {
            return new Accounts(documents, config, data, url, clock);
        } catch (RuntimeException failure) {
            try {
                documents.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static void report(FirstStart.WriteKeyFault fault, String teamId) {
        switch (fault) {
            case REVOKED ->
                log.warn(
                        "{} is a key that was revoked, and stays so: events sent with it are refused; set it to another key,"
                                + " or leave it out and make one by `./freshet keys create` [code=write_key_revoked, team={}]",
                        Setting.WRITE_KEY.variable(),
                        teamId);
            case UNREADABLE_TEAM ->
                log.error(
                        "{} is not in force until the team's document in MongoDB is mended, which another line names; then"
                                + " start again [code=UNREADABLE_DOCUMENT, team={}]",
                        Setting.WRITE_KEY.variable(),
                        teamId);
        }
    }

    private static FirstStart.Owner owner(ServerConfig.OwnerAccount account) {
        EmailAddress email = EmailAddress.parse(account.email())
                .orElseThrow(() -> new ConfigException("FRESHET_ADMIN_EMAIL is no e-mail address: " + account.email()));
        String name = email.value().substring(0, email.value().indexOf('@'));
        return new FirstStart.Owner(email, account.password().value(), name);
    }

    FirstStart.Outcome outcome() {
        return outcome;
    }

    AdminKey adminKey() {
        return outcome.adminKey();
    }

    String firstTeam() {
        return outcome.teamId();
    }

    boolean isTeam(String teamId) {
        return teamIds.contains(teamId);
    }

    WriteKeys writeKeys() {
        return writeKeys;
    }

    SigningKeys signingKeys() {
        return signingKeys;
    }

    TokenSettings tokenSettings() {
        return tokenSettings;
    }

    TokenVerifier verifier() {
        return verifier;
    }

    Memberships memberships() {
        return memberships;
    }

    /** For tests that change documents as another client does. */
    DocumentStore documents() {
        return documents;
    }

    Profiles profiles() {
        return new Profiles(documents);
    }

    SignIn signIn() {
        return signIn;
    }

    /** Whether other processes may change the documents. */
    boolean isShared() {
        return !documents.isEmbedded();
    }

    HealthPart.State health() {
        return HealthPart.State.ready(documents.isEmbedded() ? "embedded" : "by URI");
    }

    @Override
    public void close() {
        memberships.close();
        documents.close();
    }
}
