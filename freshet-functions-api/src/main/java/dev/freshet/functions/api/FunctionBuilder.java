package dev.freshet.functions.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Describes one function; {@link #handler} ends it and goes back to the module. Without any call a function is public,
 * takes no arguments, may return anything, is open to every caller and is told nothing about them. Not safe for several
 * threads.
 *
 * @param <H> the kind of handler
 */
public final class FunctionBuilder<H> {
    private final FunctionPath path;
    private final FunctionModule.Builder module;
    private final Function<H, FunctionHandler> handlerOf;
    private final Map<String, Validator> arguments = new LinkedHashMap<>();
    private Optional<Validator> returns = Optional.empty();
    private Visibility visibility = Visibility.PUBLIC;
    private CallerFacts callerFacts = CallerFacts.NOTHING;
    private Guard guard = Guard.open();

    FunctionBuilder(FunctionPath path, FunctionModule.Builder module, Function<H, FunctionHandler> handlerOf) {
        this.path = path;
        this.module = module;
        this.handlerOf = handlerOf;
    }

    /** Declares an argument; {@link Validator#optional} makes it one that may be left out. */
    public FunctionBuilder<H> argument(String name, Validator validator) {
        arguments.put(name, validator);
        return this;
    }

    /** Declares what the function returns; a result that does not pass fails the call. */
    public FunctionBuilder<H> returns(Validator validator) {
        returns = Optional.of(validator);
        return this;
    }

    /** Hides the function from clients: only other functions, the runtime and administrators call it. */
    public FunctionBuilder<H> internal() {
        visibility = Visibility.INTERNAL;
        return this;
    }

    /**
     * Declares what the function needs to know of its caller. The less, the more callers share one execution of a
     * query; what is not declared cannot be read.
     */
    public FunctionBuilder<H> caller(CallerFacts facts) {
        callerFacts = facts;
        return this;
    }

    /** Sets who may call the function. The guard runs for every caller, outside the shared execution. */
    public FunctionBuilder<H> guard(Guard check) {
        guard = check;
        return this;
    }

    /** Ends the function with its body. */
    public FunctionModule.Builder handler(H body) {
        return module.add(new FunctionDefinition(
                path, visibility, Validator.object(arguments), returns, callerFacts, guard, handlerOf.apply(body)));
    }
}
