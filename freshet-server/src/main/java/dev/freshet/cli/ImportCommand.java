package dev.freshet.cli;

import dev.freshet.importer.Backfill;
import dev.freshet.importer.BatchSink;
import dev.freshet.importer.Credential;
import dev.freshet.importer.EventPoster;
import dev.freshet.importer.EventSource;
import dev.freshet.importer.ExistingIds;
import dev.freshet.importer.HttpExistingIds;
import dev.freshet.importer.ImportException;
import dev.freshet.importer.ImportFile;
import dev.freshet.importer.ImportFormat;
import dev.freshet.importer.ImportSummary;
import dev.freshet.importer.Pause;
import dev.freshet.importer.RejectedEvent;
import dev.freshet.server.DirectIngest;
import dev.freshet.server.FreshetServer;
import dev.freshet.server.ServerConfig;
import dev.freshet.server.Setting;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Back-fills events from a file. Where a server holds the data folder, they go through its port with the admin key;
 * otherwise a server is started for the time of the import.
 */
final class ImportCommand implements Command {
    private static final String FORMAT = "--format";
    private static final String TEAM = "--team";
    private static final String DRY_RUN = "--dry-run";
    private static final int SHOWN_REJECTS = 10;

    private final PrintStream out = System.out;
    private final PrintStream errors = System.err;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Imports events from a file. Safe to repeat: what is there already is left out.");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("FILE")
                .arity("1")
                .required(true)
                .type(Path.class)
                .description("the file to read")
                .build());
        option(spec, FORMAT, "FORMAT", "how the file is written: " + formats() + "; unset: by its ending");
        option(spec, TEAM, "ID", "the team that gets the events; unset: the first");
        option(spec, ServerBeside.URL, "URL", ServerBeside.URL_DESCRIPTION);
        option(spec, Setting.DATA_DIR.flag(), "VALUE", Setting.DATA_DIR.description());
        spec.addOption(OptionSpec.builder(DRY_RUN)
                .type(boolean.class)
                .description("reads and checks the file, and sends nothing")
                .build());
    }

    private static String formats() {
        return Arrays.stream(ImportFormat.values())
                .map(ImportFormat::optionName)
                .collect(Collectors.joining(", "));
    }

    private static void option(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build());
    }

    @Override
    public int run(ParseResult arguments) throws Exception {
        Path path = arguments.matchedPositionalValue(0, Path.of(""));
        try (EventSource source = EventSource.open(ImportFile.of(path), format(arguments, path))) {
            return arguments.hasMatchedOption(DRY_RUN)
                    ? report(
                            "read (dry run, nothing was sent)",
                            backfill(ExistingIds.none(), BatchSink.dryRun(), source))
                    : deliver(arguments, source);
        } catch (ImportException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private int deliver(ParseResult arguments, EventSource source) throws Exception {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (arguments.hasMatchedOption(Setting.DATA_DIR.flag())) {
            flags.put(Setting.DATA_DIR, arguments.matchedOptionValue(Setting.DATA_DIR.flag(), ""));
        }
        ServerConfig config = ServerOptions.read(flags, System.getenv());
        Optional<URI> running = ServerBeside.find(arguments, config);
        Optional<String> team = Optional.ofNullable(arguments.matchedOptionValue(TEAM, (String) null));
        return running.isPresent() ? overHttp(running.get(), config, team, source) : inThisProcess(flags, team, source);
    }

    private int overHttp(URI url, ServerConfig config, Optional<String> team, EventSource source) throws Exception {
        String key = ServerBeside.adminKey(config, url);
        Credential credential = new Credential.AdminKey(key, team);
        EventPoster.Target target = new EventPoster.Target(url, credential, EventPoster.Target.IMPORT_PATIENCE);
        try (EventPoster poster = new EventPoster(target, InstantSource.system(), Pause.sleeping());
                HttpExistingIds existing = new HttpExistingIds(url, credential)) {
            return report("imported", backfill(existing, poster, source));
        }
    }

    private int inThisProcess(Map<Setting, String> flags, Optional<String> team, EventSource source) throws Exception {
        flags.put(Setting.PORT, "0");
        flags.put(Setting.HOST, "127.0.0.1");
        try (FreshetServer server = FreshetServer.start(ServerOptions.read(flags, System.getenv()))) {
            RunningServer.printKeys(server.firstStart(), out);
            String teamId = team.orElse(server.firstStart().teamId());
            if (!server.isTeam(teamId)) {
                throw new CommandFailure("there is no team " + teamId);
            }
            DirectIngest direct = server.directIngest(teamId);
            return report("imported", backfill(direct, direct, source));
        }
    }

    private ImportSummary backfill(ExistingIds existing, BatchSink sink, EventSource source)
            throws ImportException, InterruptedException {
        ProgressBar progress = new ProgressBar(errors, ProgressBar.isTerminal());
        return new Backfill(existing, sink, Backfill.Settings.DEFAULT, progress).run(source);
    }

    private int report(String done, ImportSummary summary) {
        out.printf(
                "%s %,d events; %,d were there already; %,d refused%n",
                done, summary.accepted(), summary.alreadyStored() + summary.duplicates(), summary.rejected());
        summary.rejectedByCode().forEach((code, count) -> out.printf("  %s: %,d%n", code, count));
        for (RejectedEvent reject : summary.firstRejects()
                .subList(0, Math.min(SHOWN_REJECTS, summary.firstRejects().size()))) {
            out.printf("  line %d: %s%n", reject.lineNumber(), reject.message());
        }
        return summary.rejected() == 0 ? 0 : 1;
    }

    private static ImportFormat format(ParseResult arguments, Path path) {
        String name = arguments.matchedOptionValue(FORMAT, ending(path));
        return ImportFormat.ofOptionName(name)
                .orElseThrow(() ->
                        CommandFailure.wrongUsage("`%s` is no format that can be imported; set --format to one of %s"
                                .formatted(name, formats())));
    }

    private static String ending(Path path) {
        String name = String.valueOf(path.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "log" -> "combined";
            case "jsonl" -> "ndjson";
            default -> ending;
        };
    }
}
