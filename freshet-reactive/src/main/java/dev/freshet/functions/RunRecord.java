package dev.freshet.functions;

import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.Transaction;
import java.util.Optional;

/** What makes a mutation happen once: it is looked up and written in the mutation's own transaction. */
interface RunRecord {
    /** For what may happen again. */
    RunRecord NONE = new RunRecord() {
        @Override
        public Optional<MutationOutcome> find(Transaction transaction) {
            return Optional.empty();
        }

        @Override
        public void write(Transaction transaction, ConvexValue result) {
            // Nobody asks whether it has happened.
        }
    };

    /** How it ended if it must not run; empty if it is to run now. */
    Optional<MutationOutcome> find(Transaction transaction);

    /** Notes that it has happened, with what the function returned. */
    void write(Transaction transaction, ConvexValue result);
}
