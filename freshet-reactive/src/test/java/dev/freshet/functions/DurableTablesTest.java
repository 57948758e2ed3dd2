package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.MutationContext;
import dev.freshet.functions.api.Scheduler;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import dev.freshet.reactive.CommitStore;
import dev.freshet.runtime.Eventually;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What outlives a server: stopped, killed (a copy of its file is what a kill leaves), with a torn end or a failing disk. */
@Timeout(120)
class DurableTablesTest {
    private static final Caller NOBODY = Caller.anonymous();
    private static final ConvexObject NOTHING = ConvexObject.empty();

    @TempDir
    private Path folder;

    private final CountDownLatch gate = new CountDownLatch(1);

    private FunctionModule module() {
        return FunctionModule.named("kept")
                .table(TableDefinition.named("left").durable().index("by_name", "name"))
                .table(TableDefinition.named("right").durable())
                .table(TableDefinition.named("forgotten"))
                .mutation("add")
                .handler((context, arguments) -> add(context))
                .mutation("remember")
                .handler((context, arguments) -> ConvexValue.of(context.db().insert("forgotten", NOTHING)))
                .mutation("addAndRemember")
                .handler((context, arguments) -> {
                    var _ = context.db().insert("forgotten", NOTHING);
                    return add(context);
                })
                .query("count")
                .handler((context, arguments) ->
                        ConvexValue.of(count(context.db().query("left").first())))
                .mutation("later")
                .argument("ms", Validator.number())
                .argument("path", Validator.string())
                .handler((context, arguments) -> ConvexValue.of(context.scheduler()
                        .runAfter(Duration.ofMillis((long) arguments.number("ms")), arguments.string("path"), NOTHING)))
                .action("wait")
                .handler((context, arguments) -> {
                    gate.await();
                    return ConvexValue.ofNull();
                })
                .build();
    }

    private static double count(Optional<ConvexObject> row) {
        return row.map(found -> found.number("count")).orElse(0.0);
    }

    /** One more on both sides. */
    private static ConvexValue add(MutationContext context) {
        double next = count(context.db().query("left").first()) + 1;
        for (String side : List.of("left", "right")) {
            ConvexObject row = ConvexObject.of("name", ConvexValue.of("counter"), "count", ConvexValue.of(next));
            context.db()
                    .query(side)
                    .first()
                    .ifPresentOrElse(
                            found -> context.db().replace(side, found.string("_id"), row),
                            () -> context.db().insert(side, row));
        }
        return ConvexValue.of(next);
    }

    private ReactiveRuntime start(Path file) {
        return start(CommitLogFile.open(file));
    }

    private ReactiveRuntime start(CommitStore store) {
        return ReactiveRuntime.builder().module(module()).commitStore(store).start();
    }

    private Path file() {
        return folder.resolve("commits");
    }

    private static double add(ReactiveRuntime tier) {
        return ((ConvexFloat64) tier.mutation("kept:add", NOTHING, NOBODY)).value();
    }

    private static double side(ReactiveRuntime tier, String table) {
        return count(tier.read(tables -> tables.query(table).first()));
    }

    private static String later(ReactiveRuntime tier, long ms, String path) {
        ConvexObject call = ConvexObject.of("ms", ConvexValue.of(ms), "path", ConvexValue.of(path));
        return ((ConvexString) tier.mutation("kept:later", call, NOBODY)).value();
    }

    private static String state(ReactiveRuntime tier, String id) {
        return tier.read(tables -> tables.get(Scheduler.TABLE, id))
                .orElseThrow()
                .object("state")
                .string("kind");
    }

    /** What is on the disk now, as a kill would leave it. */
    private Path copy() throws IOException {
        Path copy = Files.createTempFile(folder, "killed", "");
        Files.copy(file(), copy, StandardCopyOption.REPLACE_EXISTING);
        return copy;
    }

    @Test
    void durableTablesOutliveTheServerAndOthersDoNot() {
        ConvexObject before;
        long lastNs;
        try (ReactiveRuntime tier = start(file())) {
            add(tier);
            add(tier);
            var _ = tier.mutation("kept:remember", NOTHING, NOBODY);
            before = tier.read(tables -> tables.query("left").unique()).orElseThrow();
            lastNs = tier.figures().latestTimestampNs();
        }
        try (ReactiveRuntime tier = start(file())) {
            ConvexObject after = tier.read(tables -> tables.query("left")
                            .withIndex("by_name", IndexRange.all().eq("name", "counter"))
                            .unique())
                    .orElseThrow();
            assertThat(after).isEqualTo(before);
            assertThat(tier.read(tables -> tables.query("forgotten").count()).longValue())
                    .isZero();
            assertThat(tier.figures().latestTimestampNs()).isGreaterThan(lastNs);
            assertThat(add(tier)).isEqualTo(3);
        }
    }

    @Test
    void anIdNamesItsTableAlsoAfterAModuleWasAddedBefore() {
        String before;
        try (ReactiveRuntime tier = start(file())) {
            add(tier);
            before = idIn(tier, "left");
        }
        FunctionModule other = FunctionModule.named("another")
                .table(TableDefinition.named("earlier"))
                .build();
        try (ReactiveRuntime tier = ReactiveRuntime.builder()
                .module(other)
                .module(module())
                .commitStore(CommitLogFile.open(file()))
                .start()) {
            var _ = tier.write(tables -> tables.insert("left", NOTHING));
            tier.read(tables -> tables.query("left").collect())
                    .forEach(row -> assertThat(tableOf(row.string("_id"))).isEqualTo(tableOf(before)));
            assertThat(tableOf(idIn(tier, "right"))).isNotEqualTo(tableOf(before));
        }
    }

    private static String idIn(ReactiveRuntime tier, String table) {
        return tier.read(tables -> tables.query(table).first()).orElseThrow().string("_id");
    }

    /** The number of seven bits a byte that an id begins with, eight of them in five characters. */
    private static long tableOf(String id) {
        String alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
        long firstBytes = 0;
        for (int index = 0; index < 8; index++) {
            firstBytes = firstBytes << 5 | alphabet.indexOf(id.charAt(index));
        }
        long table = 0;
        for (int index = 0; index < 5; index++) {
            long next = firstBytes >>> (32 - 8 * index) & 0xFF;
            table |= (next & 0x7F) << (7 * index);
            if (next < 0x80) {
                break;
            }
        }
        return table;
    }

    @Test
    void aRequestThatWasAnsweredBeforeAKillIsNotRunAgain() throws Exception {
        RequestKey request = new RequestKey("session", 7);
        MutationOutcome first;
        Path killed;
        try (ReactiveRuntime tier = start(file())) {
            first = tier.calls()
                    .mutation("kept:add", NOTHING, NOBODY, Optional.of(request), CommitHook.NONE)
                    .join();
            killed = copy();
        }
        try (ReactiveRuntime tier = start(killed)) {
            MutationOutcome again = tier.calls()
                    .mutation("kept:add", NOTHING, NOBODY, Optional.of(request), CommitHook.NONE)
                    .join();

            assertThat(again).isEqualTo(first);
            assertThat(side(tier, "left")).isEqualTo(1);
        }
    }

    @Test
    void aRestartForgetsARequestWithItsEffectAndNoOther() throws Exception {
        RequestKey memory = new RequestKey("session", 1);
        RequestKey both = new RequestKey("session", 2);
        MutationOutcome remembered;
        MutationOutcome added;
        Path killed;
        // A file that is written anew must not take up what it had not kept either.
        OverFile eager = new OverFile(CommitLogFile.open(file()), () -> {});
        eager.isAlwaysOvergrown = true;
        try (ReactiveRuntime tier = start(eager)) {
            remembered = send(tier, "remember", memory);
            added = send(tier, "addAndRemember", both);
            assertThat(send(tier, "remember", memory)).isEqualTo(remembered);
            // Its answer comes after the file has been written for the one before.
            add(tier);
            killed = copy();
        }
        try (ReactiveRuntime tier = start(killed)) {
            assertThat(send(tier, "addAndRemember", both)).isEqualTo(added);
            assertThat(side(tier, "left")).isEqualTo(2);
            assertThat(tier.read(tables -> tables.query("forgotten").count()).longValue())
                    .isZero();

            assertThat(send(tier, "remember", memory)).isNotEqualTo(remembered);
            assertThat(tier.read(tables -> tables.query("forgotten").count()).longValue())
                    .isEqualTo(1);
        }
    }

    private static MutationOutcome send(ReactiveRuntime tier, String mutation, RequestKey request) {
        return tier.calls()
                .mutation("kept:" + mutation, NOTHING, NOBODY, Optional.of(request), CommitHook.NONE)
                .join();
    }

    @Test
    void scheduledFunctionsWaitThroughAKillAndHappenOnce() throws Exception {
        String far;
        String due;
        String done;
        Path killed;
        try (ReactiveRuntime tier = start(file())) {
            far = later(tier, 3_600_000, "kept:add");
            done = later(tier, 0, "kept:add");
            Eventually.eventually("the first to run", () -> state(tier, done).equals("success"));
            due = later(tier, 500, "kept:add");
            killed = copy();
        }
        try (ReactiveRuntime tier = start(killed)) {
            Eventually.eventually("the due one to run", () -> state(tier, due).equals("success"));
            assertThat(state(tier, far)).isEqualTo("pending");
            assertThat(state(tier, done)).isEqualTo("success");
            assertThat(side(tier, "left")).isEqualTo(2);
        }
    }

    @Test
    void anActionThatAKillInterruptedIsNotBegunAgain() throws Exception {
        String id;
        Path killed;
        try (ReactiveRuntime tier = start(file())) {
            id = later(tier, 0, "kept:wait");
            Eventually.eventually("the action to begin", () -> state(tier, id).equals("inProgress"));
            killed = copy();
            gate.countDown();
        }
        try (ReactiveRuntime tier = start(killed)) {
            assertThat(state(tier, id)).isEqualTo("failed");
        }
    }

    @Test
    void whatWasAnsweredSurvivesAKillAtAnyMomentAndCommitsAreWhole() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        try (ReactiveRuntime tier = start(file());
                ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < 8; writer++) {
                var _ = writers.submit(() -> {
                    for (int index = 0; index < 40; index++) {
                        double value = add(tier);
                        answered.accumulateAndGet((int) value, Math::max);
                    }
                });
            }
            while (answered.get() < 8 * 40) {
                int before = answered.get();
                checkKilled(copy(), before);
            }
        }
        try (ReactiveRuntime tier = start(file())) {
            assertThat(side(tier, "left")).isEqualTo(8 * 40);
        }
    }

    private void checkKilled(Path killed, int answered) {
        try (ReactiveRuntime tier = start(killed)) {
            assertThat(side(tier, "left")).isGreaterThanOrEqualTo(answered);
            assertThat(side(tier, "right")).isEqualTo(side(tier, "left"));
        }
    }

    @Test
    void aTornEndIsCutOffWhereverItIsTorn() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (ReactiveRuntime tier = start(file())) {
            for (int index = 0; index < 20; index++) {
                add(tier);
            }
        }
        long length = Files.size(file());
        double previous = -1;
        for (long cut = 0; cut <= length; cut += 1 + random.nextInt(200)) {
            Path torn = copy();
            try (FileChannel channel = FileChannel.open(torn, StandardOpenOption.WRITE)) {
                channel.truncate(cut);
                if (random.nextBoolean() && cut > 8) {
                    channel.write(java.nio.ByteBuffer.wrap(new byte[] {9}), cut - 1);
                }
            }
            try (ReactiveRuntime tier = start(torn)) {
                double left = side(tier, "left");
                assertThat(side(tier, "right")).isEqualTo(left);
                assertThat(left).isGreaterThanOrEqualTo(previous - 1);
                previous = left;
                assertThat(add(tier)).isEqualTo(left + 1);
            }
            try (ReactiveRuntime again = start(torn)) {
                assertThat(side(again, "left")).isEqualTo(previous + 1);
            }
        }
    }

    @Test
    void nobodySeesOrHearsOfACommitBeforeItIsSafe() throws Exception {
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch disk = new CountDownLatch(1);
        AtomicInteger syncs = new AtomicInteger();
        try (ReactiveRuntime tier = start(new OverFile(CommitLogFile.open(file()), () -> {
            if (syncs.incrementAndGet() > 1) {
                syncing.countDown();
                awaitQuietly(disk);
            }
        }))) {
            add(tier);
            BlockingQueue<FunctionResult> seen = new LinkedBlockingQueue<>();
            try (QuerySubscription _ = tier.watch("kept:count", NOTHING, NOBODY, seen::add)) {
                assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(1)));
                CompletableFuture<MutationOutcome> second =
                        tier.calls().mutation("kept:add", NOTHING, NOBODY, Optional.empty(), CommitHook.NONE);
                syncing.await();

                assertThat(side(tier, "left")).isEqualTo(1);
                assertThat(second).isNotDone();
                assertThat(seen).isEmpty();
                disk.countDown();

                assertThat(second.join()).isInstanceOf(MutationOutcome.Committed.class);
                assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(2)));
            }
        }
    }

    @Test
    void aLogThatIsWrittenAnewHoldsTheSame() {
        AtomicInteger syncs = new AtomicInteger();
        OverFile eager = new OverFile(CommitLogFile.open(file()), syncs::incrementAndGet);
        eager.isAlwaysOvergrown = true;
        String scheduled;
        try (ReactiveRuntime tier = start(eager)) {
            add(tier);
            scheduled = later(tier, 3_600_000, "kept:add");
            add(tier);
        }
        try (ReactiveRuntime tier = start(file())) {
            assertThat(side(tier, "left")).isEqualTo(2);
            assertThat(side(tier, "right")).isEqualTo(2);
            assertThat(state(tier, scheduled)).isEqualTo("pending");
            assertThat(add(tier)).isEqualTo(3);
        }
        try (ReactiveRuntime tier = start(file())) {
            assertThat(side(tier, "left")).isEqualTo(3);
        }
    }

    @Test
    void documentsOfAModuleThatIsGoneWaitForItsReturn() {
        try (ReactiveRuntime tier = start(file())) {
            add(tier);
        }
        OverFile eager = new OverFile(CommitLogFile.open(file()), () -> {});
        eager.isAlwaysOvergrown = true;
        FunctionModule other = FunctionModule.named("other")
                .table(TableDefinition.named("others").durable())
                .mutation("write")
                .handler((context, arguments) -> ConvexValue.of(context.db().insert("others", NOTHING)))
                .build();
        try (ReactiveRuntime tier =
                ReactiveRuntime.builder().module(other).commitStore(eager).start()) {
            var _ = tier.mutation("other:write", NOTHING, NOBODY);
        }
        try (ReactiveRuntime tier = start(file())) {
            assertThat(side(tier, "left")).isEqualTo(1);
        }
    }

    @Test
    void aDurableTableNeedsAStoreAndAStoreOneProcess() {
        assertThatThrownBy(() -> ReactiveRuntime.builder().module(module()).start())
                .hasMessageContaining("left is durable, which needs a store");
        try (CommitLogFile _ = CommitLogFile.open(file())) {
            assertThatThrownBy(() -> CommitLogFile.open(file())).hasMessageContaining("stop it first");
        }
    }

    @Test
    void documentsThatNoLongerFitTheirTableKeepItFromStarting() {
        try (ReactiveRuntime tier = start(file())) {
            add(tier);
        }
        FunctionModule stricter = FunctionModule.named("kept")
                .table(TableDefinition.named("left")
                        .durable()
                        .document(Validator.object().field("name", Validator.string())))
                .build();

        CommitLogFile store = CommitLogFile.open(file());
        assertThatThrownBy(() -> ReactiveRuntime.builder()
                        .module(stricter)
                        .commitStore(store)
                        .start())
                .hasMessageContaining("does not fit the table left");
        store.close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    /** A file whose syncs can be watched, held up and made to fail. */
    private static final class OverFile implements CommitStore {
        private final CommitLogFile file;
        private final Runnable beforeSync;
        private boolean isAlwaysOvergrown;

        OverFile(CommitLogFile file, Runnable beforeSync) {
            this.file = file;
            this.beforeSync = beforeSync;
        }

        @Override
        public long load(Consumer<StoredDocument> documents) {
            return file.load(documents);
        }

        @Override
        public void append(long timestampNs, List<StoredWrite> writes) {
            file.append(timestampNs, writes);
        }

        @Override
        public void sync() {
            beforeSync.run();
            file.sync();
        }

        @Override
        public boolean isOvergrown() {
            return isAlwaysOvergrown || file.isOvergrown();
        }

        @Override
        public void rewrite(long timestampNs, Iterable<StoredDocument> live) {
            file.rewrite(timestampNs, live);
        }

        @Override
        public void recover(long timestampNs, Iterable<StoredDocument> live) {
            file.recover(timestampNs, live);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
