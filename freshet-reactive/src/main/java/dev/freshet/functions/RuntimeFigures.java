package dev.freshet.functions;

/**
 * Figures of the running tier, for metrics.
 *
 * @param latestTimestampNs the newest commit
 * @param queryRuns runs of queries since the start
 * @param mutationConflicts runs of mutations that had to be repeated since the start
 * @param distinctQueries queries held, however many watch each
 * @param subscribedIntervals intervals of indexes they look after
 * @param demandedRows rows of demand tables that are watched or linger
 * @param queuedCommits commands that wait for the committer
 */
public record RuntimeFigures(
        long latestTimestampNs,
        long queryRuns,
        long mutationConflicts,
        int distinctQueries,
        int subscribedIntervals,
        int demandedRows,
        int queuedCommits) {}
