package dev.freshet.documents;

import java.util.Set;

/**
 * Hears which documents of a collection changed, whoever changed them, once the change can be read. Called by one thread at a
 * time for a deployment by URI, by several for the embedded server; must return at once.
 */
interface ChangeListener {
    /** Documents were written or removed. {@code ids} are the hexadecimal text of ObjectIds, the text of other ids. */
    void changed(Set<String> ids);

    /** Anything may have changed: following begins, begins again, or the collection was dropped. */
    void allChanged();

    /** From now on changes are not heard of, until {@link #allChanged}. */
    void lost(RuntimeException cause);
}
