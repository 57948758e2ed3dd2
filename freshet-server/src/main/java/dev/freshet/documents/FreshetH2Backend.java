package dev.freshet.documents;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library's storage, made fit to keep things: strangers are refused, options that would be ignored are refused, and the
 * reply to a write waits until the write is on the disk. Thread-safe; commands block the server's worker threads, of which
 * there are enough for group commits to form.
 */
final class FreshetH2Backend extends H2Backend {
    private static final Logger LOG = LoggerFactory.getLogger(FreshetH2Backend.class);

    private final ConnectionGate gate;
    private final GroupCommit groupCommit;
    private final EmbeddedChanges changes;
    private final AtomicBoolean closed = new AtomicBoolean();

    FreshetH2Backend(MVStore store, ConnectionGate gate, EmbeddedChanges changes) {
        // Before super, which already opens the databases.
        this.changes = changes;
        super(store);
        this.gate = gate;
        this.groupCommit = GroupCommit.start(store);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new FreshetH2Database(name, getMvStore(), getCursorRegistry(), changes);
    }

    /**
     * Refusals are answered here rather than thrown: the library logs what is thrown together with the whole request, and
     * requests carry personal data and hashes.
     */
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document request) {
        try {
            return answer(channel, database, command, request);
        } catch (MongoServerException e) {
            LOG.debug("command refused [command={}, reason={}]", command, e.getMessageWithoutErrorCode());
            return refusal(e);
        }
    }

    private Document answer(Channel channel, String database, String command, Document request) {
        gate.check(channel, command, request);
        if (command.equalsIgnoreCase("hello")) {
            return super.handleCommand(channel, database, "ismaster", request).append("isWritablePrimary", true);
        }
        CommandRules.refuseIgnoredOptions(command, request);
        if (CommandRules.mayWrite(command, request)) {
            return changes.tellAfter(
                    command, () -> groupCommit.run(() -> super.handleCommand(channel, database, command, request)));
        }
        groupCommit.refuseAfterFailure();
        return super.handleCommand(channel, database, command, request);
    }

    private static Document refusal(MongoServerException exception) {
        Document answer = new Document("ok", 0).append("errmsg", exception.getMessageWithoutErrorCode());
        if (exception instanceof MongoServerError error) {
            answer.append("code", error.getCode());
            answer.putIfNotNull("codeName", error.getCodeName());
        }
        return answer;
    }

    /** Commands by the old query message come through {@link #handleCommand}; this is its query of a collection. */
    @Override
    public QueryResult handleQuery(MongoQuery query) {
        gate.require(query.getChannel());
        return super.handleQuery(query);
    }

    /** Commits, syncs and closes the file; does nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            groupCommit.close();
            getMvStore().commit();
            getMvStore().sync();
            super.close();
        }
    }
}
