package dev.freshet.http.clickhouse;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, read from where ClickHouse's clients put it: URL parameters, headers, body.
 *
 * @param sql the statement: the parameter {@code query} and then, unless that is an INSERT, the body
 * @param data what follows the statement of an INSERT
 * @param acceptedEncodings the header Accept-Encoding, empty unless {@code enable_http_compression=1}, as ClickHouse has it
 * @param parameters bound values, in the engine's escaped text form, as the protocol has them
 */
record ClickHouseRequest(
        String user,
        String password,
        String sql,
        Buffer data,
        String queryId,
        Optional<String> database,
        Optional<String> defaultFormat,
        Map<String, String> parameters,
        Map<String, String> settings,
        boolean isResponseCompressed,
        String acceptedEncodings) {
    private static final String PARAMETER_PREFIX = "param_";

    /** URL parameters that are no settings, and settings that would outlive the statement or that only a server has. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "query",
            "query_id",
            "database",
            "default_format",
            "user",
            "password",
            "compress",
            "decompress",
            "session_id",
            "session_timeout",
            "session_check",
            "quota_key",
            "stacktrace",
            "buffer_size",
            "wait_end_of_query",
            "role",
            "readonly",
            "profile",
            "log_comment",
            "client_protocol_version",
            "http_make_head_request",
            "enable_http_compression",
            "http_headers_progress_interval_ms",
            "send_progress_in_http_headers");

    /** @throws IOException when the body is said to be compressed and cannot be unpacked */
    static ClickHouseRequest read(HttpServerRequest request, Buffer sent) throws IOException {
        MultiMap url = request.params();
        // The whole body, a statement too, is what decompress=1 is about.
        Buffer body =
                "1".equals(url.get("decompress")) ? Buffer.buffer(CompressedBlocks.decompress(sent.getBytes())) : sent;
        Credentials credentials = Credentials.read(request, url);
        String inUrl = Optional.ofNullable(url.get("query")).orElse("");
        boolean isInsert = InsertText.isInsert(inUrl);
        String sql = isInsert || body.length() == 0 ? inUrl : join(inUrl, body.toString(StandardCharsets.UTF_8));
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        url.forEach(entry -> {
            String name = entry.getKey();
            if (name.startsWith(PARAMETER_PREFIX)) {
                parameters.put(name.substring(PARAMETER_PREFIX.length()), entry.getValue());
            } else if (!NO_SETTINGS.contains(name)) {
                settings.put(name, entry.getValue());
            }
        });
        return new ClickHouseRequest(
                credentials.user(),
                credentials.password(),
                sql,
                isInsert ? body : Buffer.buffer(),
                Optional.ofNullable(url.get("query_id"))
                        .orElseGet(() -> UUID.randomUUID().toString()),
                first(url.get("database"), request.getHeader("X-ClickHouse-Database")),
                first(url.get("default_format"), request.getHeader("X-ClickHouse-Format")),
                parameters,
                settings,
                "1".equals(url.get("compress")),
                "1".equals(url.get("enable_http_compression"))
                        ? Optional.ofNullable(request.getHeader(HttpHeaders.ACCEPT_ENCODING))
                                .orElse("")
                        : "");
    }

    private static String join(String inUrl, String body) {
        return inUrl.isEmpty() ? body : inUrl + "\n" + body;
    }

    private static Optional<String> first(@Nullable String one, @Nullable String other) {
        return Optional.ofNullable(one).or(() -> Optional.ofNullable(other)).filter(text -> !text.isEmpty());
    }

    private record Credentials(String user, String password) {
        static Credentials read(HttpServerRequest request, MultiMap url) {
            String header = request.getHeader(HttpHeaders.AUTHORIZATION);
            if (header != null && header.regionMatches(true, 0, "Basic ", 0, 6)) {
                return basic(header.substring(6).strip());
            }
            return new Credentials(
                    first(request.getHeader("X-ClickHouse-User"), url.get("user"))
                            .orElse("default"),
                    first(request.getHeader("X-ClickHouse-Key"), url.get("password"))
                            .orElse(""));
        }

        private static Credentials basic(String encoded) {
            try {
                String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
                int colon = text.indexOf(':');
                return colon < 0
                        ? new Credentials(text, "")
                        : new Credentials(text.substring(0, colon), text.substring(colon + 1));
            } catch (IllegalArgumentException e) {
                return new Credentials("", ""); // no base64: nobody
            }
        }
    }
}
