package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages over sockets: journals go to the client and come back. */
@Timeout(120)
class PagesTest {
    private static final String FIRST_TWO = "{\"paginationOpts\":{\"numItems\":2,\"cursor\":null,\"id\":1}}";

    private static void put(SyncWorld world, double... ranks) {
        List<ConvexValue> values =
                DoubleStream.of(ranks).<ConvexValue>mapToObj(ConvexValue::of).toList();
        var _ = world.runtime.mutation(
                "notes:put", ConvexObject.of("ranks", ConvexValue.of(values)), Caller.anonymous());
    }

    private static ConvexValue ranks(ScriptedClient client, long queryId) {
        return ((ConvexObject) client.value(queryId).orElseThrow()).value("page");
    }

    private static ConvexValue numbers(double... numbers) {
        return ConvexValue.of(DoubleStream.of(numbers).mapToObj(ConvexValue::of).toList());
    }

    @Test
    void aWatchedPageGoesOnEndingWhereItEndedFirst() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            put(world, 1, 2, 3);
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "notes:page", FIRST_TWO));
            client.next("Transition");
            assertThat(ranks(client, 0)).isEqualTo(numbers(1, 2));
            String journal = client.result(0).string("journal");

            put(world, 1.5);
            client.next("Transition");

            assertThat(ranks(client, 0)).isEqualTo(numbers(1, 1.5, 2));
            assertThat(client.result(0).string("journal")).isEqualTo(journal);
        }
    }

    @Test
    void whoComesBackWithTheJournalGetsTheSamePageAndWhoBeginsOneOfTheLengthAskedFor() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            put(world, 1, 2, 3);
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "notes:page", FIRST_TWO));
            client.next("Transition");
            put(world, 1.2, 1.4);
            client.next("Transition");
            String journal = client.result(0).string("journal");

            ScriptedClient returning = world.connect("s");
            returning.modify(
                    0,
                    adding(0, "notes:page", FIRST_TWO).replace("\"args\"", "\"journal\":\"" + journal + "\",\"args\""));
            returning.next("Transition");
            ScriptedClient beginner = world.connect("another");
            beginner.modify(0, adding(0, "notes:page", FIRST_TWO));
            beginner.next("Transition");

            assertThat(ranks(returning, 0)).isEqualTo(numbers(1, 1.2, 1.4, 2));
            assertThat(ranks(beginner, 0)).isEqualTo(numbers(1, 1.2));
            long runs = world.runtime.figures().queryRuns();
            put(world, 1.3);
            for (ScriptedClient one : List.of(client, returning)) {
                one.next("Transition");
                assertThat(ranks(one, 0)).isEqualTo(numbers(1, 1.2, 1.3, 1.4, 2));
            }
            // The page is one execution for both; the beginner's ends before what was written.
            assertThat(world.runtime.figures().queryRuns() - runs).isEqualTo(1);
        }
    }

    @Test
    void aForeignCursorIsAnErrorThatTheHookUnderstandsAndLeavesTheSocketOpen() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "notes:page", FIRST_TWO.replace("null", "\"bm90IG9uZQ\"")));
            client.next("Transition");

            ConvexObject failed = client.result(0);
            assertThat(failed.string("type")).isEqualTo("QueryFailed");
            assertThat(failed.string("errorMessage")).contains("InvalidCursor");
            assertThat(failed.object("errorData").string("paginationError")).isEqualTo("InvalidCursor");
            client.modify(1, adding(1, "notes:count", "{}"));
            client.awaitValue(1, ConvexValue.of(0));
        }
    }

    @Test
    void aPageOfNothingIsRefused() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(
                    0,
                    adding(0, "notes:page", FIRST_TWO.replace(":2,", ":0,")),
                    adding(1, "notes:page", FIRST_TWO.replace(":2,", ":1.5,")));
            client.next("Transition");

            assertThat(client.result(0).object("errorData").string("field")).isEqualTo("paginationOpts.numItems");
            assertThat(client.result(1).object("errorData").string("code")).isEqualTo("invalid_argument");
        }
    }
}
