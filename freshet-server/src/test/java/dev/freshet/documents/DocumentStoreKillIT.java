package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoCollection;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DocumentStoreKillIT {
    private static final int ROUNDS = 3;
    private static final int ACKNOWLEDGED_BEFORE_KILL = 150;

    @TempDir
    private Path folder;

    @Test
    void killingTheProcessLosesNoAcknowledgedWriteAndTearsNoIndex() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged.addAll(writeUntilKilled("round" + round));
            verify(acknowledged);
        }
    }

    private List<String> writeUntilKilled(String prefix) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        AcknowledgedWriter.class.getName(),
                        folder.toString(),
                        prefix)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> keys = new ArrayList<>();
        try (BufferedReader lines = writer.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith(prefix)) {
                    continue; // A log line.
                }
                keys.add(line);
                if (keys.size() == ACKNOWLEDGED_BEFORE_KILL) {
                    // By its handle: the process object would also close the pipe, which still holds acknowledged keys.
                    assertThat(writer.toHandle().destroyForcibly()).isTrue();
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(keys).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_KILL);
        return keys;
    }

    private void verify(List<String> acknowledged) {
        try (DocumentStore store = DocumentStore.openEmbedded(folder, new SecureRandom())) {
            MongoCollection<Document> collection = store.database().getCollection(AcknowledgedWriter.COLLECTION);
            Map<String, String> found = new HashMap<>();
            collection.find().forEach(document -> found.put(document.getString("key"), document.getString("state")));
            assertThat(acknowledged).allSatisfy(key -> assertThat(found).containsEntry(key, "changed"));
            String last = acknowledged.getLast();
            assertThat(collection.find(new Document("key", last))).hasSize(1);
            Document validation = store.database().runCommand(new Document("validate", AcknowledgedWriter.COLLECTION));
            int documents = validation.getInteger("nrecords", 0);
            assertThat(documents).isGreaterThanOrEqualTo(acknowledged.size());
            assertThat(validation.get("keysPerIndex", Document.class))
                    .hasSize(2)
                    .allSatisfy((index, keys) -> assertThat(((Number) keys).intValue())
                            .describedAs(index)
                            .isEqualTo(documents));
        }
    }
}
