package dev.freshet.sync;

import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.MutationOutcome;
import dev.freshet.functions.QueryWatch;
import dev.freshet.functions.RequestKey;
import dev.freshet.functions.api.Caller;
import dev.freshet.reactive.CommitHook;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Functions as a client's messages call them: what cannot be called fails as a function does. Thread-safe. */
record SessionCalls(FunctionCalls calls) {
    QueryWatch watch(ClientMessage.FunctionCall call, Caller caller, Optional<String> journal, Runnable watcher) {
        return call.fault()
                .map(calls::watchFailure)
                .orElseGet(() -> calls.watch(pathOf(call), call.arguments(), caller, journal, watcher));
    }

    CompletableFuture<MutationOutcome> mutation(
            ClientMessage.FunctionCall call, Caller caller, Optional<RequestKey> request, CommitHook hook) {
        return call.fault()
                .map(fault -> CompletableFuture.<MutationOutcome>completedFuture(new MutationOutcome.Failed(fault)))
                .orElseGet(() -> calls.mutation(pathOf(call), call.arguments(), caller, request, hook));
    }

    CompletableFuture<FunctionResult> action(ClientMessage.FunctionCall call, Caller caller) {
        return call.fault()
                .map(CompletableFuture::<FunctionResult>completedFuture)
                .orElseGet(() -> calls.action(pathOf(call), call.arguments(), caller));
    }

    /** There are no components here, so nothing is found in one. */
    private static String pathOf(ClientMessage.FunctionCall call) {
        return call.inComponent() ? "component/" + call.path() + "/" : call.path();
    }
}
