package dev.freshet.dialect;

import dev.freshet.event.RejectCode;
import java.util.Objects;

/** One message that cannot be adapted; it becomes a dead letter and its neighbours go on. Made without a stack trace. */
final class RefusedMessage extends Exception {
    private final RejectCode code;
    private final String reason;

    RefusedMessage(RejectCode code, String reason) {
        super(reason, null, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    RejectCode code() {
        return code;
    }

    /** One sentence that names the field and the mend. */
    String reason() {
        return reason;
    }
}
