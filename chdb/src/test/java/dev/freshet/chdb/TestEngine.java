package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How the tests open the real engine. A process has one at a time: each class opens its own and closes it. */
final class TestEngine {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestEngine() {}

    static ChdbOptions options(Path folder) {
        return ChdbOptions.of(library(), folder)
                .withServerOption("max_server_memory_usage", Long.toString(1L << 30))
                .withServerOption("backups.allowed_path", folder.toString())
                .withServerOption("mark_cache_size", Long.toString(16 << 20))
                .withServerOption("background_pool_size", "2")
                .withSetting("max_threads", "2")
                .withSetting("max_memory_usage", Long.toString(700 << 20));
    }

    static Path library() {
        return ChdbLibrary.locate(Path.of(Objects.requireNonNull(
                System.getProperty("chdb.native.directory"), "the build sets chdb.native.directory")));
    }

    static ChdbException failureOf(ThrowingCallable call) {
        ChdbException failure = catchThrowableOfType(ChdbException.class, call);
        assertThat(failure).as("the call should have failed").isNotNull();
        return failure;
    }

    /** Waits until a condition holds, looking again and again. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNanos).as("in time: " + what).isNegative();
            Thread.sleep(Duration.ofMillis(5));
        }
    }

    /** How many statements with this in their text run now. */
    static long running(Chdb chdb, String mark) {
        return Long.parseLong(chdb.query(Statement.of(
                                "SELECT count() FROM system.processes WHERE position(query, {mark:String}) > 0 AND position(query, 'system.processes') = 0")
                        .bind("mark", mark))
                .text()
                .strip());
    }
}
