package dev.freshet.http.clickhouse;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/**
 * Sends a result's chunks, in ClickHouse's compressed blocks where the client asked for them. Used from one virtual
 * thread, which waits while the client is slow.
 */
final class ResponseBody {
    private final HttpServerResponse response;
    private final boolean isCompressed;

    ResponseBody(HttpServerResponse response, boolean isCompressed) {
        this.response = response;
        this.isCompressed = isCompressed;
    }

    /** @throws IOException when the client is gone */
    void send(byte[] chunk) throws IOException {
        byte[] bytes = isCompressed ? CompressedBlocks.compress(chunk) : chunk;
        try {
            response.write(Buffer.buffer(bytes))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException | IllegalStateException e) {
            throw new IOException("the client is gone", e);
        }
    }
}
