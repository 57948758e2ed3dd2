package dev.freshet.importer;

import java.util.List;
import java.util.Map;

/**
 * What an import did, so far or in all. Every line that was read is in exactly one of the four counts.
 *
 * @param duplicates events that the server had received in the last 24 hours
 * @param alreadyStored events that the store had, so that they were not sent
 * @param rejectedByCode how many lines were refused, by code, in the order of the codes
 * @param firstRejects the first refusals, at most {@link #SHOWN_REJECTS}
 */
public record ImportSummary(
        long accepted,
        long duplicates,
        long alreadyStored,
        Map<String, Long> rejectedByCode,
        List<RejectedEvent> firstRejects) {
    /** How many refusals are kept with their sentences. */
    public static final int SHOWN_REJECTS = 100;

    public long rejected() {
        return rejectedByCode.values().stream().mapToLong(Long::longValue).sum();
    }

    public long lines() {
        return accepted + duplicates + alreadyStored + rejected();
    }
}
