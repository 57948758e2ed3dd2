package dev.freshet.benchmarks.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Queries over the server's read-only ClickHouse interface, answered as tab-separated text. */
public final class ClickHouseQueries {
    private final HttpCalls http;
    private final URI endpoint;
    private final String adminKey;

    public ClickHouseQueries(HttpCalls http, int port, String adminKey) {
        this.http = http;
        this.endpoint = URI.create("http://127.0.0.1:" + port + "/?database=freshet");
        this.adminKey = adminKey;
    }

    /** @return one string a row, its columns parted by tabs */
    public List<String> rows(String sql) throws IOException, InterruptedException {
        HttpResponse<String> response = http.post(
                endpoint,
                sql.getBytes(StandardCharsets.UTF_8),
                "X-ClickHouse-User",
                "default",
                "X-ClickHouse-Key",
                adminKey);
        if (response.statusCode() != 200) {
            throw new IOException("ClickHouse answered %d: %s".formatted(response.statusCode(), response.body()));
        }
        return response.body().lines().toList();
    }

    /** The one value of a query that gives one number. */
    public long number(String sql) throws IOException, InterruptedException {
        return Long.parseLong(rows(sql).getFirst());
    }
}
