package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoSocketReadException;
import com.mongodb.ServerAddress;
import com.mongodb.ServerCursor;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Following by change streams, which the embedded server has not. */
@Timeout(60)
class CollectionFollowerTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<Scripted> opened = new LinkedBlockingQueue<>();

    private CollectionFollower start() {
        return CollectionFollower.start(
                "things",
                new CollectionFollower.Source() {
                    @Override
                    public boolean hasChangeStreams() {
                        return true;
                    }

                    @Override
                    public MongoChangeStreamCursor<ChangeStreamDocument<Document>> open() {
                        told.add("open");
                        Scripted stream = new Scripted();
                        opened.add(stream);
                        return stream;
                    }
                },
                new ChangeListener() {
                    @Override
                    public void changed(Set<String> ids) {
                        told.add("changed " + new TreeSet<>(ids));
                    }

                    @Override
                    public void allChanged() {
                        told.add("all");
                    }

                    @Override
                    public void lost(RuntimeException cause) {
                        told.add("lost");
                    }
                });
    }

    private void hears(String... expected) throws InterruptedException {
        for (String one : expected) {
            assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(one);
        }
    }

    /** What it waits for comes all at once. */
    private static final class Scripted implements MongoChangeStreamCursor<ChangeStreamDocument<Document>> {
        private final BlockingQueue<Runnable> failures = new LinkedBlockingQueue<>();
        private final BlockingQueue<ChangeStreamDocument<Document>> batch = new LinkedBlockingQueue<>();
        private volatile boolean ended;

        @Override
        public @Nullable ChangeStreamDocument<Document> tryNext() {
            Runnable failure = failures.poll();
            if (failure != null) {
                failure.run();
            }
            try {
                return batch.poll(5, TimeUnit.MILLISECONDS);
            } catch (InterruptedException stopped) {
                throw new IllegalStateException("interrupted", stopped);
            }
        }

        @Override
        public int available() {
            return batch.size();
        }

        @Override
        public ChangeStreamDocument<Document> next() {
            ChangeStreamDocument<Document> next = batch.poll();
            if (next == null) {
                throw new NoSuchElementException("asked for more than is available");
            }
            return next;
        }

        @Override
        public boolean hasNext() {
            return !batch.isEmpty();
        }

        @Override
        public @Nullable ServerCursor getServerCursor() {
            return ended ? null : new ServerCursor(1, getServerAddress());
        }

        @Override
        public ServerAddress getServerAddress() {
            return new ServerAddress();
        }

        @Override
        public @Nullable BsonDocument getResumeToken() {
            return null;
        }

        @Override
        public void close() {
            ended = true;
        }
    }

    private static ChangeStreamDocument<Document> change(String type, @Nullable BsonValue id) {
        return new ChangeStreamDocument<>(
                type,
                new BsonDocument(),
                null,
                null,
                null,
                null,
                null,
                id == null ? null : new BsonDocument("_id", id),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Test
    void theStreamIsOpenBeforeAllIsReadAndItsChangesAreTold() throws Exception {
        ObjectId id = new ObjectId();
        try (CollectionFollower follower = start()) {
            hears("open", "all");
            Scripted stream = opened.take();
            stream.batch.add(change("update", new BsonObjectId(id)));
            hears("changed [" + id.toHexString() + "]");
            stream.batch.add(change("delete", new BsonString("a session")));
            hears("changed [a session]");
            stream.batch.add(change("drop", null));
            hears("all");
            assertThat(follower).isNotNull();
        }
    }

    @Test
    void aStreamThatFailsIsOpenedAgainAndAllIsRead() throws Exception {
        try (CollectionFollower follower = start()) {
            hears("open", "all");
            opened.take().failures.add(() -> {
                throw new MongoSocketReadException("gone", new ServerAddress());
            });
            hears("lost", "open", "all");
            // Ended by the server, as after the collection was dropped.
            opened.take().ended = true;
            hears("open", "all");
            assertThat(follower).isNotNull();
        }
    }
}
