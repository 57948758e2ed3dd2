package dev.freshet.http.clickhouse;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletionException;

/**
 * Sends a result's chunks, packed as the client asked. Used from one virtual thread, which waits while the client is slow.
 */
final class ResponseBody {
    private final HttpServerResponse response;
    private final ContentCoding coding;
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final OutputStream packing;

    /** Before the head is sent. */
    ResponseBody(HttpServerResponse response, ContentCoding coding) throws IOException {
        this.response = response;
        this.coding = coding;
        packing = coding.packingInto(packed);
        if (!coding.headerName().isEmpty()) {
            response.putHeader("Content-Encoding", coding.headerName());
        }
    }

    /** @throws IOException when the client is gone */
    void send(byte[] chunk) throws IOException {
        packing.write(coding == ContentCoding.BLOCKS ? CompressedBlocks.compress(chunk) : chunk);
        sendPacked();
    }

    void end() throws IOException {
        packing.close();
        sendPacked();
        response.end();
    }

    private void sendPacked() throws IOException {
        if (packed.size() == 0) {
            return;
        }
        Buffer bytes = Buffer.buffer(packed.toByteArray());
        packed.reset();
        try {
            response.write(bytes).toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException | IllegalStateException e) {
            throw new IOException("the client is gone", e);
        }
    }
}
