package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.importer.LineReject.Reason;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CombinedLogParserTest {
    private static final Instant NOON = Instant.parse("2015-05-20T12:05:17Z");
    private static final String HEAD = "1.2.3.4 - - [20/May/2015:12:05:17 +0000] ";

    private final CombinedLogParser parser = new CombinedLogParser();

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(
                        "a plain line",
                        HEAD + "\"GET /a?b=c HTTP/1.1\" 200 235 \"http://x.org/\" \"Agent (1; 2)\"",
                        line("1.2.3.4", "GET", "/a?b=c", "HTTP/1.1", 200, 235, "http://x.org/", "Agent (1; 2)")),
                Arguments.of(
                        "escaped quotes and backslashes",
                        HEAD + "\"GET /\\\"a\\\" HTTP/1.1\" 200 1 \"-\" \"a \\\\ \\\"b\\\" \\xe4\"",
                        line("1.2.3.4", "GET", "/\"a\"", "HTTP/1.1", 200, 1, "-", "a \\ \"b\" \\xe4")),
                Arguments.of(
                        "no bytes, no referrer, no agent",
                        HEAD + "\"HEAD / HTTP/1.0\" 304 - \"-\" \"-\"",
                        line("1.2.3.4", "HEAD", "/", "HTTP/1.0", 304, 0, "-", "-")),
                Arguments.of(
                        "an agent that is not closed",
                        HEAD + "\"GET / HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0 (compat",
                        line("1.2.3.4", "GET", "/", "HTTP/1.1", 200, 1, "-", "Mozilla/5.0 (compat")),
                Arguments.of(
                        "a referrer that is not closed",
                        HEAD + "\"GET / HTTP/1.1\" 200 1 \"http://x",
                        line("1.2.3.4", "GET", "/", "HTTP/1.1", 200, 1, "http://x", "-")),
                Arguments.of(
                        "the common format",
                        HEAD + "\"GET / HTTP/1.1\" 200 1",
                        line("1.2.3.4", "GET", "/", "HTTP/1.1", 200, 1, "-", "-")),
                Arguments.of(
                        "further fields after the agent",
                        HEAD + "\"GET / HTTP/1.1\" 200 1 \"-\" \"a\" \"10.0.0.1\" 0.003",
                        line("1.2.3.4", "GET", "/", "HTTP/1.1", 200, 1, "-", "a")),
                Arguments.of(
                        "IPv6",
                        "2001:db8::1 - - [20/May/2015:12:05:17 +0000] \"GET / HTTP/2.0\" 200 1 \"-\" \"a\"",
                        line("2001:db8::1", "GET", "/", "HTTP/2.0", 200, 1, "-", "a")),
                Arguments.of(
                        "a user with a space, a time with an offset",
                        "host.example - Jo Doe [20/May/2015:14:05:17 +0200] \"GET / HTTP/1.1\" 200 1 \"-\" \"a\"",
                        line("host.example", "GET", "/", "HTTP/1.1", 200, 1, "-", "a")),
                Arguments.of(
                        "an empty request",
                        HEAD + "\"-\" 408 0 \"-\" \"-\"",
                        line("1.2.3.4", "", "-", "", 408, 0, "-", "-")),
                Arguments.of(
                        "a TLS handshake as request",
                        HEAD + "\"\\x16\\x03\\x01 \\x02\" 400 226 \"-\" \"-\"",
                        line("1.2.3.4", "", "\\x16\\x03\\x01 \\x02", "", 400, 226, "-", "-")),
                Arguments.of(
                        "a target with spaces",
                        HEAD + "\"GET /a b c HTTP/1.1\" 404 1 \"-\" \"-\"",
                        line("1.2.3.4", "GET", "/a b c", "HTTP/1.1", 404, 1, "-", "-")),
                Arguments.of(
                        "a request without protocol",
                        HEAD + "\"GET /a\" 200 1 \"-\" \"-\"",
                        line("1.2.3.4", "GET", "/a", "", 200, 1, "-", "-")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void readsTheLine(String what, String text, AccessLogLine expected) {
        assertThat(parser.parse(7, text)).as(what).isEqualTo(new ParsedLine.Request(expected));
    }

    static Stream<Arguments> rejects() {
        return Stream.of(
                Arguments.of("words", Reason.MALFORMED_LINE),
                Arguments.of("", Reason.MALFORMED_LINE),
                Arguments.of("{\"event_type\":\"page_view\"}", Reason.MALFORMED_LINE),
                Arguments.of(HEAD.strip(), Reason.MALFORMED_LINE),
                Arguments.of(HEAD + "\"GET / HTTP/1.1", Reason.MALFORMED_LINE),
                Arguments.of(HEAD + "\"GET / HTTP/1.1\"", Reason.MALFORMED_STATUS),
                Arguments.of(HEAD + "\"GET / HTTP/1.1\" 20 1 \"-\" \"-\"", Reason.MALFORMED_STATUS),
                Arguments.of(
                        "1.2.3.4 - - [31/Foo/2015:12:05:17 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
                        Reason.MALFORMED_TIME));
    }

    @ParameterizedTest
    @MethodSource("rejects")
    void namesTheLineItCannotRead(String text, Reason reason) {
        assertThat(parser.parse(12, text)).isInstanceOfSatisfying(ParsedLine.Rejected.class, rejected -> {
            assertThat(rejected.reject().reason()).isEqualTo(reason);
            assertThat(rejected.reject().lineNumber()).isEqualTo(12);
            assertThat(rejected.reject().message()).startsWith("Line 12 ");
        });
    }

    @Test
    void aVeryLongTextNeedsNoDeepStack() {
        String agent = "\\\"".repeat(500_000);
        assertThat(parser.parse(1, HEAD + "\"GET / HTTP/1.1\" 200 1 \"-\" \"" + agent + "\""))
                .isInstanceOfSatisfying(
                        ParsedLine.Request.class,
                        request -> assertThat(request.line().agent()).hasSize(500_000));
    }

    private static AccessLogLine line(
            String address,
            String method,
            String target,
            String protocol,
            int status,
            long bytes,
            String referrer,
            String agent) {
        return new AccessLogLine(7, address, NOON, method, target, protocol, status, bytes, referrer, agent);
    }
}
