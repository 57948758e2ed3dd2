package dev.freshet.documents;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The embedded server's own change feed: each command that writes notes what it touched, on its thread, and tells it when it
 * is done and before it is answered, so that whoever then reads sees it. Whoever sends the command, it comes through here.
 *
 * <p>Thread-safe.
 */
final class EmbeddedChanges {
    /** Commands after which a collection is not what it was, without its documents having been touched one by one. */
    private static final Set<String> OF_COLLECTIONS = Set.of("drop", "dropdatabase", "renamecollection");

    private final Map<String, List<ChangeListener>> listeners = new ConcurrentHashMap<>();
    private final ThreadLocal<Map<String, Set<String>>> touched = ThreadLocal.withInitial(HashMap::new);

    /** Tells the listener of a collection, named {@code database.collection}, from now on; the result ends it. */
    Runnable follow(String namespace, ChangeListener listener) {
        List<ChangeListener> ofCollection = listeners.computeIfAbsent(namespace, name -> new CopyOnWriteArrayList<>());
        ofCollection.add(listener);
        return () -> ofCollection.remove(listener);
    }

    /** A collection has written or removed a document, in a command under way on this thread. */
    void touch(String namespace, Object id) {
        if (listeners.containsKey(namespace)) {
            touched.get()
                    .computeIfAbsent(namespace, name -> new HashSet<>())
                    .add(id instanceof ObjectId objectId ? objectId.getHexData() : String.valueOf(id));
        }
    }

    /** Runs a command that may write, then tells what it touched, also where it fails halfway. */
    Document tellAfter(String command, Supplier<Document> run) {
        try {
            return run.get();
        } finally {
            Map<String, Set<String>> ofCommand = touched.get();
            touched.remove();
            ofCommand.forEach((namespace, ids) -> listeners
                    .getOrDefault(namespace, List.of())
                    .forEach(listener -> listener.changed(Set.copyOf(ids))));
            if (OF_COLLECTIONS.contains(command.toLowerCase(Locale.ROOT))) {
                listeners.values().forEach(all -> all.forEach(ChangeListener::allChanged));
            }
        }
    }
}
