package dev.freshet.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.DocumentStore;
import dev.freshet.documents.Teams;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitHook;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions as clients call them, over the embedded documents. */
class WriteKeyFunctionsIT {
    private static final long LIMIT_SECONDS = 20;

    @TempDir
    private Path folder;

    private DocumentStore documents;
    private WriteKeys writeKeys;
    private ReactiveRuntime runtime;
    private String teamId;
    private String otherTeamId;
    private Caller owner;

    @BeforeEach
    void open() {
        documents = DocumentStore.openEmbedded(folder, new SecureRandom());
        Teams teams = new Teams(documents, InstantSource.system());
        teamId = teams.create("Team").id();
        otherTeamId = teams.create("Other").id();
        owner = Caller.member("olga", teamId, Set.of("viewer", "editor", "admin", "owner"));
        writeKeys = WriteKeys.open(teams, new SecureRandom(), InstantSource.system());
        WriteKeyTable table = new WriteKeyTable(writeKeys);
        runtime = ReactiveRuntime.builder()
                .demandTable(WriteKeyTable.NAME, Duration.ofMinutes(1), table)
                .module(ProductFunctions.writeKeys(writeKeys))
                .start();
        table.connect(runtime.demandTable(WriteKeyTable.NAME));
    }

    @AfterEach
    void close() {
        runtime.close();
        documents.close();
    }

    private ConvexObject mutation(String path, ConvexObject arguments, Caller caller) {
        return (ConvexObject) runtime.mutation(path, arguments, caller);
    }

    private static ConvexObject named(String name) {
        return ConvexObject.of("name", ConvexValue.of(name));
    }

    private static List<String> names(FunctionResult result) {
        return rows(result).stream().map(row -> row.string("name")).toList();
    }

    private static List<ConvexObject> rows(FunctionResult result) {
        return ((ConvexArray) ((FunctionResult.Success) result).value())
                .stream().map(ConvexObject.class::cast).toList();
    }

    private static void await(BlockingQueue<FunctionResult> told, List<String> wanted) throws InterruptedException {
        List<String> last = List.of("nothing told yet");
        while (!last.equals(wanted)) {
            FunctionResult next = told.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(next)
                    .as("the keys %s; the last told were %s", wanted, last)
                    .isNotNull();
            last = names(next);
        }
    }

    @Test
    void whoLooksSeesKeysComeAndGoAndOnlyThoseOfTheTeam() throws InterruptedException {
        BlockingQueue<FunctionResult> told = new LinkedBlockingQueue<>();
        runtime.watch("writeKeys:list", ConvexObject.empty(), owner, told::add);
        await(told, List.of());

        ConvexObject created = mutation("writeKeys:create", named(" ci "), owner);
        writeKeys.create(otherTeamId, "not shown");
        await(told, List.of("ci"));
        assertThat(writeKeys.resolve(created.string("key"))).isPresent();

        runtime.mutation("writeKeys:revoke", ConvexObject.of("keyId", created.value("keyId")), owner);
        await(told, List.of());
        assertThat(writeKeys.resolve(created.string("key"))).isEmpty();
    }

    @Test
    void theListDoesNotHoldKeysOrHashes() {
        ConvexObject created = mutation("writeKeys:create", named("ci"), owner);

        FunctionResult listed = runtime.calls()
                .query("writeKeys:list", ConvexObject.empty(), owner)
                .join();

        assertThat(names(listed)).containsExactly("ci");
        ConvexObject row = rows(listed).getFirst();
        assertThat(row.fields()).containsOnlyKeys("_id", "_creationTime", "name");
        assertThat(row.string("_id")).isEqualTo(created.string("keyId"));
    }

    @ParameterizedTest
    @CsvSource({"writeKeys:list", "writeKeys:create", "writeKeys:revoke"})
    void onlyAdminsAndOwnersMay(String path) {
        Caller admin = Caller.member("ann", teamId, Set.of("viewer", "editor", "admin"));
        Caller editor = Caller.member("ed", teamId, Set.of("viewer", "editor"));

        assertThat(code(path, editor)).isEqualTo("forbidden");
        assertThat(code(path, Caller.admin())).isEqualTo("forbidden");
        assertThat(code(path, Caller.anonymous())).isEqualTo("unauthenticated");
        assertThat(code(path, admin)).isIn("", "not_found");
        assertThat(writeKeys.list(teamId)).hasSizeLessThanOrEqualTo(1);
    }

    /** The code of a refusal; empty where there is none. */
    private String code(String path, Caller caller) {
        ConvexObject arguments = switch (path) {
            case "writeKeys:create" -> named("ci");
            case "writeKeys:revoke" -> ConvexObject.of("keyId", ConvexValue.of("no such key"));
            default -> ConvexObject.empty();
        };
        FunctionResult result = path.endsWith("list")
                ? runtime.calls().query(path, arguments, caller).join()
                : FunctionCalls.asResult(runtime.calls()
                        .mutation(path, arguments, caller, Optional.empty(), CommitHook.NONE)
                        .join());
        return result instanceof FunctionResult.Failure failure
                ? ((ConvexObject) failure.data().orElseThrow()).string("code")
                : "";
    }

    @Test
    void aTeamCannotEndTheKeyOfAnother() {
        WriteKeys.Created theirs = writeKeys.create(otherTeamId, "theirs");

        ConvexObject arguments = ConvexObject.of("keyId", ConvexValue.of(theirs.keyId()));

        assertThat(refusal("writeKeys:revoke", arguments)).isEqualTo("not_found");
        assertThat(writeKeys.resolve(theirs.key())).isPresent();
    }

    @Test
    void namesHaveOneToAHundredCharacters() {
        for (String name : Stream.of("", "  ", "x".repeat(101)).toList()) {
            assertThat(refusal("writeKeys:create", named(name))).isEqualTo("invalid_argument");
        }
        assertThat(mutation("writeKeys:create", named("x".repeat(100)), owner).has("key"))
                .isTrue();
    }

    @Test
    void theHundredAndFirstKeyIsRefused() {
        for (int count = 0; count < Teams.MAX_WRITE_KEYS; count++) {
            writeKeys.create(teamId, "key " + count);
        }

        assertThat(refusal("writeKeys:create", named("one more"))).isEqualTo("limit_exceeded");
    }

    private String refusal(String path, ConvexObject arguments) {
        try {
            return runtime.mutation(path, arguments, owner).toString();
        } catch (ConvexError refused) {
            return ((ConvexObject) refused.data()).string("code");
        }
    }
}
