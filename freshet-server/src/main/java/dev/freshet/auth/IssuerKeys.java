package dev.freshet.auth;

import com.nimbusds.jose.jwk.JWK;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer, fetched when somebody needs them: first, when they are an hour old, and when a token names a key that
 * is not among them; never twice within ten seconds. While the issuer is away its old keys go on for a day.
 *
 * <p>Thread-safe. {@link #find} may block for one fetch; only so many callers wait for that, so that an issuer that hangs does
 * not take all threads that authenticate.
 */
final class IssuerKeys {
    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    static final Duration FRESH = Duration.ofHours(1);
    static final Duration KEPT = Duration.ofDays(1);
    static final Duration BETWEEN_FETCHES = Duration.ofSeconds(10);
    private static final int MOST_WAITING = 64;

    /** What became of looking for a key. */
    sealed interface Answer {
        record Found(JWK key) implements Answer {}

        /** The issuer has said a moment ago, or just now, that it has no such key. */
        record Unknown() implements Answer {}

        record Unavailable(String why) implements Answer {}
    }

    /** Asks the issuer. */
    @FunctionalInterface
    interface Source {
        Map<String, JWK> fetch() throws IOException;
    }

    private record Fetched(Map<String, JWK> keys, Instant at) {}

    private final String issuer;
    private final Source source;
    private final InstantSource clock;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Fetched fetched;
    /** Guarded by {@link #fetching}, as is {@link #failure}. */
    private Optional<Instant> triedAt = Optional.empty();

    private Optional<String> failure = Optional.empty();

    IssuerKeys(String issuer, Source source, InstantSource clock) {
        this.issuer = issuer;
        this.source = source;
        this.clock = clock;
    }

    Answer find(String keyId) {
        Optional<JWK> known = known(keyId, KEPT);
        if (known.isPresent()) {
            return known(keyId, FRESH)
                    .or(() -> renewed(keyId))
                    .<Answer>map(Answer.Found::new)
                    .orElseGet(Answer.Unknown::new);
        }
        if (!waiting.tryAcquire()) {
            return new Answer.Unavailable("too many wait for the keys of " + issuer);
        }
        try {
            fetching.lock();
            try {
                return afterFetching(keyId);
            } finally {
                fetching.unlock();
            }
        } finally {
            waiting.release();
        }
    }

    private Optional<JWK> known(String keyId, Duration age) {
        Fetched have = fetched;
        return have == null || isOver(have.at, age) ? Optional.empty() : Optional.ofNullable(have.keys.get(keyId));
    }

    private boolean isOver(Instant since, Duration age) {
        return !clock.instant().isBefore(since.plus(age));
    }

    /** One caller asks again; meanwhile, and if nothing comes of it, the old keys go on. */
    private Optional<JWK> renewed(String keyId) {
        if (fetching.tryLock()) {
            try {
                fetchIfDue();
            } finally {
                fetching.unlock();
            }
        }
        return known(keyId, KEPT);
    }

    private Answer afterFetching(String keyId) {
        Optional<JWK> meanwhile = known(keyId, FRESH);
        if (meanwhile.isEmpty()) {
            fetchIfDue();
        }
        Optional<JWK> found = known(keyId, KEPT);
        if (found.isPresent()) {
            return new Answer.Found(found.get());
        }
        return failure.<Answer>map(Answer.Unavailable::new).orElseGet(Answer.Unknown::new);
    }

    private void fetchIfDue() {
        if (triedAt.isPresent() && !isOver(triedAt.get(), BETWEEN_FETCHES)) {
            return;
        }
        triedAt = Optional.of(clock.instant());
        try {
            fetched = new Fetched(source.fetch(), clock.instant());
            if (failure.isPresent()) {
                log.info("the keys of an issuer can be read again [issuer={}]", issuer);
            }
            failure = Optional.empty();
        } catch (IOException | RuntimeException e) {
            if (failure.isEmpty()) {
                log.warn("the keys of an issuer cannot be read; known ones go on for a day [issuer={}]", issuer, e);
            }
            failure = Optional.of("the keys of " + issuer + " cannot be read: " + e.getMessage());
        }
    }
}
