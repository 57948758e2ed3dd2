package dev.freshet.chdb;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One native connection. Confined to its own thread, since the engine runs one statement at a time on each. It remembers
 * which settings and which database its session has, and changes them only where the next statement differs: a statement's
 * settings end with it, whatever its text is.
 */
final class EngineConnection implements AutoCloseable {
    private static final int APPEND_BYTES = 1 << 20;
    private static final String DEFAULT_DATABASE = "default";

    /** Words of statements that change their session; a text that only contains one costs a new session, no more. */
    private static final Pattern SESSION_WORD =
            Pattern.compile("\\b(SET|USE|TEMPORARY|TRANSACTION)\\b", Pattern.CASE_INSENSITIVE);

    private final NativeLibrary library;
    private final List<String> arguments;
    private final Map<String, String> defaults;
    private final Map<String, String> session = new HashMap<>();
    private MemorySegment pointer = MemorySegment.NULL;
    private MemorySegment connection = MemorySegment.NULL;
    private String database = DEFAULT_DATABASE;
    private boolean isReadOnly;

    /** Whether the session may hold what no longer is known here, so that the next statement needs a new one. */
    private boolean isUnknown;

    /** @throws ChdbException ENGINE_NOT_OPENED, or the engine's own for a setting it does not know */
    EngineConnection(NativeLibrary library, List<String> arguments, Map<String, String> defaults) {
        this.library = library;
        this.arguments = arguments;
        this.defaults = defaults;
        connect();
    }

    private void connect() {
        pointer = library.connect(arguments);
        if (pointer.address() == 0) {
            throw new ChdbException(
                    ChdbException.ENGINE_NOT_OPENED,
                    "the ClickHouse engine did not start: its data folder must be writable, not in use by another process, and the "
                            + "only one of this process");
        }
        connection = library.handle(pointer);
    }

    /** A new session; the engine stays, since other connections hold it. */
    private void reconnect() {
        isUnknown = true;
        close();
        connect();
        session.clear();
        database = DEFAULT_DATABASE;
        isReadOnly = false;
        isUnknown = false;
    }

    ChdbResult query(Statement statement) {
        prepare(statement);
        MemorySegment result = library.query(connection, text(statement));
        try {
            check(result);
            return new ChdbResult(
                    library.bytes(result),
                    library.storageRowsRead(result),
                    library.storageBytesRead(result),
                    seconds(library.elapsedSeconds(result)));
        } finally {
            library.destroyResult(result);
        }
    }

    /** Gets the chunks of a streamed result; false ends it early. */
    interface ChunkReceiver {
        boolean receive(byte[] chunk) throws InterruptedException;
    }

    void stream(Statement statement, ChunkReceiver receiver) throws InterruptedException {
        prepare(statement);
        MemorySegment stream = library.streamQuery(connection, text(statement));
        boolean isOpen = true;
        try {
            check(stream);
            while (isOpen) {
                byte[] chunk = fetch(stream);
                if (chunk.length == 0) {
                    return;
                }
                isOpen = receiver.receive(chunk);
            }
            library.streamCancel(connection, stream);
        } catch (InterruptedException | RuntimeException | Error e) {
            if (stream.address() != 0) {
                library.streamCancel(connection, stream);
            }
            throw e;
        } finally {
            library.destroyResult(stream);
        }
    }

    private byte[] fetch(MemorySegment stream) {
        MemorySegment chunk = library.streamFetch(connection, stream);
        try {
            check(chunk);
            return library.bytes(chunk);
        } finally {
            library.destroyResult(chunk);
        }
    }

    InsertSummary insert(Statement statement, InsertSource source) throws InterruptedException {
        prepare(statement);
        MemorySegment stream = library.insertStream(connection, text(statement));
        if (stream.address() == 0) {
            throw new ChdbException(ChdbException.UNKNOWN, "the engine gave no answer");
        }
        boolean isWhole = false;
        try {
            checkInsert(stream);
            append(stream, source);
            isWhole = true;
            MemorySegment result = library.insertDone(stream);
            try {
                check(result);
                return new InsertSummary(
                        library.rowsWritten(result),
                        library.bytesWritten(result),
                        seconds(library.elapsedSeconds(result)));
            } finally {
                library.destroyResult(result);
            }
        } finally {
            if (!isWhole) {
                library.insertCancel(stream);
            }
            library.destroyInsertStream(stream);
        }
    }

    private void append(MemorySegment stream, InsertSource source) throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment staging = arena.allocate(APPEND_BYTES);
            for (ByteBuffer data = next(source); data.hasRemaining(); data = next(source)) {
                while (data.hasRemaining()) {
                    int length = Math.min(APPEND_BYTES, data.remaining());
                    staging.asByteBuffer().put(data.slice(data.position(), length));
                    data.position(data.position() + length);
                    if (!library.insertAppend(stream, staging, length)) {
                        checkInsert(stream);
                        throw new ChdbException(ChdbException.UNKNOWN, "the engine took no more of an insert's data");
                    }
                }
            }
        }
    }

    private static ByteBuffer next(InsertSource source) throws InterruptedException {
        try {
            return source.next();
        } catch (IOException | RuntimeException e) {
            throw new ChdbException(
                    ChdbException.INSERT_SOURCE_FAILED,
                    "the data of an insert could not be read: " + e.getMessage(),
                    e);
        }
    }

    StatementClass classify(String sql) {
        if (pointer.address() == 0) {
            reconnect();
        }
        return library.classify(connection, sql);
    }

    void backup(String name, Path target) {
        requireFreshSession();
        finish(library.backup(connection, name, target));
    }

    void restore(String name, Path source) {
        requireFreshSession();
        finish(library.restore(connection, name, source));
    }

    /** For what takes no settings: a session that allows it, whatever was asked of it before. */
    private void requireFreshSession() {
        if (isUnknown || isReadOnly) {
            reconnect();
        }
    }

    private void finish(MemorySegment result) {
        try {
            check(result);
        } finally {
            library.destroyResult(result);
        }
    }

    /** Brings the session to what the statement asks for. */
    private void prepare(Statement statement) {
        Map<String, String> wanted = new HashMap<>(defaults);
        wanted.putAll(statement.settings());
        wanted.put(
                "max_execution_time",
                Long.toString(Math.max(1, statement.timeout().plusMillis(999).toSeconds())));
        // A read-only session takes no settings any more, and stays read-only.
        if (isUnknown || (isReadOnly && !(statement.isReadOnly() && wanted.equals(session)))) {
            reconnect();
        }
        String wantedDatabase = statement.database().orElse(DEFAULT_DATABASE);
        if (!wantedDatabase.equals(database)) {
            run("USE " + identifier(wantedDatabase));
            database = wantedDatabase;
        }
        change(wanted);
        if (statement.isReadOnly() && !isReadOnly) {
            isUnknown = true;
            run("SET readonly = 1");
            isReadOnly = true;
        }
        isUnknown = SESSION_WORD.matcher(statement.sql()).find();
    }

    private void change(Map<String, String> wanted) {
        if (wanted.equals(session)) {
            return;
        }
        List<String> changes = new ArrayList<>();
        session.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .forEach(name -> changes.add(name + " = DEFAULT"));
        wanted.forEach((name, value) -> {
            if (!Objects.equals(value, session.get(name))) {
                changes.add(name + " = " + literal(value));
            }
        });
        // Until the engine took all of them: when it refuses one of several, nobody knows which it took.
        isUnknown = true;
        run("SET " + String.join(", ", changes));
        session.clear();
        session.putAll(wanted);
        isUnknown = false;
    }

    private void run(String sql) {
        finish(library.query(connection, new NativeStatement(sql, "Null", Map.of())));
    }

    private static NativeStatement text(Statement statement) {
        return new NativeStatement(statement.sql(), statement.format(), statement.parameters());
    }

    private void check(MemorySegment result) {
        if (result.address() == 0) {
            throw new ChdbException(ChdbException.UNKNOWN, "the engine gave no answer");
        }
        String error = library.error(result);
        if (!error.isEmpty()) {
            throw ChdbException.ofEngine(error);
        }
    }

    private void checkInsert(MemorySegment stream) {
        String error = library.insertError(stream);
        if (!error.isEmpty()) {
            throw ChdbException.ofEngine(error);
        }
    }

    static String literal(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0") + "'";
    }

    static String identifier(String name) {
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`").replace("\0", "\\0") + "`";
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    @Override
    public void close() {
        if (pointer.address() != 0) {
            MemorySegment old = pointer;
            pointer = MemorySegment.NULL;
            connection = MemorySegment.NULL;
            library.close(old);
        }
    }
}
