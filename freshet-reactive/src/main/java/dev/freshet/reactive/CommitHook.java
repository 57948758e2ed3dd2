package dev.freshet.reactive;

/** Hears of a commit before anybody can see it. Called on the committer's thread; must only note and return. */
@FunctionalInterface
public interface CommitHook {
    /** A hook that does nothing. */
    CommitHook NONE = timestampNs -> {};

    /** The commit is certain and will become visible at this timestamp. */
    void beforeVisible(long timestampNs);
}
