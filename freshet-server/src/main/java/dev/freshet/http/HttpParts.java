package dev.freshet.http;

import dev.freshet.auth.AdminKey;
import dev.freshet.auth.SignIn;
import dev.freshet.auth.SigningKeys;
import dev.freshet.auth.TokenSettings;
import dev.freshet.auth.WriteKeys;
import dev.freshet.dialect.PostHogDecoder;
import dev.freshet.dialect.SegmentDecoder;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.QuotaGate;
import dev.freshet.sync.Authenticator;
import dev.freshet.sync.SyncServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What the routes call. None of it is owned here.
 *
 * @param compressesSockets whether sync sockets are compressed for clients that ask for it
 * @param isTeam whether there is a team of that id; must not block
 */
public record HttpParts(
        InstantSource clock,
        EventDecoder decoder,
        QuotaGate ingest,
        SegmentDecoder segment,
        PostHogDecoder postHog,
        WriteKeys writeKeys,
        AdminKey adminKey,
        String firstTeam,
        Predicate<String> isTeam,
        StoredEvents storedEvents,
        SignIn signIn,
        SigningKeys signingKeys,
        TokenSettings tokenSettings,
        SyncServer sync,
        boolean compressesSockets,
        Authenticator authenticator,
        List<HealthPart> health,
        PrometheusMeterRegistry metrics,
        ServerVersion version) {

    /** Looks for events in the store. Blocks. */
    public interface StoredEvents {
        /** @param fromMs the first timestamp that is looked at; {@code toMs} is one past the last */
        Set<UUID> among(String teamId, List<UUID> ids, long fromMs, long toMs);
    }

    AdminTeams adminTeams() {
        return new AdminTeams(adminKey, firstTeam, isTeam);
    }
}
