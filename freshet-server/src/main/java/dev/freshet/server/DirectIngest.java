package dev.freshet.server;

import dev.freshet.importer.BatchReceipt;
import dev.freshet.importer.BatchSink;
import dev.freshet.importer.ExistingIds;
import dev.freshet.importer.ImportEvent;
import dev.freshet.importer.ImportException;
import dev.freshet.importer.RejectedEvent;
import dev.freshet.ingest.BodyEncoding;
import dev.freshet.ingest.BodyFormat;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.EventDecoder;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import dev.freshet.ingest.IngestService;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** The importer's way in when it runs in the server's own process: the same decoding and the same promise as over HTTP. */
public final class DirectIngest implements BatchSink, ExistingIds {
    private final EventDecoder decoder;
    private final IngestService ingest;
    private final StoredEventLookup lookup;
    private final InstantSource clock;
    private final String teamId;

    DirectIngest(
            EventDecoder decoder, IngestService ingest, StoredEventLookup lookup, InstantSource clock, String teamId) {
        this.decoder = decoder;
        this.ingest = ingest;
        this.lookup = lookup;
        this.clock = clock;
        this.teamId = teamId;
    }

    @Override
    public BatchReceipt deliver(List<ImportEvent> batch) throws ImportException, InterruptedException {
        byte[] lines = batch.stream()
                .map(ImportEvent::json)
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
        while (true) {
            try {
                DecodedEvents decoded =
                        decoder.decode(teamId, lines, BodyEncoding.IDENTITY, BodyFormat.NDJSON, clock.millis());
                return receipt(
                        batch,
                        ingest.submit(teamId, decoded).toCompletableFuture().join());
            } catch (CompletionException e) {
                pauseOrFail(e);
            }
        }
    }

    private static void pauseOrFail(CompletionException failure) throws ImportException, InterruptedException {
        if (failure.getCause() instanceof IngestException refusal
                && refusal.code() == IngestException.Code.OVERLOADED) {
            Thread.sleep(refusal.retryAfter());
            return;
        }
        throw new ImportException(
                ImportException.Code.SERVER_UNAVAILABLE,
                "events cannot be taken now: " + failure.getMessage(),
                failure);
    }

    private static BatchReceipt receipt(List<ImportEvent> batch, IngestReply reply) {
        List<RejectedEvent> rejected = new ArrayList<>();
        reply.rejected()
                .forEach(reject -> rejected.add(new RejectedEvent(
                        batch.get(reject.index()).lineNumber(), reject.code().wireName(), reject.message())));
        return new BatchReceipt(reply.accepted(), reply.duplicates(), rejected);
    }

    @Override
    public Set<UUID> existing(Collection<UUID> ids, TimeSpan span) {
        return lookup.among(
                teamId, List.copyOf(ids), span.from().toEpochMilli(), span.to().toEpochMilli());
    }
}
