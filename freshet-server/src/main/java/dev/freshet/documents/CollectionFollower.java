package dev.freshet.documents;

import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.client.model.changestream.OperationType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Follows one collection of a deployment by URI on a thread of its own: by its change stream, or, where there are none since
 * the deployment is neither a replica set nor sharded, by calling for another look twice a second.
 *
 * <p>A change stream is opened before {@link ChangeListener#allChanged} is told, and again after each failure: what happened
 * between two streams is found by the listener's reading again, so that no resume token can be too old.
 */
final class CollectionFollower implements AutoCloseable {
    /** Where a collection is followed from. */
    interface Source {
        /** Whether the deployment has change streams. Fails, or blocks until it is known, where nobody answers. */
        boolean hasChangeStreams();

        /** Opens one; from then on it misses nothing. */
        MongoChangeStreamCursor<ChangeStreamDocument<Document>> open();
    }

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final long STREAM_WAIT_MS = 1_000;

    private final Source source;
    private final ChangeListener listener;
    private final Thread thread;
    private volatile boolean closed;

    private CollectionFollower(String name, Source source, ChangeListener listener) {
        this.source = source;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("follow-" + name).daemon().unstarted(this::run);
    }

    static CollectionFollower start(String name, Source source, ChangeListener listener) {
        CollectionFollower follower = new CollectionFollower(name, source, listener);
        follower.thread.start();
        return follower;
    }

    /** @param hasChangeStreams as {@link Source} has it */
    static Source source(MongoCollection<Document> collection, Supplier<Boolean> hasChangeStreams) {
        return new Source() {
            @Override
            public boolean hasChangeStreams() {
                return hasChangeStreams.get();
            }

            @Override
            public MongoChangeStreamCursor<ChangeStreamDocument<Document>> open() {
                return collection
                        .watch(List.of(Aggregates.project(Projections.include("operationType", "documentKey"))))
                        .maxAwaitTime(STREAM_WAIT_MS, TimeUnit.MILLISECONDS)
                        .cursor();
            }
        };
    }

    private void run() {
        while (!closed) {
            try {
                if (source.hasChangeStreams()) {
                    followStream();
                } else {
                    listener.allChanged();
                }
            } catch (RuntimeException failure) {
                // Whatever it is: a look that throws would be the last one.
                if (!closed) {
                    listener.lost(failure);
                }
            }
            pause();
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }

    /** Returns where the stream ends, as it does when the collection is dropped. */
    private void followStream() {
        try (MongoChangeStreamCursor<ChangeStreamDocument<Document>> stream = source.open()) {
            listener.allChanged();
            while (!closed && stream.getServerCursor() != null) {
                @Nullable ChangeStreamDocument<Document> first = stream.tryNext();
                if (first != null) {
                    tell(first, stream);
                }
            }
        }
    }

    private void tell(
            ChangeStreamDocument<Document> first, MongoChangeStreamCursor<ChangeStreamDocument<Document>> stream) {
        Set<String> ids = new HashSet<>();
        boolean isAll = !addId(first, ids);
        for (int waiting = stream.available(); waiting > 0; waiting--) {
            isAll |= !addId(stream.next(), ids);
        }
        if (isAll) {
            listener.allChanged();
        } else {
            listener.changed(ids);
        }
    }

    /** Returns false where the change is not of one document. */
    private static boolean addId(ChangeStreamDocument<Document> change, Set<String> ids) {
        @Nullable OperationType type = change.getOperationType();
        @Nullable BsonDocument key = change.getDocumentKey();
        if (type == null || key == null || !key.containsKey("_id")) {
            return false;
        }
        ids.add(text(key.get("_id")));
        return true;
    }

    private static String text(BsonValue id) {
        return switch (id.getBsonType()) {
            case OBJECT_ID -> id.asObjectId().getValue().toHexString();
            case STRING -> id.asString().getValue();
            default -> id.toString();
        };
    }

    /** Tells nothing any more after it returned, or after a look that is under way. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
