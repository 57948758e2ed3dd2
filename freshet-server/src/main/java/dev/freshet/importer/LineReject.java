package dev.freshet.importer;

/**
 * A line that is no event.
 *
 * @param message one sentence
 */
public record LineReject(long lineNumber, Reason reason, String message) implements SourceItem {
    /** The class of the fault; {@link #wireName} is what is counted and printed beside the server's own codes. */
    public enum Reason {
        LINE_TOO_LONG("line_too_long"),
        MALFORMED_LINE("malformed_line"),
        MALFORMED_TIME("malformed_time"),
        MALFORMED_STATUS("malformed_status"),
        INVALID_JSON("invalid_json"),
        NOT_AN_OBJECT("not_an_object"),
        UNKNOWN_EVENT_TYPE("unknown_event_type"),
        MISSING_FIELD("missing_field"),
        FIELD_TOO_LONG("field_too_long"),
        INVALID_FIELD("invalid_field");

        private final String wireName;

        Reason(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }
}
