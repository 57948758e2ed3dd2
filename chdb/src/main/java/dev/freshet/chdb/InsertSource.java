package dev.freshet.chdb;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where an insert's data comes from. Called on one of the engine's threads, one call at a time. */
public interface InsertSource {
    /**
     * @return the next bytes, cut anywhere; an empty buffer at the end. Read before the next call is made
     * @throws InterruptedException when the insert was cancelled while this waited for data
     * @throws IOException ends the insert without storing anything of what was not yet written as a block
     */
    ByteBuffer next() throws IOException, InterruptedException;

    /** All of the data at once. */
    static InsertSource of(ByteBuffer data) {
        ByteBuffer[] rest = {data};
        return () -> {
            ByteBuffer next = rest[0];
            rest[0] = ByteBuffer.allocate(0);
            return next;
        };
    }
}
