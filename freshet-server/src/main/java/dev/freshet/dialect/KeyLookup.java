package dev.freshet.dialect;

import dev.freshet.auth.WriteKeyGrant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds whose a request is by the keys that its headers and its body hold. */
final class KeyLookup {
    private static final String PERSONAL_KEY = "phx_";

    private final Function<String, Optional<WriteKeyGrant>> grantOfKey;

    KeyLookup(Function<String, Optional<WriteKeyGrant>> grantOfKey) {
        this.grantOfKey = grantOfKey;
    }

    /** The first key of headers and then body that is somebody's. */
    WriteKeyGrant grant(List<String> headerKeys, String bodyKey) throws DialectException {
        for (String key : headerKeys) {
            Optional<WriteKeyGrant> grant = grantOfKey.apply(key);
            if (grant.isPresent()) {
                return grant.get();
            }
        }
        if (bodyKey.isEmpty()) {
            throw refusal(
                    headerKeys.isEmpty()
                            ? "A write key is needed, where the SDK puts it: Basic authentication, the body, Bearer"
                                    + " or X-Write-Key."
                            : "The write key is unknown.");
        }
        return grantOfKey
                .apply(bodyKey)
                .orElseThrow(() -> refusal(
                        bodyKey.startsWith(PERSONAL_KEY)
                                ? "This is a personal key; use the project's write key."
                                : "The write key is unknown."));
    }

    /** Those of the keys that are somebody's. */
    List<String> known(List<String> headerKeys, String bodyKey) {
        return Stream.concat(headerKeys.stream(), Stream.of(bodyKey))
                .filter(key -> !key.isEmpty() && grantOfKey.apply(key).isPresent())
                .distinct()
                .toList();
    }

    static DialectException refusal(String message) {
        return new DialectException(DialectException.Code.UNKNOWN_KEY, message);
    }
}
