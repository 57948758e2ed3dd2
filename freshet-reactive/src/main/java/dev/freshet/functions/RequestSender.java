package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.Optional;

/**
 * Who sent a mutation, as far as it decides who may hear later what became of it. A session's id is a secret that its
 * client drew, and the client may have signed in or lost its token since: so a sender that says to be nobody is taken for the
 * session's own, and is what it was in a request that nobody had signed. Two who both say who they are must be the same.
 *
 * @param name empty for nobody
 */
record RequestSender(Optional<String> name) {
    private static final String FIELD = "sender";

    static RequestSender of(Caller caller) {
        Optional<String> person = caller.userId().map(userId -> "person:" + userId);
        return new RequestSender(caller.administrator() ? Optional.of("administrator:" + person.orElse("")) : person);
    }

    /** From a row of the ledger. */
    static RequestSender read(ConvexObject row) {
        return new RequestSender(row.has(FIELD) ? Optional.of(row.string(FIELD)) : Optional.empty());
    }

    ConvexObject write(ConvexObject row) {
        return name.map(present -> row.with(FIELD, ConvexValue.of(present))).orElse(row);
    }

    /** Whether this one may be told what became of the other's request. */
    boolean mayHearOf(RequestSender other) {
        return name.isEmpty() || other.name.isEmpty() || name.equals(other.name);
    }
}
