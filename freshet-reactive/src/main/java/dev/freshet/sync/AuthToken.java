package dev.freshet.sync;

import dev.freshet.functions.value.ConvexObject;
import java.util.Optional;

/** What a client says it is. */
public sealed interface AuthToken {
    /** A JWT. */
    record User(String token) implements AuthToken {
        @Override
        public String toString() {
            return "User[token=…]";
        }
    }

    /** The deployment's admin key, and whom the client wants to act as. */
    record Admin(String key, Optional<ConvexObject> actingAs) implements AuthToken {
        @Override
        public String toString() {
            return "Admin[key=…]";
        }
    }
}
