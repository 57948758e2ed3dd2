package dev.freshet.event;

/** Why one event of a request was not taken; the wire names are part of the external contract. */
public enum RejectCode {
    INVALID_JSON("invalid_json"),
    NOT_AN_OBJECT("not_an_object"),
    UNKNOWN_EVENT_TYPE("unknown_event_type"),
    MISSING_FIELD("missing_field"),
    FIELD_TOO_LONG("field_too_long"),
    INVALID_FIELD("invalid_field"),
    TIMESTAMP_OUT_OF_RANGE("timestamp_out_of_range"),
    EVENT_TOO_LARGE("event_too_large");

    private final String wireName;

    RejectCode(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
