package dev.freshet.documents;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said about people and will never be taken, whatever is tried: counted always, and logged the first time for each of
 * the last people concerned. Thread-safe.
 */
public final class RefusedChanges {
    private static final Logger log = LoggerFactory.getLogger(RefusedChanges.class);
    private static final int MOST_REMEMBERED = 1_000;

    private final LongAdder count = new LongAdder();
    private final Map<Person, Boolean> told = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Person, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param cause says why */
    public void note(Person person, RuntimeException cause) {
        count.increment();
        if (isFirstOf(person)) {
            log.error(
                    "a change of a profile is left out; further ones of this person are only counted [team={}, user={}, reason={}]",
                    printable(person.teamId()),
                    printable(person.userId()),
                    cause.getMessage(),
                    cause);
        }
    }

    private synchronized boolean isFirstOf(Person person) {
        return told.put(person, true) == null;
    }

    /** Senders choose the id, and must not choose lines of the log. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** How many changes, and copies of profiles, were left out since the start. */
    public long count() {
        return count.sum();
    }
}
