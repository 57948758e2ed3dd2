package dev.freshet.cli;

import dev.freshet.auth.SignInResult;
import dev.freshet.importer.AccessLog;
import dev.freshet.importer.AccessLogSource;
import dev.freshet.importer.Backfill;
import dev.freshet.importer.Credential;
import dev.freshet.importer.DemoLog;
import dev.freshet.importer.EventPoster;
import dev.freshet.importer.ImportException;
import dev.freshet.importer.ImportState;
import dev.freshet.importer.ImportSummary;
import dev.freshet.importer.LiveReplay;
import dev.freshet.importer.Pause;
import dev.freshet.importer.ReplayPace;
import dev.freshet.importer.ReplayScript;
import dev.freshet.runtime.Lifecycle;
import dev.freshet.server.DirectIngest;
import dev.freshet.server.FreshetServer;
import dev.freshet.server.ServerConfig;
import dev.freshet.server.Setting;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The main job on embedded engines: a server on a throw-away data folder, a real web log as history, the same log again as
 * live traffic through the public endpoint.
 */
final class DemoCommand implements Command {
    private static final String DATA = "--data";
    private static final String RATE = "--rate";
    private static final String NO_TRAFFIC = "--no-traffic";
    private static final String EMAIL = "demo@example.com";
    private static final double MOST_RATE = 5_000;

    private final PrintStream out = System.out;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Shows the whole product on a real web log, with nothing to set up. Ctrl-C ends it.");
        spec.addOption(OptionSpec.builder(DATA)
                .paramLabel("DIR")
                .type(String.class)
                .description("keeps the data in this folder; unset: a throw-away one")
                .build());
        spec.addOption(OptionSpec.builder(RATE)
                .paramLabel("N")
                .type(Double.class)
                .description("live events a second; unset: 20, in the rhythm of the log")
                .build());
        spec.addOption(OptionSpec.builder(NO_TRAFFIC)
                .type(boolean.class)
                .description("imports the history and sends nothing more")
                .build());
        spec.addOption(OptionSpec.builder(Setting.PORT.flag())
                .paramLabel("VALUE")
                .type(String.class)
                .description(Setting.PORT.description())
                .build());
    }

    @Override
    public int run(ParseResult arguments) throws Exception {
        ReplayPace pace = pace(arguments);
        try (Lifecycle lifecycle = new Lifecycle()) {
            boolean isKept = arguments.hasMatchedOption(DATA);
            Path data = isKept
                    ? Path.of(arguments.matchedOptionValue(DATA, ""))
                    : Files.createTempDirectory("freshet-demo-");
            if (!isKept) {
                lifecycle.add("throw-away data", () -> ThrowAwayFolder.delete(data));
            }
            DemoKeys keys = DemoKeys.open(data, new SecureRandom());
            FreshetServer server = lifecycle.add("server", FreshetServer.start(config(arguments, data, keys)));
            AccessLog log = AccessLog.scan(DemoLog.open());
            ImportState state = new ImportState(data, InstantSource.system());
            importHistory(server, log, state);
            if (!arguments.hasMatchedOption(NO_TRAFFIC)) {
                startTraffic(lifecycle, server, keys, new Traffic(log, state, pace));
            }
            printWelcome(server, keys);
            RunningServer.untilStopped(lifecycle);
            return 0;
        } catch (ImportException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private record Traffic(AccessLog log, ImportState state, ReplayPace pace) {}

    private static ServerConfig config(ParseResult arguments, Path data, DemoKeys keys) {
        Map<Setting, String> flags = ServerOptions.given(arguments);
        flags.put(Setting.DATA_DIR, data.toString());
        flags.put(Setting.ADMIN_EMAIL, EMAIL);
        flags.put(Setting.ADMIN_PASSWORD, keys.password());
        flags.put(Setting.WRITE_KEY, keys.writeKey());
        return ServerOptions.read(flags, System.getenv());
    }

    private static ReplayPace pace(ParseResult arguments) {
        if (!arguments.hasMatchedOption(RATE)) {
            return ReplayPace.DEMO;
        }
        double rate = arguments.matchedOptionValue(RATE, 0.0);
        if (rate <= 0 || rate > MOST_RATE) {
            throw CommandFailure.wrongUsage("--rate must be above 0 and at most " + (int) MOST_RATE);
        }
        return ReplayPace.even(rate);
    }

    private void importHistory(FreshetServer server, AccessLog log, ImportState state)
            throws ImportException, InterruptedException {
        DirectIngest direct = server.directIngest(server.firstStart().teamId());
        Duration shift = state.shiftEndingNow(log);
        try (AccessLogSource source = AccessLogSource.open(log, shift)) {
            ImportSummary summary = new Backfill(
                            direct,
                            direct,
                            Backfill.Settings.DEFAULT,
                            new ProgressBar(System.err, ProgressBar.isTerminal()))
                    .run(source);
            out.printf(
                    "imported %,d events of a real web log; %,d were there already%n",
                    summary.accepted(), summary.alreadyStored() + summary.duplicates());
        }
    }

    private static void startTraffic(Lifecycle lifecycle, FreshetServer server, DemoKeys keys, Traffic traffic)
            throws ImportException {
        EventPoster poster = lifecycle.add(
                "poster",
                new EventPoster(
                        new EventPoster.Target(
                                server.url(), new Credential.WriteKey(keys.writeKey()), EventPoster.Target.ENDLESS),
                        InstantSource.system(),
                        Pause.sleeping()));
        LiveReplay replay = new LiveReplay(
                ReplayScript.load(traffic.log(), traffic.pace()),
                traffic.state(),
                poster,
                InstantSource.system(),
                Pause.sleeping());
        lifecycle.add("replay", replay).start();
    }

    private void printWelcome(FreshetServer server, DemoKeys keys) {
        RunningServer.printKeys(server.firstStart(), out);
        out.println("write key " + keys.writeKey());
        out.println("sign in " + server.url() + "/#token=" + token(server, keys));
        RunningServer.printReady(server, out);
    }

    private static String token(FreshetServer server, DemoKeys keys) {
        return switch (server.signIn(EMAIL, keys.password())) {
            case SignInResult.SignedIn(var token, var caller) -> token.token();
            case SignInResult.Refused(String message) -> throw new CommandFailure(message);
            case SignInResult.TryLater(String message, var after) -> throw new CommandFailure(message);
        };
    }
}
