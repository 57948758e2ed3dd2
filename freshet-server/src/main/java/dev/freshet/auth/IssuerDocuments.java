package dev.freshet.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets the small documents that issuers publish. Follows no redirect, since that could lead anywhere; takes no more than a
 * document's bytes and a fetch's time. Thread-safe; blocks.
 */
final class IssuerDocuments implements AutoCloseable {
    private static final int MOST_BYTES = 256 << 10;

    private final Duration limit;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("issuer-documents-", 0).factory());
    private final HttpClient client;

    /** @param limit of one fetch, answer included */
    IssuerDocuments(Duration limit) {
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limit)
                .executor(threads)
                .build();
    }

    /** @throws IOException whose message says what is wrong */
    String get(URI url) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Accept", "application/json, application/jwk-set+json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answering = client.sendAsync(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
        HttpResponse<byte[]> answer;
        try {
            answer = answering.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answering.cancel(true);
            throw new IOException(url + " did not answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(url + " cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            answering.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading " + url, e);
        }
        if (answer.statusCode() != 200) {
            throw new IOException(url + " was answered with status " + answer.statusCode());
        }
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}
