package dev.freshet.functions;

import dev.freshet.reactive.DemandKey;
import dev.freshet.reactive.ReadSet;
import java.util.Optional;
import java.util.Set;

/**
 * One run of a query.
 *
 * @param ranAtNs the timestamp of the snapshot it read
 * @param reads what it looked at, up to where it ended or threw
 * @param demanded rows of demand tables it asked for
 * @param absent those of them that were not there
 * @param journal where its page ends, for the next run; empty for what reads no page
 */
record QueryRun(
        EncodedResult result,
        long ranAtNs,
        ReadSet reads,
        Set<DemandKey> demanded,
        Set<DemandKey> absent,
        Optional<String> journal) {}
