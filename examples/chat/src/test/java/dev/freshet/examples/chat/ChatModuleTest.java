package dev.freshet.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.CommitLogFile;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.QuerySubscription;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.value.ConvexNull;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChatModuleTest {
    private static final Caller NOBODY = Caller.anonymous();
    private static final ConvexObject LOBBY = ConvexObject.of("channel", ConvexValue.of("lobby"));

    @TempDir
    private Path folder;

    private final AtomicLong aheadMs = new AtomicLong();
    private ReactiveRuntime tier;

    @BeforeEach
    void begin() {
        tier = start();
    }

    @AfterEach
    void stop() {
        tier.close();
    }

    private ReactiveRuntime start() {
        ReactiveRuntime.Builder builder = ReactiveRuntime.builder()
                .clock(new MovableClock(aheadMs))
                .commitStore(CommitLogFile.open(folder.resolve("commits")));
        ServiceLoader.load(FunctionModule.class).forEach(builder::module);
        return builder.start();
    }

    /** The machine's clock, moved ahead by a test. */
    private record MovableClock(AtomicLong aheadMs) implements Clock {
        @Override
        public long epochNs() {
            return Clock.system().epochNs() + aheadMs.get() * 1_000_000;
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    }

    private static ConvexObject message(String body) {
        return LOBBY.with("author", ConvexValue.of("ada")).with("body", ConvexValue.of(body));
    }

    private void send(String body) {
        var _ = tier.mutation("chat:send", message(body), NOBODY);
    }

    private static ConvexObject page(int numItems, ConvexValue cursor) {
        return LOBBY.with("paginationOpts", ConvexObject.of("numItems", ConvexValue.of(numItems), "cursor", cursor));
    }

    private static List<String> bodies(ConvexObject page) {
        return page.array("page").stream()
                .map(message -> ((ConvexObject) message).string("body"))
                .toList();
    }

    @Test
    void messagesAreReadFromTheNewestOnInPages() {
        for (String body : List.of("one", "two", "three")) {
            send(body);
        }

        ConvexObject first = (ConvexObject) tier.query("chat:list", page(2, ConvexNull.NULL), NOBODY);
        ConvexObject second = (ConvexObject) tier.query("chat:list", page(2, first.value("continueCursor")), NOBODY);

        assertThat(bodies(first)).containsExactly("three", "two");
        assertThat(first.bool("isDone")).isFalse();
        assertThat(bodies(second)).containsExactly("one");
        assertThat(second.bool("isDone")).isTrue();
    }

    @Test
    void whoLooksAtAChannelSeesWhatIsSentAndNothingElse() throws InterruptedException {
        BlockingQueue<FunctionResult> counts = new LinkedBlockingQueue<>();
        try (QuerySubscription _ = tier.watch("chat:count", LOBBY, NOBODY, counts::add)) {
            assertThat(counts.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(0)));
            var _ = tier.mutation("chat:send", message("x").with("channel", ConvexValue.of("elsewhere")), NOBODY);
            send("hello");

            assertThat(counts.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(1)));
        }
    }

    @Test
    void aMessageCanBeSentLater() throws InterruptedException {
        BlockingQueue<FunctionResult> counts = new LinkedBlockingQueue<>();
        try (QuerySubscription _ = tier.watch("chat:count", LOBBY, NOBODY, counts::add)) {
            assertThat(counts.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(0)));
            var _ = tier.mutation("chat:sendLater", message("later").with("afterMs", ConvexValue.of(20)), NOBODY);

            assertThat(counts.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(1)));
        }
    }

    @Test
    void messagesOutliveTheServer() {
        send("before");
        tier.close();
        begin();
        send("after");

        assertThat(bodies((ConvexObject) tier.query("chat:list", page(9, ConvexNull.NULL), NOBODY)))
                .containsExactly("after", "before");
    }

    @Test
    void oldMessagesAreRemoved() {
        send("old");
        aheadMs.set(Duration.ofDays(31).toMillis());
        send("new");

        assertThat(tier.mutation("chat:removeOld", ConvexObject.empty(), NOBODY))
                .isEqualTo(ConvexValue.of(1));

        assertThat(bodies((ConvexObject) tier.query("chat:list", page(9, ConvexNull.NULL), NOBODY)))
                .containsExactly("new");
    }

    @Test
    void anEmptyMessageIsRefused() {
        assertThatThrownBy(() -> send("  ")).isInstanceOf(ConvexError.class).hasMessageContaining("1 to 4000");
    }
}
