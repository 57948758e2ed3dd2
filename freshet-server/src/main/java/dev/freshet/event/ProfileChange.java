package dev.freshet.event;

import java.util.Objects;

/**
 * What a request says about a person; not an event. Applying one twice is the same as once.
 *
 * @param otherId the group of a GROUP, the earlier id of an ALIAS, else empty
 * @param atMs when the sender says it happened, in epoch milliseconds
 * @param traits one JSON object: {@code {"set":{…},"setOnce":{…}}}, either may be absent
 */
public record ProfileChange(String teamId, Kind kind, String userId, String otherId, long atMs, String traits) {
    /** What is said; the wire names are those of the log and never change. */
    public enum Kind {
        IDENTIFY("identify"),
        GROUP("group"),
        ALIAS("alias");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        static Kind ofWireName(String name) {
            for (Kind kind : values()) {
                if (kind.wireName.equals(name)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no change of a profile is called " + name);
        }
    }

    public ProfileChange {
        Objects.requireNonNull(teamId, "teamId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(otherId, "otherId");
        Objects.requireNonNull(traits, "traits");
    }

    /** As a row of a request; the id is the message's, so that a repeated message is seen as one. */
    public void addTo(EventRowsBuilder rows, long idHigh, long idLow) {
        rows.row(atMs, idHigh, idLow, RowKind.PROFILE_CHANGE)
                .text(teamId)
                .text(kind.wireName())
                .text(userId)
                .text(otherId)
                .text(traits);
    }

    /** Reads the row that a cursor stands on, which must be a change of a profile. */
    public static ProfileChange of(EventCursor row) {
        return new ProfileChange(
                row.teamId(),
                Kind.ofWireName(row.name()),
                row.userId(),
                row.sessionId(),
                row.timestampMs(),
                row.properties());
    }
}
