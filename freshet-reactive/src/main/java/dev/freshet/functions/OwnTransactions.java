package dev.freshet.functions;

import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.CommitOutcome;
import dev.freshet.reactive.Database;
import dev.freshet.reactive.Transaction;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Transactions of the server's own code. Thread-safe; blocks. */
record OwnTransactions(Database database) {
    private static final int OPTIMISTIC_RUNS = 2;

    /**
     * Changes tables in one transaction, on the calling thread; the change may be run several times until it commits, the
     * last time while the committer waits for it. Returns once the commit is visible.
     */
    <T> T run(Function<Transaction, T> change) {
        for (int run = 1; run <= OPTIMISTIC_RUNS; run++) {
            Transaction transaction = database.beginOwn(database.latest());
            T result = change.apply(transaction);
            if (!transaction.hasWrites()) {
                return result;
            }
            if (FunctionCalls.await(database.commit(transaction, CommitHook.NONE)) instanceof CommitOutcome.Committed) {
                return result;
            }
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        CommitOutcome _ = FunctionCalls.await(database.commitSerially(
                snapshot -> {
                    Transaction transaction = database.beginOwn(snapshot);
                    result.complete(change.apply(transaction));
                    return transaction;
                },
                CommitHook.NONE));
        return result.join();
    }
}
