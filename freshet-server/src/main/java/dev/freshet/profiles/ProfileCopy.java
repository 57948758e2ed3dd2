package dev.freshet.profiles;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.Person;
import dev.freshet.documents.Profile;
import dev.freshet.documents.Profiles;
import dev.freshet.eventstore.EventStore;
import dev.freshet.eventstore.EventStoreException;
import dev.freshet.eventstore.RowBinaryWriter;
import dev.freshet.eventstore.TableInsert;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * ClickHouse's copy of the profiles, for joins. The table keeps the row of the highest version, so that a copy made twice, or
 * late, does no harm. Confined to one thread.
 */
final class ProfileCopy {
    private static final String COLUMNS = "team_id, user_id, traits, version";
    private static final long MOST_CHARACTERS = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Profiles profiles;
    private final EventStore store;

    ProfileCopy(Profiles profiles, EventStore store) {
        this.profiles = profiles;
        this.store = store;
    }

    private record Row(Person person, String traits, long version) {}

    /**
     * Copies what MongoDB holds of these people; a profile that cannot be read or that ClickHouse refuses is left out and noted.
     *
     * @throws DocumentStoreException UNREACHABLE
     * @throws EventStoreException for anything but refused content
     */
    void bring(Set<Person> people) {
        List<Row> rows = new ArrayList<>();
        long characters = 0;
        for (Person person : people) {
            Optional<Row> row = read(person);
            row.ifPresent(rows::add);
            characters += row.map(known -> known.traits().length()).orElse(0);
            if (characters >= MOST_CHARACTERS) {
                insert(rows);
                rows = new ArrayList<>();
                characters = 0;
            }
        }
        insert(rows);
    }

    private Optional<Row> read(Person person) {
        try {
            return profiles.find(person).map(profile -> new Row(person, json(profile), profile.version()));
        } catch (DocumentStoreException cause) {
            switch (cause.code()) {
                case UNREADABLE_DOCUMENT, REFUSED_CONTENT -> profiles.refused().note(person, cause);
                case INVALID_URI, UNREACHABLE, UNUSABLE_FOLDER, DUPLICATE, NOT_FOUND, LIMIT_EXCEEDED -> throw cause;
            }
            return Optional.empty();
        }
    }

    private static String json(Profile profile) {
        try {
            return JSON.writeValueAsString(profile.traits());
        } catch (JsonProcessingException cause) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.UNREADABLE_DOCUMENT, "the traits cannot be written as JSON", cause);
        }
    }

    private void insert(List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        RowBinaryWriter writer = new RowBinaryWriter();
        for (Row row : rows) {
            writer.string(row.person().teamId())
                    .string(row.person().userId())
                    .string(row.traits())
                    .int64(row.version());
        }
        try {
            store.insert(new TableInsert("profiles", COLUMNS, List.of(writer.rows()), Optional.empty()));
        } catch (EventStoreException cause) {
            if (!cause.isRefusedContent()) {
                throw cause;
            }
            divide(rows, cause);
        }
    }

    private void divide(List<Row> rows, EventStoreException cause) {
        if (rows.size() == 1) {
            profiles.refused().note(rows.getFirst().person(), cause);
            return;
        }
        int middle = rows.size() / 2;
        insert(rows.subList(0, middle));
        insert(rows.subList(middle, rows.size()));
    }
}
