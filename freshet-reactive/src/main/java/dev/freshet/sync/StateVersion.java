package dev.freshet.sync;

/**
 * How far a client has got.
 *
 * @param querySet the query set's version
 * @param identity the identity's version
 * @param timestampNs the snapshot that all its results are of
 */
record StateVersion(long querySet, long identity, long timestampNs) {
    /** Where every socket begins. */
    static final StateVersion INITIAL = new StateVersion(0, 0, 0);
}
