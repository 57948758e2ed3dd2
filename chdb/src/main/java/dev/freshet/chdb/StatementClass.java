package dev.freshet.chdb;

/**
 * What a statement does to state that outlives it, as the engine's own parser sees it; a text of several statements has
 * the most restricted class among them.
 */
public enum StatementClass {
    /** SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK: leaves no trace. */
    READ_ONLY,
    /** Changes a database, and a backup of the database carries the change. */
    MUTATING,
    /** Changes something outside of every database, such as a user or a function. */
    MUTATING_GLOBAL,
    /** USE, SET, SYSTEM, KILL, BACKUP and the like, or a write outside of the engine. */
    CONTROL,
    /** Not parsed or not known: to be treated as a refusal by whoever gates on the class. */
    UNKNOWN;

    static StatementClass ofNative(int value) {
        StatementClass[] all = values();
        return value >= 0 && value < all.length ? all[value] : UNKNOWN;
    }
}
