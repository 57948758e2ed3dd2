package dev.freshet.cli;

import dev.freshet.server.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Where every command of the launcher but {@code test} and {@code bench} begins. */
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private static final Map<String, Command> COMMANDS = Map.of(
            "serve", new ServeCommand(),
            "demo", new DemoCommand(),
            "import", new ImportCommand(),
            "keys", new KeysCommand(),
            "doctor", new DoctorCommand(),
            "codegen", new CodegenCommand(),
            "rehearse", new RehearseCommand());

    private Main() {}

    public static void main(String[] arguments) {
        int exitCode = run(arguments, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(exitCode);
    }

    /** Runs one command without ending the process. */
    static int run(String[] arguments, PrintWriter errors) {
        CommandSpec top = CommandSpec.create().name("freshet");
        top.usageMessage()
                .description("Live product analytics in one process.")
                .footer(
                        "",
                        "Further commands: test (every test there is), bench [NAME] (the benchmarks), fuzz (the decoders under a fuzzer).");
        top.mixinStandardHelpOptions(true);
        CommandLine line = new CommandLine(top);
        COMMANDS.forEach((name, command) -> line.addSubcommand(name, subcommand(name, command)));
        line.setErr(errors);
        line.setExecutionStrategy(parsed -> {
            if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
                line.usage(line.getOut());
                return WRONG_USAGE;
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        line.addSubcommand(new CommandLine.HelpCommand());
        line.setParameterExceptionHandler((failure, given) -> {
            errors.println("freshet: " + onOneLine(failure) + "; see ./"
                    + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return WRONG_USAGE;
        });
        line.setExecutionExceptionHandler((failure, executed, parsed) -> report(failure, parsed, errors));
        return line.execute(arguments);
    }

    private static CommandLine subcommand(String name, Command command) {
        CommandLine[] self = new CommandLine[1];
        Callable<Integer> body = () -> command.run(self[0].getParseResult());
        CommandSpec spec = CommandSpec.wrapWithoutInspection(body).name(name).mixinStandardHelpOptions(true);
        spec.addOption(OptionSpec.builder("--verbose")
                .description("shows the stack trace of a failure")
                .type(boolean.class)
                .build());
        command.describe(spec);
        self[0] = new CommandLine(spec);
        return self[0];
    }

    private static int report(Exception failure, CommandLine.ParseResult parsed, PrintWriter errors) {
        boolean isVerbose = parsed.subcommand() != null && parsed.subcommand().hasMatchedOption("--verbose");
        errors.println(
                "freshet: " + (isOurs(failure) ? "" : failure.getClass().getSimpleName() + ": ") + onOneLine(failure));
        if (isVerbose) {
            failure.printStackTrace(errors);
        }
        log.debug("command failed", failure);
        boolean isWrongUsage =
                failure instanceof ConfigException || (failure instanceof CommandFailure known && known.isWrongUsage());
        return isWrongUsage ? WRONG_USAGE : FAILED;
    }

    /** Our own failures say what is wrong in a sentence; of others the kind helps to understand the message. */
    private static boolean isOurs(Exception failure) {
        return failure.getClass().getPackageName().startsWith("dev.freshet.");
    }

    private static String onOneLine(Exception failure) {
        return String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
