package dev.freshet.importer;

import dev.freshet.importer.NumberedLines.NumberedLine;
import java.time.Instant;
import java.util.Optional;

/**
 * An access log that was read once from end to end for what its lines alone do not tell.
 *
 * @param requests how many lines are requests
 * @param firstTime of the earliest request; empty where there is none
 * @param lastTime of the latest request, which need not be the last line
 * @param site the site the log is of, as far as its referrers tell
 */
public record AccessLog(
        ImportFile file, long requests, Optional<Instant> firstTime, Optional<Instant> lastTime, SiteHosts site) {

    /** Reads the whole file; takes time in proportion to its size, and little memory. */
    public static AccessLog scan(ImportFile file) throws ImportException {
        CombinedLogParser parser = new CombinedLogParser();
        SiteHosts.Election election = new SiteHosts.Election();
        Times times = new Times();
        try (NumberedLines lines = new NumberedLines(file)) {
            for (Optional<NumberedLine> line = lines.next(); line.isPresent(); line = lines.next()) {
                NumberedLine numbered = line.orElseThrow();
                if (!numbered.cut()
                        && parser.parse(numbered.number(), numbered.text())
                                instanceof ParsedLine.Request(AccessLogLine request)) {
                    times.add(request.time());
                    election.add(request);
                }
            }
        }
        return new AccessLog(file, times.count, times.first(), times.last(), election.winner());
    }

    /** The same log, for a site that the caller knows better. */
    public AccessLog withSite(SiteHosts other) {
        return new AccessLog(file, requests, firstTime, lastTime, other);
    }

    private static final class Times {
        private long count;
        private Instant earliest = Instant.MAX;
        private Instant latest = Instant.MIN;

        void add(Instant time) {
            count++;
            earliest = time.isBefore(earliest) ? time : earliest;
            latest = time.isAfter(latest) ? time : latest;
        }

        Optional<Instant> first() {
            return count == 0 ? Optional.empty() : Optional.of(earliest);
        }

        Optional<Instant> last() {
            return count == 0 ? Optional.empty() : Optional.of(latest);
        }
    }
}
