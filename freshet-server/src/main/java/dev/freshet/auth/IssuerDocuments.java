package dev.freshet.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
    private static final List<String> KEY_TYPES = List.of("application/json", "application/jwk-set+json");

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
        return new String(fetch(url).body(), StandardCharsets.UTF_8);
    }

    /**
     * Keys, which must say that they are JSON: a page that shows what somebody else has typed is not taken for them.
     *
     * @throws IOException whose message says what is wrong
     */
    String getKeys(URI url) throws IOException {
        HttpResponse<byte[]> answer = fetch(url);
        String type = answer.headers().firstValue("Content-Type").orElse("nothing");
        String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!KEY_TYPES.contains(bare)) {
            throw new IOException(
                    url + " must be " + String.join(" or ", KEY_TYPES) + " by its Content-Type, which says " + type);
        }
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> fetch(URI url) throws IOException {
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
        return answer;
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}
