package dev.freshet.dialect;

import dev.freshet.event.NameBasedUuid;
import java.util.UUID;

/**
 * The id of a message's row.
 *
 * @param isSent whether it comes of what the sender gave, so that a repeat has it again
 */
record MessageId(UUID value, boolean isSent) {
    /** The id of something else that the message brings: each row of a message needs an id of its own. */
    MessageId beside(String what) {
        return new MessageId(NameBasedUuid.of(value, what), isSent);
    }
}
