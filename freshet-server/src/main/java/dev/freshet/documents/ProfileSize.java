package dev.freshet.documents;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** How large a person's document is, and becomes with each change. Confined to one thread. */
final class ProfileSize {
    /** Ids, times and the names of the parts. */
    private static final int NEW_BYTES = 1024;

    /** Stands for an index into the aliases. */
    private static final String ANY_INDEX = "99999";

    private final Map<String, Integer> fieldBytes = new HashMap<>();
    private final Set<String> aliases = new HashSet<>();
    private long bytes = NEW_BYTES;

    private ProfileSize() {}

    static ProfileSize ofNew() {
        return new ProfileSize();
    }

    /** What stands in the document in a shape that is not ours, by another client, counts as a whole. */
    static ProfileSize of(Document stored) {
        ProfileSize size = new ProfileSize();
        size.bytes = BsonSize.ofDocument(stored);
        size.know(ChangedFields.TRAITS, stored.get("traits"));
        if (stored.get("group") instanceof Document group) {
            size.know(ChangedFields.GROUP_TRAITS, group.get("traits"));
            if (group.containsKey("id")) {
                size.fieldBytes.put(ChangedFields.GROUP_ID, BsonSize.ofField("id", group.get("id")));
            }
        }
        if (stored.get("aliases") instanceof List<?> known) {
            known.forEach(alias -> size.aliases.add(String.valueOf(alias)));
        }
        return size;
    }

    private void know(String prefix, @Nullable Object traits) {
        if (traits instanceof Document document) {
            document.forEach((name, value) -> fieldBytes.put(prefix + name, BsonSize.ofField(name, value)));
        }
    }

    static int ofAlias(String alias) {
        return BsonSize.ofField(ANY_INDEX, alias);
    }

    long bytes() {
        return bytes;
    }

    /**
     * Grows, or shrinks, by what the change does.
     *
     * @return false where the document would become larger, and larger than {@code mostBytes}; nothing has changed then
     */
    boolean take(ChangedFields change, long mostBytes) {
        Map<String, Integer> changed = new HashMap<>();
        change.set().forEach(field -> changed.put(field.path(), field.bytes()));
        change.setOnce().forEach(field -> {
            if (!fieldBytes.containsKey(field.path())) {
                changed.putIfAbsent(field.path(), field.bytes());
            }
        });
        long growth = change.alias()
                .filter(alias -> !aliases.contains(alias))
                .map(ProfileSize::ofAlias)
                .orElse(0);
        for (Map.Entry<String, Integer> field : changed.entrySet()) {
            growth += field.getValue() - fieldBytes.getOrDefault(field.getKey(), 0);
        }
        if (growth > 0 && bytes + growth > mostBytes) {
            return false;
        }
        bytes += growth;
        fieldBytes.putAll(changed);
        change.alias().ifPresent(aliases::add);
        return true;
    }
}
