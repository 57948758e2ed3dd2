package dev.freshet.reactive;

import dev.freshet.functions.api.DatabaseWriter;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.InvalidValueException;
import dev.freshet.functions.value.ValueLimits;
import dev.freshet.runtime.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Reads and writes over one snapshot, remembering both. Its own writes go into its own copies of the tables before it reads them
 * again, so that its reads see them; the committer applies them anew to the tables of that moment. One that has hit a limit is over:
 * it reads and writes nothing more and is never committed, whatever was made of the exception. Belongs to one thread at a
 * time.
 */
public final class Transaction implements DatabaseWriter {
    private static final int CHECK_INTERVAL = 256;

    private final Snapshot snapshot;
    private final DocumentIds ids;
    private final Clock clock;
    private final TransactionLimits limits;
    private final BooleanSupplier expired;
    private final PageCursors pageCursors;
    private final ReadSet.Builder reads = ReadSet.builder();
    private final Set<DemandKey> demanded = new LinkedHashSet<>();
    private final Set<DemandKey> absent = new LinkedHashSet<>();
    private Map<String, TableSnapshot> tables;
    private Map<WriteKey, DocumentWrite> writes = new LinkedHashMap<>();
    private boolean tablesAreOwn;
    /** Writes that are not in {@link #tables} yet, by table, in their order. */
    private final Map<String, List<DocumentWrite>> unapplied = new HashMap<>();

    private double lastCreationTimeMs;
    private int scanned;
    private long readBytes;
    private int writtenDocuments;
    private long writtenBytes;
    private Optional<DatabaseException> failure = Optional.empty();
    private Optional<String> journal;
    private boolean hasPage;

    Transaction(
            Snapshot snapshot,
            DocumentIds ids,
            Clock clock,
            TransactionLimits limits,
            BooleanSupplier expired,
            PageCursors pageCursors,
            Optional<String> journal) {
        this.snapshot = snapshot;
        this.ids = ids;
        this.clock = clock;
        this.limits = limits;
        this.expired = expired;
        this.pageCursors = pageCursors;
        this.journal = journal;
        this.tables = snapshot.tables();
    }

    /** What it reads. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** What it has looked at so far. The one method that another thread may call while the transaction runs. */
    public ReadSet readSet() {
        return reads.build();
    }

    /** Rows of demand tables it has asked for. */
    public Set<DemandKey> demanded() {
        return Set.copyOf(demanded);
    }

    /** Those of {@link #demanded()} that are not there yet. */
    public Set<DemandKey> absentDemand() {
        return Set.copyOf(absent);
    }

    /**
     * Where the page that it reads ends: first what an earlier run left, then what this one leaves to the next; empty for
     * what reads no page.
     */
    public Optional<String> journal() {
        return journal;
    }

    void setJournal(String endCursor) {
        journal = Optional.of(endCursor);
    }

    PageCursors pageCursors() {
        return pageCursors;
    }

    TransactionLimits limits() {
        return limits;
    }

    /** One journal keeps the end of one page. */
    void beginPage() {
        if (hasPage) {
            throw new IllegalStateException(
                    "MultiplePaginatedDatabaseQueries: a function, with those that it runs, reads one page");
        }
        hasPage = true;
    }

    /** Whether it changes anything. */
    public boolean hasWrites() {
        return !writes.isEmpty();
    }

    /** Whether its commit, as it is now, is kept on the disk: it writes a durable table. */
    public boolean isKept() {
        return writes.keySet().stream()
                .anyMatch(key -> table(key.table).schema().durability() == Durability.DURABLE);
    }

    /** The limit that it has hit, after which it cannot be committed. */
    public Optional<DatabaseException> failure() {
        return failure;
    }

    /** @throws DatabaseException when it has hit a limit */
    public void requireWithinLimits() {
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private DatabaseException failed(DatabaseException.Code code, String message) {
        DatabaseException first = failure.orElseGet(() -> new DatabaseException(code, message));
        failure = Optional.of(first);
        return first;
    }

    List<DocumentWrite> writes() {
        requireWithinLimits();
        return List.copyOf(writes.values());
    }

    @Override
    public Optional<ConvexObject> get(String table, String id) {
        return getDocument(table, id).map(Document::value);
    }

    Optional<Document> getDocument(String tableName, String id) {
        TableSnapshot table = table(tableName);
        noteRead(table.schema().byId().id(), pointOf(id));
        Optional<Document> document = table.get(id);
        countScanned(table.schema(), document);
        if (table.schema().kind() == TableSchema.Kind.DEMAND) {
            DemandKey key = new DemandKey(tableName, id);
            demanded.add(key);
            if (document.isEmpty()) {
                absent.add(key);
            }
        }
        return document;
    }

    /** Reads a document for the runtime, which counts against no limit. Not part of the functions' API. */
    public Optional<ConvexObject> getSystem(String table, String id) {
        return uncounted(table, id).map(Document::value);
    }

    private Optional<Document> uncounted(String tableName, String id) {
        dependOn(tableName, id);
        return table(tableName).get(id);
    }

    /**
     * Counts a document as read without reading it, whatever the limits say. Not part of the functions' API.
     */
    public void dependOn(String tableName, String id) {
        reads.add(schema(tableName).byId().id(), pointOf(id));
    }

    /**
     * When the document was committed that {@link #getSystem} returns.
     *
     * @return nanoseconds since the epoch; empty if there is no such document
     */
    public Optional<Long> writtenAtNs(String table, String id) {
        return uncounted(table, id).map(Document::writtenAtNs);
    }

    private static Interval pointOf(String id) {
        IndexKey key = TableSnapshot.idKey(id);
        return new Interval(key, key.next());
    }

    @Override
    public TableQuery query(String table) {
        TableSchema schema = schema(table);
        return IndexScan.whole(this, schema, schema.indexes().size() > 1 ? 1 : 0);
    }

    /** The table with what this has written so far. */
    TableSnapshot table(String name) {
        List<DocumentWrite> own = unapplied.remove(name);
        if (own != null) {
            applyOwn(name, own);
        }
        return known(name);
    }

    private TableSchema schema(String name) {
        return known(name).schema();
    }

    private TableSnapshot known(String name) {
        TableSnapshot table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("there is no table " + name);
        }
        return table;
    }

    private void applyOwn(String name, List<DocumentWrite> own) {
        if (!tablesAreOwn) {
            tables = new HashMap<>(tables);
            tablesAreOwn = true;
        }
        TableSnapshot table = known(name);
        for (DocumentWrite write : own) {
            table = table.apply(write, (index, key) -> {});
        }
        tables.put(name, table);
    }

    void noteRead(IndexId index, Interval interval) {
        // Also of one that is over: the scan that hit a limit notes its range last. What goes on all the same adds no
        // more.
        boolean isPastLimit = reads.count() > limits.readIntervals();
        if (!isPastLimit) {
            reads.add(index, interval);
        }
        if (reads.count() > limits.readIntervals()) {
            throw failed(
                    DatabaseException.Code.TRANSACTION_TOO_LARGE,
                    "a function reads at most " + limits.readIntervals() + " ranges");
        }
        requireWithinLimits();
    }

    /** Counts one document that was looked for, with its size if it was found. */
    void countScanned(TableSchema schema, Optional<Document> document) {
        requireWithinLimits();
        boolean isMeasured = schema.kind() != TableSchema.Kind.DEMAND && schema.kind() != TableSchema.Kind.SYSTEM;
        if (isMeasured && document.isPresent()) {
            readBytes += document.get().size();
        }
        if (readBytes > limits.readBytes()) {
            throw failed(
                    DatabaseException.Code.TRANSACTION_TOO_LARGE,
                    "a function reads documents of at most " + limits.readBytes() + " bytes in all");
        }
        if (++scanned > limits.scannedDocuments()) {
            throw failed(
                    DatabaseException.Code.TRANSACTION_TOO_LARGE,
                    "a function reads at most " + limits.scannedDocuments() + " documents");
        }
        if (scanned % CHECK_INTERVAL == 0 || scanned == 1) {
            requireTime();
        }
    }

    private void requireTime() {
        if (expired.getAsBoolean()) {
            throw failed(DatabaseException.Code.TRANSACTION_TOO_SLOW, "the function used up its time");
        }
    }

    @Override
    public String insert(String tableName, ConvexObject content) {
        TableSchema schema = writableSchema(tableName);
        String id = ids.next(schema.number());
        write(schema, id, newCreationTimeMs(), content);
        return id;
    }

    /** Adds a document to a managed table. Not part of the functions' API. */
    public String insertManaged(String tableName, ConvexObject content) {
        TableSchema schema = schema(tableName);
        String id = ids.next(schema.number());
        write(schema, id, newCreationTimeMs(), content);
        return id;
    }

    /** Puts a document of a system or managed table in place of what was there. Not part of the functions' API. */
    public void putSystem(String tableName, String id, ConvexObject content) {
        TableSchema schema = schema(tableName);
        double creationTimeMs =
                uncounted(tableName, id).map(Document::creationTimeMs).orElseGet(this::newCreationTimeMs);
        write(schema, id, creationTimeMs, content);
    }

    @Override
    public void patch(String tableName, String id, ConvexObject fields, Set<String> removedFields) {
        Document old = existing(tableName, id);
        ConvexObject.Builder patched = old.value().toBuilder();
        fields.fields().forEach(patched::put);
        removedFields.forEach(patched::remove);
        write(schema(tableName), id, old.creationTimeMs(), patched.build());
    }

    @Override
    public void replace(String tableName, String id, ConvexObject content) {
        Document old = existing(tableName, id);
        write(schema(tableName), id, old.creationTimeMs(), content);
    }

    @Override
    public void delete(String tableName, String id) {
        existing(tableName, id);
        apply(new DocumentWrite(tableName, id, Optional.empty()));
    }

    /** Removes a document of a system or managed table, if it is there. Not part of the functions' API. */
    public void removeSystem(String tableName, String id) {
        apply(new DocumentWrite(tableName, id, Optional.empty()));
    }

    private TableSchema writableSchema(String name) {
        TableSchema schema = schema(name);
        return switch (schema.kind()) {
            case MEMORY -> schema;
            case DEMAND ->
                throw new IllegalArgumentException("the rows of " + name + " are made by its provider, not written");
            case MANAGED, SYSTEM ->
                throw new IllegalArgumentException("the table " + name + " is the system's, functions do not write it");
        };
    }

    private Document existing(String tableName, String id) {
        TableSchema _ = writableSchema(tableName);
        return getDocument(tableName, id)
                .orElseThrow(() -> new IllegalArgumentException("there is no document " + id + " in " + tableName));
    }

    private void write(TableSchema schema, String id, double creationTimeMs, ConvexObject content) {
        ConvexObject own = content.without("_id").without("_creationTime");
        if (schema.kind() == TableSchema.Kind.MEMORY) {
            own.fields().keySet().forEach(Transaction::requireFieldName);
        }
        requireSchema(schema, own, snapshot::allowsId);
        ConvexObject whole = schema.kind() == TableSchema.Kind.SYSTEM
                ? own
                : own.toBuilder()
                        .put("_id", id)
                        .put("_creationTime", creationTimeMs)
                        .build();
        apply(new DocumentWrite(schema.name(), id, Optional.of(Document.unwritten(id, creationTimeMs, whole))));
    }

    static void requireSchema(TableSchema schema, ConvexObject content, Validator.IdCheck ids) {
        if (schema.kind() == TableSchema.Kind.SYSTEM || schema.kind() == TableSchema.Kind.MANAGED) {
            return;
        }
        ValueLimits.DOCUMENT.check("a document", content);
        if (schema.document().isPresent()) {
            Optional<Validator.Violation> violation = schema.document().get().check(content, ids);
            if (violation.isPresent()) {
                throw new InvalidValueException("the document does not fit the table " + schema.name() + ": "
                        + violation.get().describe());
            }
        }
    }

    /** Only of what is written: what was kept under other rules stays readable. */
    private static void requireFieldName(String field) {
        boolean isIdentifier = !field.isEmpty() && field.length() <= 64 && isLetter(field.charAt(0));
        for (int index = 1; isIdentifier && index < field.length(); index++) {
            char unit = field.charAt(index);
            isIdentifier = isLetter(unit) || (unit >= '0' && unit <= '9') || unit == '_';
        }
        if (!isIdentifier) {
            throw new InvalidValueException(
                    "a document's field begins with an ASCII letter and goes on with letters, digits and underscores, at"
                            + " most 64 characters in all, unlike \"" + field + "\"");
        }
    }

    private static boolean isLetter(char unit) {
        return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z');
    }

    private void apply(DocumentWrite write) {
        requireWithinLimits();
        requireTime();
        WriteKey key = new WriteKey(write.table(), write.id());
        if (schema(write.table()).kind() == TableSchema.Kind.MEMORY) {
            countWritten(write, Optional.ofNullable(writes.get(key)));
        }
        writes.put(key, write);
        unapplied.computeIfAbsent(write.table(), ignored -> new ArrayList<>()).add(write);
    }

    private void countWritten(DocumentWrite write, Optional<DocumentWrite> earlier) {
        int documents = writtenDocuments + (earlier.isPresent() ? 0 : 1);
        long bytes =
                writtenBytes + sizeOf(write) - earlier.map(Transaction::sizeOf).orElse(0L);
        if (documents > limits.writtenDocuments()) {
            throw failed(
                    DatabaseException.Code.TRANSACTION_TOO_LARGE,
                    "a mutation writes at most " + limits.writtenDocuments() + " documents");
        }
        if (bytes > limits.writtenBytes()) {
            throw failed(
                    DatabaseException.Code.TRANSACTION_TOO_LARGE,
                    "a mutation writes documents of at most " + limits.writtenBytes() + " bytes in all");
        }
        writtenDocuments = documents;
        writtenBytes = bytes;
    }

    private static long sizeOf(DocumentWrite write) {
        return write.document().map(Document::size).orElse(0L);
    }

    private double newCreationTimeMs() {
        double nowMs = clock.epochNs() / 1e6;
        lastCreationTimeMs = nowMs > lastCreationTimeMs ? nowMs : Math.nextUp(lastCreationTimeMs);
        return lastCreationTimeMs;
    }

    /** Marks the present state of the writes. */
    public Savepoint savepoint() {
        unapplied.forEach(this::applyOwn);
        unapplied.clear();
        return new Savepoint(new HashMap<>(tables), new LinkedHashMap<>(writes), writtenDocuments, writtenBytes);
    }

    /** Takes back what was written since; what was read stays read. */
    public void rollBackTo(Savepoint savepoint) {
        tables = new HashMap<>(savepoint.tables);
        tablesAreOwn = true;
        unapplied.clear();
        writes = new LinkedHashMap<>(savepoint.writes);
        writtenDocuments = savepoint.writtenDocuments;
        writtenBytes = savepoint.writtenBytes;
    }

    /** The writes of a transaction at one point of its run. */
    public static final class Savepoint {
        private final Map<String, TableSnapshot> tables;
        private final Map<WriteKey, DocumentWrite> writes;
        private final int writtenDocuments;
        private final long writtenBytes;

        private Savepoint(
                Map<String, TableSnapshot> tables,
                Map<WriteKey, DocumentWrite> writes,
                int writtenDocuments,
                long writtenBytes) {
            this.tables = tables;
            this.writes = writes;
            this.writtenDocuments = writtenDocuments;
            this.writtenBytes = writtenBytes;
        }
    }

    private record WriteKey(String table, String id) {}
}
