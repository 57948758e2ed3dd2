package dev.freshet.importer;

import dev.freshet.importer.ImportException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the replies of the ingest endpoint (contract section 3). */
final class IngestReply {
    private static final int SHOWN_CHARACTERS = 200;

    private IngestReply() {}

    static BatchReceipt receipt(String body, List<ImportEvent> batch) throws ImportException {
        if (parse(body) instanceof Map<?, ?> reply
                && reply.get("accepted") instanceof Long accepted
                && reply.get("duplicates") instanceof Long duplicates
                && reply.get("rejected") instanceof List<?> rejects) {
            List<RejectedEvent> rejected = new ArrayList<>();
            for (Object reject : rejects) {
                rejected.add(rejected(reject, batch).orElseThrow(() -> notUnderstood(body)));
            }
            return new BatchReceipt(accepted, duplicates, rejected);
        }
        throw notUnderstood(body);
    }

    private static Optional<RejectedEvent> rejected(Object reject, List<ImportEvent> batch) {
        return reject instanceof Map<?, ?> fields
                        && fields.get("index") instanceof Long index
                        && index >= 0
                        && index < batch.size()
                        && fields.get("code") instanceof String code
                        && fields.get("message") instanceof String message
                ? Optional.of(new RejectedEvent(batch.get(index.intValue()).lineNumber(), code, message))
                : Optional.empty();
    }

    /** A 400 is either a receipt of which every event was rejected, or a refusal of the request. */
    static BatchReceipt receiptOrRefusal(String body, List<ImportEvent> batch) throws ImportException {
        if (parse(body) instanceof Map<?, ?> reply && reply.containsKey("rejected")) {
            return receipt(body, batch);
        }
        throw refusal(400, body);
    }

    static ImportException refusal(int status, String body) {
        return new ImportException(
                Code.REQUEST_REFUSED, "The server refused a batch with status " + status + ": " + shown(body));
    }

    private static Object parse(String body) throws ImportException {
        try {
            return JsonValues.parse(body);
        } catch (IOException _) {
            throw notUnderstood(body);
        }
    }

    private static ImportException notUnderstood(String body) {
        return new ImportException(
                Code.REPLY_NOT_UNDERSTOOD, "The server's reply is not that of a Freshet server: " + shown(body));
    }

    private static String shown(String body) {
        return body.isBlank() ? "(no text)" : Texts.cut(body.strip(), SHOWN_CHARACTERS);
    }
}
