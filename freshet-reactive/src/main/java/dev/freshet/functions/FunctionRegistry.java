package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionDefinition;
import dev.freshet.functions.api.FunctionHandler;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.FunctionPath;
import dev.freshet.functions.api.Visibility;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All functions by path. Immutable. */
public final class FunctionRegistry {
    private final Map<FunctionPath, FunctionDefinition> functions;

    private FunctionRegistry(Map<FunctionPath, FunctionDefinition> functions) {
        this.functions = functions;
    }

    static FunctionRegistry of(List<FunctionModule> modules) {
        Map<FunctionPath, FunctionDefinition> functions = new TreeMap<>();
        for (FunctionModule module : modules) {
            for (FunctionDefinition function : module.functions()) {
                if (functions.put(function.path(), function) != null) {
                    throw new IllegalArgumentException("there are two functions " + function.path());
                }
            }
        }
        return new FunctionRegistry(functions);
    }

    /** Every function, by path. */
    public Collection<FunctionDefinition> functions() {
        return functions.values();
    }

    /** The function a client may call: of this kind and public, or any of this kind for an administrator. */
    <H extends FunctionHandler> Optional<FunctionDefinition> findFor(Caller caller, String path, Class<H> kind) {
        return find(path)
                .filter(function -> kind.isInstance(function.handler()))
                .filter(function -> function.visibility() == Visibility.PUBLIC || caller.administrator());
    }

    /** The function of this path, of any kind and visibility. */
    public Optional<FunctionDefinition> find(String path) {
        try {
            return Optional.ofNullable(functions.get(FunctionPath.parse(path)));
        } catch (IllegalArgumentException malformed) {
            // What is not even a path names no function; the caller's message quotes it.
            return Optional.empty();
        }
    }
}
