package dev.freshet.reactive;

/**
 * Makes the rows of a demand table. It hears which keys somebody watches, not who. Both calls come from one thread, in
 * order, and must return soon; the work belongs on the provider's own threads.
 */
public interface DemandProvider {
    /** The key has its first watcher: publish its row when it is known and whenever it changes. */
    void demanded(String key);

    /** The key's last watcher left some time ago: its row is gone and what is published for it is ignored. */
    void released(String key);
}
