package dev.freshet.functions;

import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ValueTooLargeException;
import dev.freshet.reactive.DatabaseException;
import dev.freshet.runtime.Randomness;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a function threw into what its client is told: a ConvexError's data and the message of a limit of ours always;
 * of anything else the message in development, and otherwise only an id under which it is found in the log.
 */
final class FunctionErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionErrors.class);

    private final Randomness randomness;
    private final boolean developmentErrors;

    FunctionErrors(Randomness randomness, boolean developmentErrors) {
        this.randomness = randomness;
        this.developmentErrors = developmentErrors;
    }

    FunctionResult.Failure ofThrown(String path, Throwable thrown) {
        Throwable cause = unwrap(thrown);
        String requestId = HexFormat.of().formatHex(randomness.bytes(8));
        String head = "[Request ID: " + requestId + "] Server Error";
        if (cause instanceof ConvexError error) {
            String message = "\nUncaught ConvexError: " + ConvexJson.encode(error.data());
            return new FunctionResult.Failure(head + message, Optional.of(error.data()));
        }
        LOG.warn("a function failed [function={}, requestId={}]", path, requestId, cause);
        String detail = developmentErrors || isOwnLimit(cause) ? "\nUncaught Error: " + describe(cause) : "";
        return new FunctionResult.Failure(head + detail, Optional.empty());
    }

    /** Whether the message is ours and so can hold nothing that the function's developer would keep to himself. */
    private static boolean isOwnLimit(Throwable cause) {
        return switch (cause) {
            case DatabaseException failure ->
                failure.code() == DatabaseException.Code.TRANSACTION_TOO_LARGE
                        || failure.code() == DatabaseException.Code.TRANSACTION_TOO_SLOW;
            case FunctionTimeoutException ignored -> true;
            case FunctionBusyException ignored -> true;
            case FunctionLimitException ignored -> true;
            case ValueTooLargeException ignored -> true;
            default -> false;
        };
    }

    private static String describe(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    static FunctionResult.Failure notFound(String path) {
        return new FunctionResult.Failure("Could not find public function for '" + path + "'.", Optional.empty());
    }

    static FunctionResult.Failure badArguments(Validator.Violation violation) {
        return new FunctionResult.Failure("ArgumentValidationError: " + violation.describe(), Optional.empty());
    }

    static FunctionResult.Failure badArguments(String problem) {
        return new FunctionResult.Failure("ArgumentValidationError: " + problem, Optional.empty());
    }

    /** Says neither what became of the request nor what it was. */
    static FunctionResult.Failure sentBySomebodyElse() {
        return new FunctionResult.Failure(
                "This request was first sent by somebody else, who alone is told what became of it.", Optional.empty());
    }

    static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether the function might have ended well with more time. */
    static boolean isTooSlow(Throwable thrown) {
        return unwrap(thrown) instanceof DatabaseException failure
                && failure.code() == DatabaseException.Code.TRANSACTION_TOO_SLOW;
    }

    /** Whether the system rather than the function failed, as what the call is to end with. */
    static Optional<FunctionRefusedException> asRefusal(Throwable thrown) {
        return switch (unwrap(thrown)) {
            case FunctionRefusedException refusal -> Optional.of(refusal);
            case DatabaseException failure ->
                switch (failure.code()) {
                    case COMMITTER_FULL ->
                        Optional.of(new FunctionRefusedException(
                                FunctionRefusedException.Reason.COMMITTER_FULL, failure.getMessage(), failure));
                    case STOPPED ->
                        Optional.of(new FunctionRefusedException(
                                FunctionRefusedException.Reason.STOPPED, failure.getMessage(), failure));
                    case STORAGE_FAILED ->
                        Optional.of(new FunctionRefusedException(
                                FunctionRefusedException.Reason.STORAGE_FAILED, failure.getMessage(), failure));
                    case TRANSACTION_TOO_LARGE, TRANSACTION_TOO_SLOW -> Optional.empty();
                };
            default -> Optional.empty();
        };
    }
}
