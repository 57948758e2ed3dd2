package dev.freshet.server;

import dev.freshet.auth.FirstStart;
import dev.freshet.auth.WriteKeys;
import java.net.URI;
import java.time.InstantSource;

/** The write keys of a data folder, or of a MongoDB deployment, without a server. */
public final class KeyFolder implements AutoCloseable {
    /** Nobody gets a token from here, so that it does not matter who would have issued it. */
    private static final URI NO_ISSUER = URI.create("http://127.0.0.1");

    private final Accounts accounts;

    private KeyFolder(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Opens the documents and runs the first start's steps, as a server does; fails where one holds the folder. */
    public static KeyFolder open(ServerConfig config) {
        return new KeyFolder(Accounts.open(config, NO_ISSUER, InstantSource.system()));
    }

    /** What the first start made, with the keys that must be printed now. */
    public FirstStart.Outcome firstStart() {
        return accounts.outcome();
    }

    public boolean isTeam(String teamId) {
        return accounts.isTeam(teamId);
    }

    public WriteKeys writeKeys() {
        return accounts.writeKeys();
    }

    @Override
    public void close() {
        accounts.close();
    }
}
