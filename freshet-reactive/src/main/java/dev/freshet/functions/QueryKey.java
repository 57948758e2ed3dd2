package dev.freshet.functions;

import dev.freshet.functions.api.DeclaredCaller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.value.ConvexObject;
import java.util.Optional;

/**
 * What makes two queries the same: all who ask with an equal key share one execution.
 *
 * @param function compared by its path, which is unique in a runtime
 * @param caller only what the function declared
 * @param journal where an earlier run of a page ended, as the client kept it
 */
record QueryKey(FunctionDefinition function, ConvexObject arguments, DeclaredCaller caller, Optional<String> journal) {
    /** The same query as it runs once a run of it has left this journal. */
    QueryKey withJournal(Optional<String> newJournal) {
        return new QueryKey(function, arguments, caller, newJournal);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueryKey that
                && function.path().equals(that.function.path())
                && arguments.equals(that.arguments)
                && caller.equals(that.caller)
                && journal.equals(that.journal);
    }

    @Override
    public int hashCode() {
        int hash = function.path().hashCode();
        hash = 31 * hash + arguments.hashCode();
        hash = 31 * hash + caller.hashCode();
        return 31 * hash + journal.hashCode();
    }
}
