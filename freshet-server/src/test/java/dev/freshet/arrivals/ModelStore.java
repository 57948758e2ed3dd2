package dev.freshet.arrivals;

import dev.freshet.event.DeadLetter;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.RowBinaryWriter;
import dev.freshet.eventstore.StoreQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** ClickHouse as {@link StoredArrivals} sees it, in memory; answers by what the queries bind. Thread-safe. */
final class ModelStore {
    private record StoredEvent(String teamId, long logPosition, String name) {}

    private final List<StoredEvent> events = new ArrayList<>();
    private final List<KeptLetter> letters = new ArrayList<>();
    private Optional<RuntimeException> fault = Optional.empty();
    private int questions;

    synchronized void event(String teamId, long logPosition, String name) {
        events.add(new StoredEvent(teamId, logPosition, name));
    }

    synchronized void letter(String teamId, long receivedAtMs, long logPosition, String body) {
        letters.add(new KeptLetter(
                new DeadLetter(teamId, receivedAtMs, "native", "invalid_json", "why", body),
                new LetterPlace(receivedAtMs, logPosition)));
    }

    synchronized void setAway(boolean away) {
        fault = away
                ? Optional.of(new EventStoreException(
                        0, EventStoreException.UNREACHABLE, "the test says no", new Exception()))
                : Optional.empty();
    }

    /** Answers every question with this. */
    synchronized void setFault(RuntimeException next) {
        fault = Optional.of(next);
    }

    synchronized int questions() {
        return questions;
    }

    StoredArrivals arrivals() {
        return new StoredArrivals(this::answer);
    }

    private synchronized RowBinaryReader answer(StoreQuery query) {
        questions++;
        if (fault.isPresent()) {
            throw fault.get();
        }
        RowBinaryWriter rows = new RowBinaryWriter();
        if (query.sql().contains("FROM events")) {
            answerEvents(query, rows);
        } else {
            answerLetters(query, rows);
        }
        return new RowBinaryReader(rows.rows());
    }

    private void answerEvents(StoreQuery query, RowBinaryWriter rows) {
        events.stream()
                .filter(event -> event.teamId().equals(query.parameters().get("team")))
                .filter(event -> event.logPosition() < number(query, "before"))
                .sorted(Comparator.comparingLong(StoredEvent::logPosition).reversed())
                .limit(number(query, "most"))
                .forEach(event -> rows.int64(event.logPosition())
                        .uuid(new UUID(1, event.logPosition()))
                        .int8((byte) 1)
                        .string(event.name())
                        .string("user")
                        .string("session")
                        .int64(1_000)
                        .int64(2_000)
                        .string("{}"));
    }

    private void answerLetters(StoreQuery query, RowBinaryWriter rows) {
        LetterPlace after = new LetterPlace(number(query, "afterMs"), number(query, "afterPosition"));
        LetterPlace through = new LetterPlace(number(query, "throughMs"), number(query, "throughPosition"));
        letters.stream()
                .filter(kept -> kept.letter().teamId().equals(query.parameters().get("team")))
                .filter(kept ->
                        kept.place().compareTo(after) < 0 && kept.place().compareTo(through) >= 0)
                .sorted(Comparator.comparing(KeptLetter::place).reversed())
                .limit(number(query, "most"))
                .forEach(kept -> rows.int64(kept.place().receivedAtMs())
                        .int64(kept.place().logPosition())
                        .string(kept.letter().dialect())
                        .string(kept.letter().code())
                        .string(kept.letter().message())
                        .string(kept.letter().body()));
    }

    private static long number(StoreQuery query, String name) {
        return Long.parseLong(query.parameters().get(name));
    }
}
