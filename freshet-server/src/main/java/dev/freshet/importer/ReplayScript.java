package dev.freshet.importer;

import dev.freshet.importer.ImportException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The requests of a log in the order of their times, and where in a pass each has its place. Held in memory, about a
 * kilobyte each. Immutable.
 */
public final class ReplayScript {
    private static final int MAX_REQUESTS = 500_000;
    private static final long HOUR_SECONDS = 3600;

    /**
     * A request and when it is due.
     *
     * @param position from the start of the pass
     */
    record Step(RequestEvent request, Duration position) {}

    private final ImportFile file;
    private final List<Step> steps;
    private final Duration length;

    private ReplayScript(ImportFile file, List<Step> steps, Duration length) {
        this.file = file;
        this.steps = steps;
        this.length = length;
    }

    /** Lines that are no requests are left out: the import has named them. */
    public static ReplayScript load(AccessLog log, ReplayPace pace) throws ImportException {
        List<RequestEvent> requests = read(log);
        if (requests.isEmpty()) {
            throw new ImportException(
                    Code.UNREADABLE_FILE, log.file().name() + " holds no request that could be replayed.");
        }
        requests.sort(Comparator.comparing(RequestEvent::loggedTime).thenComparingLong(RequestEvent::lineNumber));
        double seconds = requests.size() / pace.eventsPerSecond();
        double[] fractions = switch (pace.shape()) {
            case EVEN -> evenly(requests.size());
            case AS_LOGGED -> byHour(requests);
        };
        List<Step> steps = new ArrayList<>(requests.size());
        for (int i = 0; i < fractions.length; i++) {
            steps.add(new Step(requests.get(i), nanos(fractions[i] * seconds)));
        }
        return new ReplayScript(log.file(), List.copyOf(steps), nanos(seconds));
    }

    private static List<RequestEvent> read(AccessLog log) throws ImportException {
        if (log.requests() > MAX_REQUESTS) {
            throw new ImportException(
                    Code.UNREADABLE_FILE,
                    log.file().name() + " is too long to be replayed: it holds " + log.requests()
                            + " requests, at most " + MAX_REQUESTS + " are possible.");
        }
        List<RequestEvent> requests = new ArrayList<>();
        try (AccessLogSource.RequestEvents source = new AccessLogSource.RequestEvents(log)) {
            Optional<AccessLogSource.RequestEvents.Item> item = source.next();
            while (item.isPresent()) {
                if (item.orElseThrow() instanceof AccessLogSource.RequestEvents.Read(RequestEvent request)) {
                    requests.add(request);
                }
                item = source.next();
            }
        }
        return requests;
    }

    private static double[] evenly(int count) {
        double[] fractions = new double[count];
        for (int i = 0; i < count; i++) {
            fractions[i] = (double) i / count;
        }
        return fractions;
    }

    /** Within its hour each request is spread evenly: logs such as the demo's keep their hours but not their minutes. */
    private static double[] byHour(List<RequestEvent> requests) {
        Map<Long, Integer> countByHour = new HashMap<>();
        requests.forEach(request -> countByHour.merge(hourOf(request), 1, Integer::sum));
        long firstHour = hourOf(requests.getFirst());
        double hours = hourOf(requests.getLast()) - firstHour + 1;
        Map<Long, Integer> seenByHour = new HashMap<>();
        double[] fractions = new double[requests.size()];
        for (int i = 0; i < fractions.length; i++) {
            long hour = hourOf(requests.get(i));
            int seen = seenByHour.merge(hour, 1, Integer::sum);
            double withinHour = (seen - 0.5) / countByHour.getOrDefault(hour, 1);
            fractions[i] = (hour - firstHour + withinHour) / hours;
        }
        return fractions;
    }

    private static long hourOf(RequestEvent request) {
        return Math.floorDiv(request.loggedTime().getEpochSecond(), HOUR_SECONDS);
    }

    private static Duration nanos(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    ImportFile file() {
        return file;
    }

    /** In the order of their positions. */
    List<Step> steps() {
        return steps;
    }

    /** How long a pass takes. */
    Duration length() {
        return length;
    }
}
