package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.importer.AccessLogMapping.MappedRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A request as an event, all but what differs from pass to pass: id, time, user and session.
 *
 * @param user the client's address and agent, hashed: 32 hexadecimal digits
 * @param properties a JSON object with at least one property
 */
record RequestEvent(long lineNumber, Instant loggedTime, MappedRequest mapped, String user, String properties) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Keeps path and query together under the limit of properties, whatever they need as JSON. */
    private static final int MAX_PROPERTY_CODE_POINTS = 2000;

    private static final int USER_BYTES = 16;

    static RequestEvent of(AccessLogLine line, AccessLogMapping mapping) {
        return new RequestEvent(line.lineNumber(), line.time(), mapping.map(line), userOf(line), propertiesOf(line));
    }

    /** @param pass the pass over the log, which the id is derived from and the property {@code $pass} tells */
    ImportEvent event(ImportEventIds ids, long pass, Instant timestamp, String userId, String sessionId) {
        UUID eventId = ids.of(lineNumber, pass);
        String json = json(generator -> {
            generator.writeStringField("event_type", mapped.type().wireName());
            generator.writeStringField("name", mapped.name());
            generator.writeStringField("user_id", userId);
            generator.writeStringField("session_id", sessionId);
            generator.writeStringField("timestamp", timestamp.toString());
            generator.writeStringField("event_id", eventId.toString());
            generator.writeFieldName("properties");
            generator.writeRawValue("{\"$pass\":" + pass + "," + properties.substring(1));
        });
        return new ImportEvent(lineNumber, Optional.of(eventId), Optional.of(timestamp), json);
    }

    private static String userOf(AccessLogLine line) {
        byte[] client = (line.address() + "\n" + line.agent()).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(ImportFile.sha256Digest().digest(client), 0, USER_BYTES);
    }

    private static String propertiesOf(AccessLogLine line) {
        RequestTarget target = RequestTarget.of(line.target());
        return json(generator -> {
            generator.writeStringField("path", Texts.cut(target.path(), MAX_PROPERTY_CODE_POINTS));
            if (!target.query().isEmpty()) {
                generator.writeStringField("query", Texts.cut(target.query(), MAX_PROPERTY_CODE_POINTS));
            }
            if (!line.method().isEmpty()) {
                generator.writeStringField("method", line.method());
            }
            generator.writeNumberField("status", line.status());
            generator.writeNumberField("bytes", line.bytes());
            Optional<String> referrerHost = SiteHosts.hostOf(line.referrer());
            if (referrerHost.isPresent()) {
                generator.writeStringField("referrer_host", Texts.cut(referrerHost.orElseThrow(), 200));
            }
            generator.writeStringField("agent_family", agentFamily(line.agent()));
        });
    }

    /** Roughly which kind of program; the order matters, since browsers name each other. */
    private static String agentFamily(String agent) {
        String text = agent.toLowerCase(Locale.ROOT);
        if (text.contains("bot") || text.contains("spider") || text.contains("crawl") || text.contains("slurp")) {
            return "bot";
        }
        if (text.contains("rss") || text.contains("feed") || text.contains("reader")) {
            return "feed reader";
        }
        if (text.contains("opera") || text.contains("opr/")) {
            return "opera";
        }
        if (text.contains("firefox")) {
            return "firefox";
        }
        if (text.contains("chrome") || text.contains("chromium")) {
            return "chrome";
        }
        if (text.contains("safari")) {
            return "safari";
        }
        return text.contains("msie") || text.contains("trident") ? "internet explorer" : "other";
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator generator) throws IOException;
    }

    private static String json(Fields fields) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.writeStartObject();
            fields.write(generator);
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }
}
