package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code query_batch} while what it reads is written all the time. */
@Timeout(60)
class OneSnapshotTest {
    private static final int BATCHES = 300;
    private static final String BATCH =
            "{\"queries\":[" + reading("left") + "," + reading("right") + "," + reading("left") + "]}";

    private static String reading(String name) {
        return "{\"path\":\"counter:read\",\"args\":{\"name\":\"" + name + "\"}}";
    }

    @Test
    void allResultsOfABatchAreOfOneMoment() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ConvexObject both =
                ConvexObject.of("names", ConvexValue.array(ConvexValue.of("left"), ConvexValue.of("right")));
        try (SyncWorld world = new SyncWorld()) {
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    var _ = world.runtime.mutation("counter:addToBoth", both, Caller.anonymous());
                }
            });
            double last = 0;
            int movedOn = 0;
            for (int batch = 0; batch < BATCHES; batch++) {
                HttpReply reply = world.server
                        .post("query_batch", BATCH, Caller.anonymous())
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
                ConvexArray results = (ConvexArray) ((ConvexObject) ConvexJson.decode(reply.body())).value("results");
                double left = valueOf(results, 0);
                assertThat(valueOf(results, 1)).as(reply.body()).isEqualTo(left);
                assertThat(valueOf(results, 2)).as(reply.body()).isEqualTo(left);
                assertThat(left).as("time goes forward").isGreaterThanOrEqualTo(last);
                movedOn += left > last ? 1 : 0;
                last = left;
            }
            over.set(true);
            writer.join();

            // The control: there was something to be mixed up.
            assertThat(movedOn).isGreaterThan(BATCHES / 10);
        }
    }

    private static double valueOf(ConvexArray results, int index) {
        return ((ConvexObject) results.elements().get(index)).number("value");
    }
}
