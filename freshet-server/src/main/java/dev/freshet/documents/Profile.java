package dev.freshet.documents;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tracked person.
 *
 * @param traits by the names that they were sent under; the traits of the person's group under {@code $group}
 * @param version one more with each change, so that the newest of several copies can be told
 */
public record Profile(String teamId, String userId, Map<String, @Nullable Object> traits, long version) {
    public Profile {
        traits = Collections.unmodifiableMap(new LinkedHashMap<>(traits));
    }
}
