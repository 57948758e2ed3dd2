package dev.freshet.sync.simulation;

import dev.freshet.functions.CommitLogFile;
import dev.freshet.functions.FunctionLimits;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.reactive.PageCursors;
import dev.freshet.reactive.TimestampCeiling;
import dev.freshet.reactive.Transaction;
import dev.freshet.runtime.Randomness;
import dev.freshet.sync.AuthToken;
import dev.freshet.sync.Authentication;
import dev.freshet.sync.ClientVersion;
import dev.freshet.sync.SyncLimits;
import dev.freshet.sync.SyncServer;
import dev.freshet.sync.simulation.HistoryChecker.Commit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real tier with the stock, which can be stopped or killed and comes back with what was durable. */
final class SimulatedServer implements AutoCloseable {
    private final Path folder;
    private final boolean isDurable;
    private final ClientVersion clients;
    private int starts;
    private Path commits;
    private Ceiling ceiling = new Ceiling(0);
    private @Nullable ReactiveRuntime runtime;
    private @Nullable SyncServer server;

    SimulatedServer(Path folder, boolean isDurable, ClientVersion clients) {
        this.folder = folder;
        this.isDurable = isDurable;
        this.clients = clients;
        this.commits = folder.resolve("commits");
        start();
    }

    /** As the file is, but gone with its process: what a killed one stores later does not count. */
    private static final class Ceiling implements TimestampCeiling {
        private volatile long storedNs;

        Ceiling(long storedNs) {
            this.storedNs = storedNs;
        }

        @Override
        public long read() {
            return storedNs;
        }

        @Override
        public void store(long ceilingNs) {
            storedNs = ceilingNs;
        }
    }

    private void start() {
        ReactiveRuntime.Builder builder = ReactiveRuntime.builder()
                .module(StockModule.module(isDurable))
                .limits(functionLimits())
                .timestampCeiling(ceiling)
                .pageCursors(PageCursors.withKeyIn(folder.resolve("cursor-key"), Randomness.secure()));
        if (isDurable) {
            builder.commitStore(CommitLogFile.open(commits));
        }
        runtime = builder.start();
        server = new SyncServer(runtime, SimulatedServer::authenticate, syncLimits());
    }

    private static FunctionLimits functionLimits() {
        FunctionLimits standard = FunctionLimits.standard();
        return new FunctionLimits(
                Duration.ofSeconds(30),
                standard.actionTime(),
                standard.parallelFunctions(),
                standard.parallelActions(),
                standard.queuedFunctions(),
                standard.queuedCommits(),
                standard.scannedDocuments(),
                standard.writtenDocuments(),
                standard.absentDemandWait());
    }

    /** Changes by others come fast, and Transitions of some length go in pieces. */
    private static SyncLimits syncLimits() {
        SyncLimits standard = SyncLimits.standard();
        return new SyncLimits(
                standard.messageLength(),
                standard.waitingMessages(),
                standard.waitingCharacters(),
                standard.queries(),
                standard.parallelQueries(),
                standard.waitingMutations(),
                standard.parallelActions(),
                standard.unsentTransitions(),
                Duration.ofMillis(1),
                standard.unsentCharacters(),
                1_500,
                standard.pingInterval());
    }

    /** Tokens are names. */
    private static Authentication authenticate(AuthToken token) {
        return switch (token) {
            case AuthToken.User(String name) ->
                name.equals(ModelClient.BAD_TOKEN)
                        ? new Authentication.Refused("Unauthenticated", "this token is no good")
                        : new Authentication.Accepted(Caller.member(name, "team", Set.of("editor")), Optional.empty());
            case AuthToken.Admin ignored -> new Authentication.Refused("Unauthenticated", "nobody is an administrator");
        };
    }

    private ReactiveRuntime runtime() {
        return Objects.requireNonNull(runtime);
    }

    /** Opens a socket. */
    void open(SimulatedLink link) {
        link.attach(Objects.requireNonNull(server).open(link, clients));
    }

    /** Stops and starts again. */
    void restart() {
        Objects.requireNonNull(server).close();
        runtime().close();
        starts++;
        start();
    }

    /** Starts again from what a kill would have left; by now nobody may hear this server any more. */
    void restartKilled() {
        starts++;
        Path left = folder.resolve("commits-" + starts);
        try {
            Files.copy(commits, left);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        commits = left;
        ceiling = new Ceiling(ceiling.read());
        runtime().close();
        start();
    }

    int starts() {
        return starts;
    }

    /** The audit with the times of its commits. */
    List<Commit> commits() {
        return runtime()
                .read(tables -> tables.query(StockModule.AUDIT).collect().stream()
                        .map(row -> new Commit(
                                ((Transaction) tables)
                                        .writtenAtNs(StockModule.AUDIT, row.string("_id"))
                                        .orElseThrow(),
                                row.string("function"),
                                row.object("call"),
                                row.string("by"),
                                row.value("result")))
                        .toList());
    }

    @Override
    public void close() {
        Objects.requireNonNull(server).close();
        runtime().close();
    }
}
