package dev.freshet.sync.simulation;

/** What the tier promises to its clients, as far as a client can find out. */
enum Rule {
    /** Each Transition begins at the version where the one before it ended, and ends at one that the client has asked for. */
    VERSION_CHAIN,
    /** Time never goes back, over reconnects neither. */
    TIME_FORWARD,
    /** Behind a Transition there is a result for each query of its query set, and it brings none of a later set. */
    WHOLE_QUERY_SET,
    /** All results are what their queries return at the Transition's timestamp, for whom the client then was. */
    ONE_SNAPSHOT,
    /** A page goes on ending where it first ended, without a gap, and first was of the length asked for. */
    PAGES,
    /** A result that the client has is not sent again. */
    UNCHANGED_NOT_SENT,
    /** No Transition shows a mutation's writes before the mutation is answered. */
    RESPONSE_FIRST,
    /** However often and wherever a request is sent, it is done once and answered with the same. */
    EXACTLY_ONCE,
    /** Each mutation is answered in the end, and what was answered has happened. */
    CONFIRMED,
    /** What was refused has left nothing. */
    NOTHING_OF_REFUSED,
    /** All mutations returned what they return one after the other, on behalf of who sent them. */
    SERIALIZABLE,
    /** In the end everybody sees the last state. */
    LAST_STATE,
    /** The server says nothing that ends the conversation. */
    PROTOCOL
}
