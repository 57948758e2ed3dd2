package dev.freshet.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.CommitLogFile;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.QuerySubscription;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CounterModuleTest {
    private static final ConvexObject CLICKS = ConvexObject.of("name", ConvexValue.of("clicks"));

    @TempDir
    private Path folder;

    private ReactiveRuntime start() {
        ReactiveRuntime.Builder builder =
                ReactiveRuntime.builder().commitStore(CommitLogFile.open(folder.resolve("commits")));
        ServiceLoader.load(FunctionModule.class).forEach(builder::module);
        return builder.start();
    }

    private static ConvexValue add(ReactiveRuntime tier, double by) {
        return tier.mutation("counter:add", CLICKS.with("by", ConvexValue.of(by)), Caller.anonymous());
    }

    @Test
    void whoWatchesACounterSeesItChange() throws InterruptedException {
        BlockingQueue<FunctionResult> seen = new LinkedBlockingQueue<>();
        try (ReactiveRuntime tier = start();
                QuerySubscription _ = tier.watch("counter:read", CLICKS, Caller.anonymous(), seen::add)) {
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(0)));

            assertThat(add(tier, 2)).isEqualTo(ConvexValue.of(2));

            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new FunctionResult.Success(ConvexValue.of(2)));
        }
    }

    @Test
    void aCounterOutlivesTheServer() {
        try (ReactiveRuntime tier = start()) {
            add(tier, 2);
        }
        try (ReactiveRuntime tier = start()) {
            assertThat(add(tier, 3)).isEqualTo(ConvexValue.of(5));
        }
    }

    @Test
    void noneOfManyAtOnceIsLost() throws Exception {
        try (ReactiveRuntime tier = start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int writer = 0; writer < 50; writer++) {
                all.add(threads.submit(() -> add(tier, 1)));
            }
            for (Future<?> one : all) {
                one.get();
            }

            assertThat(tier.query("counter:read", CLICKS, Caller.anonymous())).isEqualTo(ConvexValue.of(50));
        }
    }
}
