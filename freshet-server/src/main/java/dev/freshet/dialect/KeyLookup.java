package dev.freshet.dialect;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds the team of a request by the keys that its headers and its body hold. */
final class KeyLookup {
    private static final String PERSONAL_KEY = "phx_";

    private final Function<String, Optional<String>> teamOfKey;

    KeyLookup(Function<String, Optional<String>> teamOfKey) {
        this.teamOfKey = teamOfKey;
    }

    /** The first key of headers and then body that is somebody's. */
    String team(List<String> headerKeys, String bodyKey) throws DialectException {
        for (String key : headerKeys) {
            Optional<String> team = teamOfKey.apply(key);
            if (team.isPresent()) {
                return team.get();
            }
        }
        if (bodyKey.isEmpty()) {
            throw refusal(
                    headerKeys.isEmpty()
                            ? "A write key is needed, where the SDK puts it: Basic authentication, the body, Bearer"
                                    + " or X-Write-Key."
                            : "The write key is unknown.");
        }
        return teamOfKey
                .apply(bodyKey)
                .orElseThrow(() -> refusal(
                        bodyKey.startsWith(PERSONAL_KEY)
                                ? "This is a personal key; use the project's write key."
                                : "The write key is unknown."));
    }

    static DialectException refusal(String message) {
        return new DialectException(DialectException.Code.UNKNOWN_KEY, message);
    }
}
