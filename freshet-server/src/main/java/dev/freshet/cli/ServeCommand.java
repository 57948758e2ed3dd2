package dev.freshet.cli;

import dev.freshet.server.FreshetServer;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Runs the production server. */
final class ServeCommand implements Command {
    private final PrintStream out = System.out;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Runs the server. Every setting is also a variable, and a key of freshet.yaml.");
        ServerOptions.describe(spec);
    }

    @Override
    public int run(ParseResult arguments) throws Exception {
        FreshetServer server = FreshetServer.start(ServerOptions.read(arguments, System.getenv()));
        RunningServer.printKeys(server.firstStart(), out);
        RunningServer.printReady(server, out);
        RunningServer.untilStopped(server);
        return 0;
    }
}
