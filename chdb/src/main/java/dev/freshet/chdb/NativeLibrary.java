package dev.freshet.chdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The C functions of libchdb that are used here, as Java methods. Stays loaded for the life of the process: the engine's
 * own threads outlive every connection.
 *
 * <p>Ownership: every result and insert stream handed out must be destroyed by the caller; texts and buffers inside a
 * result live as long as it does.
 */
@SuppressWarnings("restricted") // loading and calling native code is what this class is for
final class NativeLibrary {
    private final MethodHandle version;
    private final MethodHandle setSignalHandlersEnabled;
    private final MethodHandle connect;
    private final MethodHandle closeConnection;
    private final MethodHandle query;
    private final MethodHandle streamQuery;
    private final MethodHandle streamFetch;
    private final MethodHandle streamCancel;
    private final MethodHandle destroyResult;
    private final MethodHandle insertStream;
    private final MethodHandle insertAppend;
    private final MethodHandle insertDone;
    private final MethodHandle insertCancel;
    private final MethodHandle insertError;
    private final MethodHandle destroyInsertStream;
    private final MethodHandle resultBuffer;
    private final MethodHandle resultLength;
    private final MethodHandle resultElapsed;
    private final MethodHandle resultStorageRowsRead;
    private final MethodHandle resultStorageBytesRead;
    private final MethodHandle resultRowsWritten;
    private final MethodHandle resultBytesWritten;
    private final MethodHandle resultError;
    private final MethodHandle classify;
    private final MethodHandle backup;
    private final MethodHandle restore;

    private NativeLibrary(SymbolLookup symbols) {
        Binder binder = new Binder(symbols);
        MemoryLayout[] statement = {
            ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG
        };
        version = binder.bind("chdb_version", FunctionDescriptor.of(ADDRESS));
        setSignalHandlersEnabled = binder.bind("chdb_set_signal_handlers_enabled", FunctionDescriptor.ofVoid(JAVA_INT));
        connect = binder.bind("chdb_connect", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
        closeConnection = binder.bind("chdb_close_conn", FunctionDescriptor.ofVoid(ADDRESS));
        query = binder.bind("chdb_query_with_params_n", FunctionDescriptor.of(ADDRESS, statement));
        streamQuery = binder.bind("chdb_stream_query_with_params_n", FunctionDescriptor.of(ADDRESS, statement));
        streamFetch = binder.bind("chdb_stream_fetch_result", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        streamCancel = binder.bind("chdb_stream_cancel_query", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
        destroyResult = binder.bind("chdb_destroy_query_result", FunctionDescriptor.ofVoid(ADDRESS));
        insertStream = binder.bind("chdb_stream_insert_with_params_n", FunctionDescriptor.of(ADDRESS, statement));
        insertAppend = binder.bind("chdb_stream_append", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        insertDone = binder.bind("chdb_stream_done", FunctionDescriptor.of(ADDRESS, ADDRESS));
        insertCancel = binder.bind("chdb_stream_cancel_insert", FunctionDescriptor.ofVoid(ADDRESS));
        insertError = binder.bind("chdb_stream_insert_error", FunctionDescriptor.of(ADDRESS, ADDRESS));
        destroyInsertStream = binder.bind("chdb_destroy_insert_stream", FunctionDescriptor.ofVoid(ADDRESS));
        resultBuffer = binder.bind("chdb_result_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        resultLength = binder.bind("chdb_result_length", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        resultElapsed = binder.bind("chdb_result_elapsed", FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS));
        resultStorageRowsRead = binder.bind("chdb_result_storage_rows_read", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        resultStorageBytesRead =
                binder.bind("chdb_result_storage_bytes_read", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        resultRowsWritten = binder.bind("chdb_result_rows_written", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        resultBytesWritten = binder.bind("chdb_result_bytes_written", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        resultError = binder.bind("chdb_result_error", FunctionDescriptor.of(ADDRESS, ADDRESS));
        classify = binder.bind(
                "chdb_classify_query_n",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
        backup = binder.bind(
                "chdb_backup_database_n",
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
        restore = binder.bind(
                "chdb_restore_database_n",
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
    }

    private record Binder(SymbolLookup symbols) {
        MethodHandle bind(String name, FunctionDescriptor descriptor) {
            MemorySegment symbol = symbols.find(name)
                    .orElseThrow(() -> new ChdbException(
                            ChdbException.LIBRARY_UNUSABLE,
                            "the ClickHouse engine library lacks " + name + ": install the version this build names"));
            return Linker.nativeLinker().downcallHandle(symbol, descriptor);
        }
    }

    /** @throws ChdbException LIBRARY_UNUSABLE */
    static NativeLibrary load(Path file) {
        try {
            NativeLibrary library = new NativeLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
            // The JVM's own signal handlers must stay, so this comes before the first connection.
            callVoid(library.setSignalHandlersEnabled, 0);
            return library;
        } catch (IllegalArgumentException e) {
            throw new ChdbException(
                    ChdbException.LIBRARY_UNUSABLE,
                    "the ClickHouse engine library %s cannot be loaded: run npm install beside it again"
                            .formatted(file),
                    e);
        }
    }

    String version() {
        return text((MemorySegment) call(version));
    }

    /** @return the connection, or NULL */
    MemorySegment connect(List<String> arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointers = arena.allocate(ADDRESS, arguments.size());
            for (int i = 0; i < arguments.size(); i++) {
                pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments.get(i)));
            }
            return (MemorySegment) call(connect, arguments.size(), pointers);
        }
    }

    /** What the pointer that {@link #connect} gave points to: the handle that all other functions take. */
    MemorySegment handle(MemorySegment connectionPointer) {
        return connectionPointer.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    }

    void close(MemorySegment connectionPointer) {
        callVoid(closeConnection, connectionPointer);
    }

    MemorySegment query(MemorySegment connection, NativeStatement statement) {
        return (MemorySegment) statement.passTo(query, connection);
    }

    MemorySegment streamQuery(MemorySegment connection, NativeStatement statement) {
        return (MemorySegment) statement.passTo(streamQuery, connection);
    }

    MemorySegment streamFetch(MemorySegment connection, MemorySegment stream) {
        return (MemorySegment) call(streamFetch, connection, stream);
    }

    void streamCancel(MemorySegment connection, MemorySegment stream) {
        callVoid(streamCancel, connection, stream);
    }

    void destroyResult(MemorySegment result) {
        callVoid(destroyResult, result);
    }

    MemorySegment insertStream(MemorySegment connection, NativeStatement statement) {
        return (MemorySegment) statement.passTo(insertStream, connection);
    }

    /** @return whether the stream took the bytes */
    boolean insertAppend(MemorySegment stream, MemorySegment data, long length) {
        return (int) call(insertAppend, stream, data, length) == 0;
    }

    MemorySegment insertDone(MemorySegment stream) {
        return (MemorySegment) call(insertDone, stream);
    }

    void insertCancel(MemorySegment stream) {
        callVoid(insertCancel, stream);
    }

    /** @return the failure's text, empty when there is none */
    String insertError(MemorySegment stream) {
        return text((MemorySegment) call(insertError, stream));
    }

    void destroyInsertStream(MemorySegment stream) {
        callVoid(destroyInsertStream, stream);
    }

    /** @return the failure's text, empty when there is none */
    String error(MemorySegment result) {
        return text((MemorySegment) call(resultError, result));
    }

    /** Copies the result's data out of native memory. */
    byte[] bytes(MemorySegment result) {
        long length = (long) call(resultLength, result);
        if (length == 0) {
            return new byte[0];
        }
        if (length > Integer.MAX_VALUE - 16) {
            throw new ChdbException(ChdbException.UNKNOWN, "a result of " + length + " bytes must be read as a stream");
        }
        MemorySegment buffer = (MemorySegment) call(resultBuffer, result);
        return buffer.reinterpret(length).toArray(JAVA_BYTE);
    }

    double elapsedSeconds(MemorySegment result) {
        return (double) call(resultElapsed, result);
    }

    long storageRowsRead(MemorySegment result) {
        return (long) call(resultStorageRowsRead, result);
    }

    long storageBytesRead(MemorySegment result) {
        return (long) call(resultStorageBytesRead, result);
    }

    long rowsWritten(MemorySegment result) {
        return (long) call(resultRowsWritten, result);
    }

    long bytesWritten(MemorySegment result) {
        return (long) call(resultBytesWritten, result);
    }

    StatementClass classify(MemorySegment connection, String sql) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
            // struct_size, statement_count, flags, query_class: four 32-bit words
            MemorySegment analysis = arena.allocate(JAVA_INT, 4);
            analysis.setAtIndex(JAVA_INT, 0, 16);
            int state = (int) call(
                    classify,
                    connection,
                    arena.allocateFrom(JAVA_BYTE, utf8),
                    (long) utf8.length,
                    MemorySegment.NULL,
                    0L,
                    analysis);
            return state == 0 ? StatementClass.ofNative(analysis.getAtIndex(JAVA_INT, 3)) : StatementClass.UNKNOWN;
        }
    }

    MemorySegment backup(MemorySegment connection, String database, Path target) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = database.getBytes(StandardCharsets.UTF_8);
            byte[] path = target.toString().getBytes(StandardCharsets.UTF_8);
            return (MemorySegment) call(
                    backup,
                    connection,
                    arena.allocateFrom(JAVA_BYTE, name),
                    (long) name.length,
                    arena.allocateFrom(JAVA_BYTE, path),
                    (long) path.length,
                    MemorySegment.NULL,
                    0L);
        }
    }

    MemorySegment restore(MemorySegment connection, String database, Path source) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = database.getBytes(StandardCharsets.UTF_8);
            byte[] path = source.toString().getBytes(StandardCharsets.UTF_8);
            return (MemorySegment) call(
                    restore,
                    connection,
                    arena.allocateFrom(JAVA_BYTE, name),
                    (long) name.length,
                    arena.allocateFrom(JAVA_BYTE, path),
                    (long) path.length);
        }
    }

    private static String text(MemorySegment pointer) {
        return pointer.address() == 0 ? "" : pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static void callVoid(MethodHandle function, Object... arguments) {
        try {
            function.invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /** A call into C throws nothing of its own; what arrives here is a wrong argument or an error of the JVM. */
    private static AssertionError unexpected(Throwable failure) {
        return new AssertionError("a call into libchdb failed before it began", failure);
    }
}
