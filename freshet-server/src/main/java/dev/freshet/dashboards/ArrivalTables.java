package dev.freshet.dashboards;

import dev.freshet.arrivals.ArrivalSink;
import dev.freshet.arrivals.Arrivals;
import dev.freshet.arrivals.ArrivedEvent;
import dev.freshet.arrivals.KeptLetter;
import dev.freshet.arrivals.LetterPage;
import dev.freshet.arrivals.LetterPageKey;
import dev.freshet.event.DeadLetter;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins what comes in with who looks: watchers become demand on {@link Arrivals}, and what it tells becomes rows of the two
 * demand tables {@value #EVENTS} and {@value #LETTERS}. Made first, connected before anything starts.
 */
public final class ArrivalTables implements ArrivalSink {
    /** The last events; the keys are teams. */
    public static final String EVENTS = "recentEvents";

    /** Pages of dead letters; the keys are {@link LetterPageKey#text}. */
    public static final String LETTERS = "rejectedEvents";

    static final String ROWS = "rows";

    /** Stands in the row of a page that is not read, since the team, or all together, have too many open. */
    static final String TOO_MANY = "isTooMany";

    private volatile @Nullable Arrivals arrivals;
    private volatile @Nullable DemandTable events;
    private volatile @Nullable DemandTable letters;

    /** Once, before the first demand and the first result. */
    public void connect(Arrivals source, DemandTable eventTable, DemandTable letterTable) {
        arrivals = source;
        events = eventTable;
        letters = letterTable;
    }

    private Arrivals source() {
        return Objects.requireNonNull(arrivals, "not connected");
    }

    /** The provider of {@value #EVENTS}. */
    public DemandProvider eventProvider() {
        return new DemandProvider() {
            @Override
            public void demanded(String key) {
                source().watchEvents(key);
            }

            @Override
            public void released(String key) {
                source().forgetEvents(key);
            }
        };
    }

    /** The provider of {@value #LETTERS}. */
    public DemandProvider letterProvider() {
        return new DemandProvider() {
            @Override
            public void demanded(String key) {
                source().watchPage(LetterPageKey.ofText(key));
            }

            @Override
            public void released(String key) {
                source().forgetPage(LetterPageKey.ofText(key));
            }
        };
    }

    @Override
    public void events(String teamId, List<ArrivedEvent> newestFirst) {
        ConvexValue rows =
                ConvexValue.of(newestFirst.stream().map(ArrivalTables::event).toList());
        publish(events, teamId, ConvexObject.of(ROWS, rows));
    }

    @Override
    public void letters(LetterPageKey key, LetterPage page) {
        ConvexObject.Builder row = ConvexObject.builder()
                .put(
                        "page",
                        ConvexValue.of(page.letters().stream()
                                .map(ArrivalTables::letter)
                                .toList()))
                .put("isDone", page.isLast())
                .put("continueCursor", page.end().text());
        page.split()
                .ifPresent(place -> row.put("splitCursor", place.text())
                        .put("pageStatus", page.isWhole() ? "SplitRecommended" : "SplitRequired"));
        publish(letters, key.text(), row.build());
    }

    @Override
    public void tooManyLetters(LetterPageKey key) {
        publish(letters, key.text(), ConvexObject.of(TOO_MANY, ConvexValue.of(true)));
    }

    private static void publish(@Nullable DemandTable table, String key, ConvexObject row) {
        var _ = Objects.requireNonNull(table, "not connected").publish(Map.of(key, Optional.of(row)));
    }

    private static ConvexObject event(ArrivedEvent event) {
        ConvexObject.Builder row = ConvexObject.builder()
                .put("_id", event.eventId().toString())
                .put("eventType", event.eventType())
                .put("name", event.name())
                .put("userId", event.userId())
                .put("sessionId", event.sessionId())
                .put("timestamp", event.timestampMs())
                .put("receivedAt", event.receivedAtMs())
                .put("properties", event.properties());
        return (event.isCut() ? row.put("isCut", true) : row).build();
    }

    private static ConvexObject letter(KeptLetter kept) {
        DeadLetter letter = kept.letter();
        return ConvexObject.builder()
                .put("_id", kept.place().text())
                .put("receivedAt", letter.receivedAtMs())
                .put("dialect", letter.dialect())
                .put("code", letter.code())
                .put("message", letter.message())
                .put("body", letter.body())
                .build();
    }
}
