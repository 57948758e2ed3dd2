package dev.freshet.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Slows down guessing. Failures are counted for each pair of account and remote address, and for each address over all
 * accounts; not for an account alone, since then anybody could lock its owner out. After some free failures the next try
 * must wait 1 s, then 2, 4 and so on up to 15 minutes. A day without a try forgets.
 *
 * <p>A try counts as failed from when it is let in, and is taken back when it succeeds: many at once count like one after
 * another. Memory is bounded; when it is full the entry longest unused is dropped, and since one address is slowed down over
 * all its accounts, it cannot wash its own entries out by naming many accounts.
 *
 * <p>Thread-safe, under this object's lock, held for a few map look-ups.
 */
public final class SignInThrottle {
    private static final int MAX_ENTRIES = 20_000;
    private static final int FREE_FAILURES_OF_PAIR = 5;
    private static final int FREE_FAILURES_OF_ADDRESS = 50;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final Duration MEMORY = Duration.ofDays(1);
    private static final int MAX_DOUBLINGS = 10;

    private final InstantSource clock;
    private final int maxEntries;
    private final LinkedHashMap<Key, Failures> entries = new LinkedHashMap<>(16, 0.75f, true);

    public SignInThrottle(InstantSource clock) {
        this(clock, MAX_ENTRIES);
    }

    SignInThrottle(InstantSource clock, int maxEntries) {
        this.clock = clock;
        this.maxEntries = maxEntries;
    }

    private sealed interface Key {
        int freeFailures();
    }

    private record Pair(String account, String address) implements Key {
        @Override
        public int freeFailures() {
            return FREE_FAILURES_OF_PAIR;
        }
    }

    private record Address(String address) implements Key {
        @Override
        public int freeFailures() {
            return FREE_FAILURES_OF_ADDRESS;
        }
    }

    private record Failures(int count, Instant last) {}

    /**
     * Lets a try in, counting it as failed, and returns empty; or refuses it, counting nothing, and returns how long to
     * wait.
     */
    synchronized Optional<Duration> admit(String account, String address) {
        Instant now = clock.instant();
        Pair pair = new Pair(account, address);
        Address all = new Address(address);
        Optional<Duration> wait = Stream.of(pair, all)
                .map(key -> remaining(key, now))
                .filter(Duration::isPositive)
                .max(Duration::compareTo);
        if (wait.isEmpty()) {
            count(pair, now);
            count(all, now);
        }
        return wait;
    }

    /** The try was right: the pair starts afresh, and the address has one failure less. */
    synchronized void succeeded(String account, String address) {
        entries.remove(new Pair(account, address));
        takeBack(new Address(address));
    }

    /** The try was not judged at all: it does not count. */
    synchronized void withdraw(String account, String address) {
        takeBack(new Pair(account, address));
        takeBack(new Address(address));
    }

    synchronized int size() {
        return entries.size();
    }

    private Duration remaining(Key key, Instant now) {
        Failures failures = entries.get(key);
        if (failures == null || failures.count() < key.freeFailures()) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures.count() - key.freeFailures(), MAX_DOUBLINGS);
        Duration wait = Duration.ofSeconds(1L << doublings);
        Instant open = failures.last().plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
        return Duration.between(now, open);
    }

    private void count(Key key, Instant now) {
        Failures failures = entries.get(key);
        int before = failures == null || failures.last().isBefore(now.minus(MEMORY)) ? 0 : failures.count();
        entries.put(key, new Failures(before + 1, now));
        if (entries.size() > maxEntries) {
            entries.pollFirstEntry();
        }
    }

    private void takeBack(Key key) {
        entries.computeIfPresent(
                key,
                (ignored, failures) ->
                        failures.count() <= 1 ? null : new Failures(failures.count() - 1, failures.last()));
    }
}
