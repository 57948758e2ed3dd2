package dev.freshet.functions;

import java.time.Duration;

/**
 * What functions may use.
 *
 * @param transactionTime how long a query or a run of a mutation may take
 * @param actionTime how long an action may take
 * @param parallelFunctions queries and mutations that run at the same moment
 * @param parallelActions actions that run at the same moment
 * @param queuedFunctions calls that may wait for a thread
 * @param queuedCommits commands that may wait for the committer
 * @param scannedDocuments documents one transaction may read
 * @param writtenDocuments documents one transaction may write
 * @param absentDemandWait how long a one-off query waits for a demanded row that is not there yet
 */
public record FunctionLimits(
        Duration transactionTime,
        Duration actionTime,
        int parallelFunctions,
        int parallelActions,
        int queuedFunctions,
        int queuedCommits,
        int scannedDocuments,
        int writtenDocuments,
        Duration absentDemandWait) {
    /** 1 s a transaction, 10 minutes an action, 1,000 actions, as many functions as twice the processors, at least 8. */
    public static FunctionLimits standard() {
        int parallel = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());
        return new FunctionLimits(
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                parallel,
                1_000,
                20_000,
                20_000,
                32_000,
                16_000,
                Duration.ofSeconds(1));
    }
}
