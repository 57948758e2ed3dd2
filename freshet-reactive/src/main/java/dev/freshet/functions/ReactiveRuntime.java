package dev.freshet.functions;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.DatabaseReader;
import dev.freshet.functions.api.DatabaseWriter;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import dev.freshet.reactive.TimestampCeiling;
import dev.freshet.runtime.Clock;
import dev.freshet.runtime.Randomness;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** The reactive tier, running: tables, functions, subscriptions. Thread-safe. */
public interface ReactiveRuntime extends AutoCloseable {
    /** The demand table of this name. */
    DemandTable demandTable(String name);

    /** Reads tables at the newest moment, from the server's own code. */
    <T> T read(Function<DatabaseReader, T> reading);

    /**
     * Changes tables in one transaction, from the server's own code; the change may be run several times until it
     * commits. Blocks until it is committed.
     */
    <T> T write(Function<DatabaseWriter, T> change);

    /** Runs a query, internal ones too, without asking its guard. Blocks. */
    ConvexValue query(String path, ConvexObject arguments, Caller caller);

    /** Runs a mutation, internal ones too, without asking its guard. Blocks. */
    ConvexValue mutation(String path, ConvexObject arguments, Caller caller);

    /** Runs an action, internal ones too, without asking its guard. Blocks. */
    ConvexValue action(String path, ConvexObject arguments, Caller caller);

    /**
     * Subscribes the server's own code to a query, as a client would be. The listener is called with the first result and
     * with each that differs from the one before, in order, on a thread of the runtime; it must return soon.
     *
     * @return ends the subscription
     */
    AutoCloseable watch(String path, ConvexObject arguments, Caller caller, Consumer<FunctionResult> listener);

    /** Stops taking work, ends what runs and stops the threads. */
    @Override
    void close();

    /** Puts a runtime together. Not safe for several threads. */
    interface Builder {
        /** The clock; the machine's if not said. */
        Builder clock(Clock clock);

        /** The randomness; the system's if not said. */
        Builder randomness(Randomness randomness);

        /** Where the timestamps' ceiling is kept; in memory if not said. */
        Builder timestampCeiling(TimestampCeiling ceiling);

        /** Adds a module's functions and its tables, as memory tables. */
        Builder module(FunctionModule module);

        /** Adds a memory table that belongs to no module. */
        Builder memoryTable(TableDefinition table);

        /** Adds a demand table. */
        Builder demandTable(String name, Duration linger, DemandProvider provider);

        /** The limits; {@link FunctionLimits#standard()} if not said. */
        Builder limits(FunctionLimits limits);

        /** Whether clients are told the messages of exceptions that are not ConvexErrors; no if not said. */
        Builder developmentErrors(boolean shown);

        /** Starts the threads. */
        ReactiveRuntime start();
    }
}
