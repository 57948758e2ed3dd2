package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class GroupCommitTest {
    @TempDir
    private Path folder;

    private MVStore open() {
        return new MVStore.Builder()
                .fileName(folder.resolve("store.mv").toString())
                .autoCommitDisabled()
                .open();
    }

    @Test
    void aReturnedWriteIsInTheFileThoughTheStoreIsNeverClosed() {
        MVStore store = open();
        MVMap<String, String> map = store.openMap("map");
        try (GroupCommit groupCommit = GroupCommit.start(store)) {
            groupCommit.run(() -> {
                map.put("a", "1");
                return new Document();
            });
            map.put("b", "never committed");
        }
        store.closeImmediately();
        try (MVStore reopened = open()) {
            assertThat(reopened.<String, String>openMap("map")).containsOnlyKeys("a");
        }
    }

    @Test
    void aCommitDoesNotFallIntoTheMiddleOfACommand() throws Exception {
        MVStore store = open();
        MVMap<String, String> map = store.openMap("map");
        CountDownLatch halfDone = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GroupCommit groupCommit = GroupCommit.start(store);
        Thread half = Thread.startVirtualThread(() -> groupCommit.run(() -> {
            map.put("first half", "1");
            halfDone.countDown();
            awaitQuietly(goOn);
            return new Document();
        }));
        halfDone.await();
        long before = store.getCurrentVersion();
        Thread whole = Thread.startVirtualThread(() -> groupCommit.run(Document::new));
        // The second command has asked for a commit; the committer must wait for the first.
        assertThat(whole.join(java.time.Duration.ofMillis(200))).isFalse();
        assertThat(store.getCurrentVersion()).isEqualTo(before);
        goOn.countDown();
        half.join();
        whole.join();
        assertThat(store.getCurrentVersion()).isGreaterThan(before);
        groupCommit.close();
        store.close();
    }

    @Test
    void afterAFailedCommitEverythingIsRefused() {
        MVStore store = open();
        try (GroupCommit groupCommit = GroupCommit.start(store)) {
            store.closeImmediately();
            assertThatThrownBy(() -> groupCommit.run(Document::new))
                    .isInstanceOfSatisfying(
                            MongoServerError.class, e -> assertThat(e.getCode()).isEqualTo(96));
            assertThatThrownBy(() -> groupCommit.run(() -> {
                        throw new AssertionError("a command ran after the failure");
                    }))
                    .isInstanceOf(MongoServerError.class);
            assertThatThrownBy(groupCommit::refuseAfterFailure).isInstanceOf(MongoServerError.class);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
