package dev.freshet.auth;

import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.Installation;
import dev.freshet.documents.NewUser;
import dev.freshet.documents.Role;
import dev.freshet.documents.Teams;
import dev.freshet.documents.Users;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * Brings a deployment from nothing to one team that can be written to and one owner who can sign in. Runs at every start:
 * each step does nothing where its work is done, so a crash between two steps, or two processes starting at once, do no
 * harm. Blocks.
 */
public final class FirstStart {
    private final Installation installation;
    private final Teams teams;
    private final Users users;
    private final WriteKeys writeKeys;
    private final Passwords passwords;
    private final SecureRandom random;

    public FirstStart(
            Installation installation,
            Teams teams,
            Users users,
            WriteKeys writeKeys,
            Passwords passwords,
            SecureRandom random) {
        this.installation = installation;
        this.teams = teams;
        this.users = users;
        this.writeKeys = writeKeys;
        this.passwords = passwords;
        this.random = random;
    }

    /** The first owner's account. Only its creation uses the password: a later start with another one changes nothing. */
    public record Owner(EmailAddress email, String password, String name) {
        @Override
        public String toString() {
            return "Owner[]";
        }
    }

    /** What the operator gave. A given write key is made one of the first team's at every start, unless it was revoked. */
    public record Settings(
            String teamName, Optional<String> adminKey, Optional<String> writeKey, Optional<Owner> owner) {
        @Override
        public String toString() {
            return "Settings[teamName=" + teamName + "]";
        }
    }

    /** Why a given write key is not in force. */
    public enum WriteKeyFault {
        /** It was the team's and somebody revoked it. */
        REVOKED,
        /** The team's document cannot be read. */
        UNREADABLE_TEAM
    }

    /** What is in force, and the keys that were generated just now and must be printed, since nobody can show them again. */
    public record Outcome(
            String teamId,
            AdminKey adminKey,
            Optional<String> generatedAdminKey,
            Optional<String> generatedWriteKey,
            Optional<WriteKeyFault> writeKeyFault,
            boolean ownerCreated) {
        @Override
        public String toString() {
            return "Outcome[teamId=" + teamId + ", ownerCreated=" + ownerCreated + "]";
        }
    }

    /** @throws AuthException UNUSABLE_SECRET where a given key or password cannot be used */
    public Outcome run(Settings settings) {
        AdminKey.Opened adminKey = AdminKey.open(settings.adminKey(), installation, random);
        String teamId = installation.firstTeamId();
        TeamKey key = ensureTeam(teamId, settings);
        boolean ownerCreated =
                settings.owner().map(owner -> ensureOwner(teamId, owner)).orElse(false);
        return new Outcome(teamId, adminKey.key(), adminKey.generated(), key.generated(), key.fault(), ownerCreated);
    }

    private record TeamKey(Optional<String> generated, Optional<WriteKeyFault> fault) {}

    /**
     * The team comes into being together with its first key, in one atomic write: whoever revokes that key later does not
     * find a new one after the next start.
     */
    private TeamKey ensureTeam(String teamId, Settings settings) {
        Optional<String> given = settings.writeKey();
        given.ifPresent(key -> SecretKeys.requireUsable(key, "a write key"));
        String key = given.orElseGet(writeKeys::generate);
        String name = given.isPresent() ? "configured" : "first";
        boolean created = teams.ensure(teamId, settings.teamName(), List.of(writeKeys.describe(name, key)));
        if (!created && given.isPresent()) {
            return new TeamKey(Optional.empty(), adopt(teamId, name, key));
        }
        writeKeys.reload();
        return new TeamKey(created && given.isEmpty() ? Optional.of(key) : Optional.empty(), Optional.empty());
    }

    private Optional<WriteKeyFault> adopt(String teamId, String name, String key) {
        try {
            return writeKeys.adopt(teamId, name, key) ? Optional.empty() : Optional.of(WriteKeyFault.REVOKED);
        } catch (DocumentStoreException e) {
            if (e.code() == DocumentStoreException.Code.UNREADABLE_DOCUMENT) {
                // Other teams must be served all the same.
                return Optional.of(WriteKeyFault.UNREADABLE_TEAM);
            }
            throw e;
        }
    }

    private boolean ensureOwner(String teamId, Owner owner) {
        if (users.byEmail(owner.email()).isPresent()) {
            return false;
        }
        String hash = passwords.hash(owner.password());
        try {
            users.create(new NewUser(owner.email(), owner.name(), teamId, Role.OWNER, Optional.of(hash)));
            return true;
        } catch (DocumentStoreException e) {
            if (e.code() == DocumentStoreException.Code.DUPLICATE) {
                return false; // Another process was first.
            }
            throw e;
        }
    }
}
