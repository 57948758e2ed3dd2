package dev.freshet.aggregate;

import dev.freshet.event.EventType;
import dev.freshet.metric.Match;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A match made ready to be compared with events as bytes. */
final class MatchFilter {
    private static final byte ANY_TYPE = 0;

    private final byte typeCode;
    private final @Nullable TextMap<Boolean> names;

    MatchFilter(Match match) {
        typeCode = match.eventType().map(EventType::code).orElse(ANY_TYPE);
        names = namesOf(match.names());
    }

    private static @Nullable TextMap<Boolean> namesOf(Optional<List<String>> wanted) {
        if (wanted.isEmpty()) {
            return null;
        }
        TextMap<Boolean> names = new TextMap<>();
        wanted.get().forEach(name -> names.add(name.getBytes(StandardCharsets.UTF_8), true));
        return names;
    }

    /** Whether an event with this one's name and {@code type}, which may be another than its own, matches. */
    boolean accepts(EventView event, byte type) {
        if (typeCode != ANY_TYPE && typeCode != type) {
            return false;
        }
        return names == null
                || names.find(
                                event.cursor().bytes(),
                                event.cursor().nameStart(),
                                event.cursor().nameLength(),
                                event.nameHash())
                        != null;
    }
}
