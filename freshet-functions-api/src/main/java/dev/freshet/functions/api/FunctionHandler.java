package dev.freshet.functions.api;

/** A function's body by kind. */
public sealed interface FunctionHandler {
    /** The word for this kind of function in messages. */
    String kind();

    /** The body of a query. */
    record OfQuery(QueryHandler handler) implements FunctionHandler {
        @Override
        public String kind() {
            return "query";
        }
    }

    /** The body of a mutation. */
    record OfMutation(MutationHandler handler) implements FunctionHandler {
        @Override
        public String kind() {
            return "mutation";
        }
    }

    /** The body of an action. */
    record OfAction(ActionHandler handler) implements FunctionHandler {
        @Override
        public String kind() {
            return "action";
        }
    }
}
