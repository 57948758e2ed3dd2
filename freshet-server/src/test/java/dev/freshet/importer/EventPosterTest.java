package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.importer.ImportException.Code;
import dev.freshet.importer.ScriptedServer.Answer;
import dev.freshet.importer.ScriptedServer.Cut;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
final class EventPosterTest {
    private static final Credential KEY = new Credential.WriteKey("key");

    private final ManualTime time = new ManualTime();
    private ScriptedServer server;
    private EventPoster poster;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        poster = poster(server.baseUrl(), KEY);
    }

    @AfterEach
    void stop() {
        poster.close();
        server.close();
    }

    @Test
    void aBatchGoesOutAsZippedNdjsonWithTheKey() throws Exception {
        List<ImportEvent> batch = batch(3);
        assertThat(poster.deliver(batch)).isEqualTo(new BatchReceipt(3, 0, List.of()));
        assertThat(server.attempts().getFirst().lines())
                .containsExactlyElementsOf(batch.stream().map(ImportEvent::json).toList());
        assertThat(server.authorizations()).containsExactly("Bearer key null application/x-ndjson");
    }

    @Test
    void theAdminKeyNamesItsTeam() throws Exception {
        try (EventPoster admin = poster(server.baseUrl(), new Credential.AdminKey("admin", Optional.of("team1")))) {
            admin.deliver(batch(1));
        }
        assertThat(server.authorizations()).containsExactly("Bearer admin team1 application/x-ndjson");
        assertThat(new Credential.AdminKey("secretkey", Optional.of("team1")).toString())
                .doesNotContain("secretkey");
        assertThat(new Credential.WriteKey("secretkey").toString()).doesNotContain("secretkey");
    }

    @Test
    void anOverloadedServerIsAskedAgainWhenItSays() throws Exception {
        server.misbehave(
                new Answer(429, Optional.of("3"), "{}"),
                new Answer(503, Optional.of("7"), ""),
                new Answer(503, Optional.of("9999"), ""),
                Answer.of(500, "oops"),
                Answer.of(502, ""));
        assertThat(poster.deliver(batch(2)).accepted()).isEqualTo(2);
        assertThat(time.pauses())
                .containsExactly(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(60),
                        Duration.ofMillis(800),
                        Duration.ofMillis(1600));
        assertThat(server.attempts()).hasSize(6).containsOnly(server.attempts().getFirst());
    }

    @Test
    void aCutConnectionLosesAndDoublesNothing() throws Exception {
        server.misbehave(new Cut(false), new Cut(true), new Cut(true));
        List<ImportEvent> batch = batch(4);
        assertThat(poster.deliver(batch)).isEqualTo(new BatchReceipt(0, 4, List.of()));
        assertThat(server.takenIds())
                .containsExactlyElementsOf(batch.stream()
                        .map(event -> event.eventId().orElseThrow().toString())
                        .toList());
    }

    @Test
    void rejectedEventsAreNamedByTheirLines() throws Exception {
        List<ImportEvent> batch = List.of(event(11, "good"), event(12, "bad"), event(13, "good"));
        assertThat(poster.deliver(batch))
                .isEqualTo(new BatchReceipt(2, 0, List.of(new RejectedEvent(12, "missing_field", "No user."))));
    }

    @Test
    void aBatchOfWhichNothingIsValidIsStillAReceipt() throws Exception {
        server.misbehave(Answer.of(
                400,
                "{\"accepted\":0,\"duplicates\":0,\"rejected\":[{\"index\":0,\"code\":\"a\",\"message\":\"b\"}]}"));
        assertThat(poster.deliver(batch(1)).rejected()).containsExactly(new RejectedEvent(1, "a", "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "401, KEY_REFUSED",
        "403, KEY_REFUSED",
        "400, REQUEST_REFUSED",
        "413, REQUEST_REFUSED",
        "415, REQUEST_REFUSED",
        "404, REQUEST_REFUSED"
    })
    void aRefusalIsNotTriedAgain(int status, Code code) {
        server.misbehave(Answer.of(status, "{\"error\":{\"code\":\"x\",\"message\":\"Because.\"}}"));
        assertThatThrownBy(() -> poster.deliver(batch(1)))
                .isInstanceOfSatisfying(
                        ImportException.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(server.attempts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"''", "<html>", "{}", "{\"accepted\":1}"})
    void anAnswerOfSomethingElseIsNotTakenForAReceipt(String body) {
        server.misbehave(Answer.of(200, body));
        assertThatThrownBy(() -> poster.deliver(batch(1)))
                .isInstanceOfSatisfying(
                        ImportException.class, e -> assertThat(e.code()).isEqualTo(Code.REPLY_NOT_UNDERSTOOD));
    }

    @Test
    void patienceEndsWithASentence() {
        URI nobody = server.baseUrl();
        server.close();
        assertThatThrownBy(() -> poster(nobody, KEY).deliver(batch(1)))
                .isInstanceOfSatisfying(
                        ImportException.class, e -> assertThat(e.code()).isEqualTo(Code.SERVER_UNAVAILABLE))
                .hasMessageContaining("Gave up on " + nobody + " after 300 s");
        assertThat(time.pauses()).hasSizeBetween(60, 70);
    }

    @Test
    void manyThreadsDeliverEverythingThroughFaults() throws Exception {
        for (int i = 0; i < 10; i++) {
            server.misbehave(new Cut(i % 2 == 0), new Answer(503, Optional.of("1"), ""), new Cut(true));
        }
        StringBuilder lines = new StringBuilder();
        IntStream.rangeClosed(1, 2_000)
                .forEach(i -> lines.append("{\"name\":\"e").append(i).append("\"}\n"));
        ImportSummary summary = new Backfill(
                        ExistingIds.none(), poster, new Backfill.Settings(100, 4), (read, all, soFar) -> {})
                .run(EventSource.open(Sources.file(lines.toString()), ImportFormat.NDJSON));
        assertThat(summary.accepted() + summary.duplicates()).isEqualTo(2_000);
        assertThat(server.takenIds()).hasSize(2_000).doesNotHaveDuplicates();
    }

    private EventPoster poster(URI baseUrl, Credential credential) {
        return new EventPoster(
                new EventPoster.Target(baseUrl, credential, EventPoster.Target.IMPORT_PATIENCE), time, time);
    }

    private static List<ImportEvent> batch(int events) {
        return IntStream.rangeClosed(1, events)
                .mapToObj(line -> event(line, "good"))
                .toList();
    }

    private static ImportEvent event(int line, String name) {
        UUID id = new UUID(0x4000, line);
        return new ImportEvent(
                line, Optional.of(id), Optional.empty(), "{\"name\":\"" + name + "\",\"event_id\":\"" + id + "\"}");
    }
}
