package dev.freshet.functions.api;

import java.util.Objects;
import java.util.Optional;

/**
 * One function with all that the runtime must know to call it.
 *
 * @param path where clients find it
 * @param visibility who may ask for it at all
 * @param arguments what the argument object must look like
 * @param returns what the result must look like, if that is declared
 * @param callerFacts what the body is told of its caller
 * @param guard who may call it, checked outside the body
 * @param handler the body; its type is the function's kind
 */
public record FunctionDefinition(
        FunctionPath path,
        Visibility visibility,
        Validator arguments,
        Optional<Validator> returns,
        CallerFacts callerFacts,
        Guard guard,
        FunctionHandler handler) {
    public FunctionDefinition {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(visibility, "visibility");
        Objects.requireNonNull(arguments, "arguments");
        Objects.requireNonNull(returns, "returns");
        Objects.requireNonNull(callerFacts, "callerFacts");
        Objects.requireNonNull(guard, "guard");
        Objects.requireNonNull(handler, "handler");
    }
}
