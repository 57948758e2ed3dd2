package dev.freshet.functions.api;

/**
 * Where a function is found: {@code module:function}, with {@code /} in nested modules. What clients may write besides
 * (a {@code .js} after the module, no function for {@code default}) is brought to this one form.
 *
 * @param module {@code messages} or {@code folder/messages}
 * @param function the name within the module
 */
public record FunctionPath(String module, String function) implements Comparable<FunctionPath> {
    private static final java.util.regex.Pattern MODULE =
            java.util.regex.Pattern.compile("[A-Za-z0-9_.]+(/[A-Za-z0-9_.]+)*");
    private static final java.util.regex.Pattern FUNCTION = java.util.regex.Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public FunctionPath {
        if (!MODULE.matcher(module).matches() || !FUNCTION.matcher(function).matches()) {
            throw new IllegalArgumentException("\"" + module + ":" + function + "\" is not a function path");
        }
    }

    /** A path of the two names. */
    public static FunctionPath of(String module, String function) {
        return new FunctionPath(module, function);
    }

    /**
     * Reads a path as a client writes it.
     *
     * @throws IllegalArgumentException when it is not a path
     */
    public static FunctionPath parse(String text) {
        int colon = text.lastIndexOf(':');
        String module = colon < 0 ? text : text.substring(0, colon);
        String function = colon < 0 ? "default" : text.substring(colon + 1);
        if (module.endsWith(".js")) {
            module = module.substring(0, module.length() - 3);
        }
        return new FunctionPath(module, function);
    }

    @Override
    public int compareTo(FunctionPath other) {
        int order = module.compareTo(other.module);
        return order != 0 ? order : function.compareTo(other.function);
    }

    @Override
    public String toString() {
        return module + ":" + function;
    }
}
