package dev.freshet.server;

import dev.freshet.auth.WriteKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the write keys again, for what others change. While MongoDB is away those that are known stay in force. */
final class KeyFollower {
    private static final Logger log = LoggerFactory.getLogger(KeyFollower.class);

    private final WriteKeys writeKeys;
    private boolean isFailing;

    KeyFollower(WriteKeys writeKeys) {
        this.writeKeys = writeKeys;
    }

    /** Blocks; from one thread at a time. */
    void look() {
        try {
            writeKeys.reload();
            if (isFailing) {
                isFailing = false;
                log.info("write keys can be read again");
            }
        } catch (RuntimeException failure) {
            // Whatever it is: a look that throws would be the last one.
            if (!isFailing) {
                isFailing = true;
                log.warn("write keys cannot be read, those that are known stay in force", failure);
            }
        }
    }
}
