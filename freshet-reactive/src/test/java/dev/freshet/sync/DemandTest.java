package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexValue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemandTest {
    @Test
    void aRowThatIsNotReadyHoldsUpNoneOfTheOthers() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient earlier = world.connect("earlier");
            earlier.modify(0, addingRows(5));
            earlier.next("Transition");
            for (int row = 0; row < 5; row++) {
                world.publish("row " + row, "value " + row);
            }
            for (int row = 0; row < 5; row++) {
                earlier.awaitValue(row, ConvexValue.of("value " + row));
            }

            ScriptedClient client = world.connect("s");
            client.modify(0, addingRows(6));
            client.next("Transition");

            for (int row = 0; row < 5; row++) {
                assertThat(client.value(row)).contains(ConvexValue.of("value " + row));
            }
            assertThat(client.value(5)).contains(ConvexValue.ofNull());

            world.publish("row 5", "value 5");
            client.awaitValue(5, ConvexValue.of("value 5"));
            assertThat(client.value(0)).contains(ConvexValue.of("value 0"));
        }
    }

    private static String[] addingRows(int count) {
        return IntStream.range(0, count)
                .mapToObj(row -> adding(row, "example:demanded", "{\"key\":\"row " + row + "\"}"))
                .toArray(String[]::new);
    }
}
