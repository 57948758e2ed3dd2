package dev.freshet.importer;

import dev.freshet.importer.LineReject.Reason;
import dev.freshet.importer.NumberedLines.NumberedLine;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An access log as events of the import pass. Confined to one thread. */
public final class AccessLogSource implements EventSource {
    private final AccessLog log;
    private final Duration shift;
    private final RequestEvents requests;
    private final ImportEventIds ids;
    private final Sessions sessions = new Sessions();

    private AccessLogSource(AccessLog log, Duration shift, RequestEvents requests) {
        this.log = log;
        this.shift = shift;
        this.requests = requests;
        this.ids = new ImportEventIds(log.file());
    }

    /**
     * @param shift is added to every time; {@link ImportState#shiftEndingNow} gives one that an import can repeat
     */
    public static AccessLogSource open(AccessLog log, Duration shift) throws ImportException {
        return new AccessLogSource(log, shift, new RequestEvents(log));
    }

    @Override
    public Optional<SourceItem> next() throws ImportException {
        return requests.next().map(item -> switch (item) {
            case RequestEvents.Rejected(LineReject reject) -> reject;
            case RequestEvents.Read(RequestEvent request) -> event(request);
        });
    }

    private ImportEvent event(RequestEvent request) {
        Instant timestamp = request.loggedTime().plus(shift);
        return request.event(
                ids,
                ImportEventIds.IMPORT_PASS,
                timestamp,
                request.user(),
                sessions.sessionOf(request.user(), timestamp));
    }

    @Override
    public long bytesRead() {
        return requests.lines.bytesRead();
    }

    @Override
    public long bytesInAll() {
        return log.file().size();
    }

    @Override
    public void close() throws ImportException {
        requests.close();
    }

    /** The requests of a log, mapped, in the order of the file. */
    static final class RequestEvents implements AutoCloseable {
        sealed interface Item {}

        record Read(RequestEvent request) implements Item {}

        record Rejected(LineReject reject) implements Item {}

        private final CombinedLogParser parser = new CombinedLogParser();
        private final AccessLogMapping mapping;
        private final NumberedLines lines;

        RequestEvents(AccessLog log) throws ImportException {
            this.mapping = new AccessLogMapping(log.site());
            this.lines = new NumberedLines(log.file());
        }

        Optional<Item> next() throws ImportException {
            Optional<NumberedLine> line = lines.next();
            while (line.isPresent() && line.orElseThrow().text().isBlank()) {
                line = lines.next();
            }
            return line.map(this::read);
        }

        private Item read(NumberedLine line) {
            if (line.cut()) {
                return new Rejected(tooLong(line));
            }
            return switch (parser.parse(line.number(), line.text())) {
                case ParsedLine.Request(AccessLogLine request) -> new Read(RequestEvent.of(request, mapping));
                case ParsedLine.Rejected(LineReject reject) -> new Rejected(reject);
            };
        }

        @Override
        public void close() throws ImportException {
            lines.close();
        }
    }

    static LineReject tooLong(NumberedLine line) {
        return new LineReject(
                line.number(),
                Reason.LINE_TOO_LONG,
                "Line " + line.number() + " is longer than " + NumberedLines.MAX_LINE_BYTES + " bytes.");
    }
}
