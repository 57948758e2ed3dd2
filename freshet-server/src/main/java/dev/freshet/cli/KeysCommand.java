package dev.freshet.cli;

import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.EventQuota;
import dev.freshet.server.KeyFolder;
import dev.freshet.server.ServerConfig;
import dev.freshet.server.Setting;
import java.io.PrintStream;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Lists, creates and revokes a team's write keys. Where a server holds the data folder, through its port with the admin key;
 * otherwise in the folder itself.
 */
final class KeysCommand implements Command {
    private static final String LINE = "%-24s  %-20s  %8s  %s%n";
    private static final String TEAM = "--team";
    private static final String RATE = "--rate";
    private static final String BURST = "--burst";

    private final PrintStream out = System.out;

    /** What the command line asks for. */
    private sealed interface Request {
        record ListAll() implements Request {}

        record Create(String name, Optional<EventQuota> quota) implements Request {}

        record Revoke(String keyId) implements Request {}
    }

    /** The keys of one team, wherever they are. */
    interface Keys {
        List<WriteKeys.Listed> list() throws Exception;

        WriteKeys.Created create(String name, Optional<EventQuota> quota) throws Exception;

        /** @return false where there is no such key */
        boolean revoke(String keyId) throws Exception;
    }

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description(
                        "Lists a team's write keys; `create NAME` makes one and prints it once, `revoke ID` ends one.");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("[create NAME | revoke ID]")
                .arity("0..2")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("what to do; without it: list")
                .build());
        option(spec, TEAM, "ID", "the team; unset: the first");
        option(spec, RATE, "N", "events a second that a new key may send; unset: the server's setting");
        option(spec, BURST, "N", "events that it may send at once after a pause; unset: ten seconds' worth");
        option(spec, ServerBeside.URL, "URL", ServerBeside.URL_DESCRIPTION);
        option(spec, Setting.DATA_DIR.flag(), "VALUE", Setting.DATA_DIR.description());
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
        Request request = request(arguments.matchedPositionalValue(0, List.<String>of()), quota(arguments));
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (arguments.hasMatchedOption(Setting.DATA_DIR.flag())) {
            flags.put(Setting.DATA_DIR, arguments.matchedOptionValue(Setting.DATA_DIR.flag(), ""));
        }
        ServerConfig config = ServerOptions.read(flags, System.getenv());
        Optional<String> team = Optional.ofNullable(arguments.matchedOptionValue(TEAM, (String) null));
        Optional<URI> running = ServerBeside.find(arguments, config);
        if (running.isPresent()) {
            URI url = running.get();
            try (HttpKeys keys = new HttpKeys(url, ServerBeside.adminKey(config, url), team)) {
                return perform(request, keys);
            }
        }
        return inFolder(config, team, request);
    }

    private static Optional<EventQuota> quota(ParseResult arguments) {
        Optional<Integer> rate = events(arguments, RATE);
        Optional<Integer> burst = events(arguments, BURST);
        if (burst.isPresent() && rate.isEmpty()) {
            throw CommandFailure.wrongUsage("--burst needs --rate beside it");
        }
        return rate.map(perSecond ->
                burst.map(most -> new EventQuota(perSecond, most)).orElseGet(() -> EventQuota.of(perSecond)));
    }

    private static Optional<Integer> events(ParseResult arguments, String option) {
        Optional<String> text = Optional.ofNullable(arguments.matchedOptionValue(option, (String) null));
        return text.map(digits -> {
            if (!digits.matches("[0-9]{1,7}") || !EventQuota.isUsable(Integer.parseInt(digits))) {
                throw CommandFailure.wrongUsage(
                        "%s must be a whole number from 1 to %d, not `%s`".formatted(option, EventQuota.MOST, digits));
            }
            return Integer.parseInt(digits);
        });
    }

    private static Request request(List<String> words, Optional<EventQuota> quota) {
        String action = words.isEmpty() ? "list" : words.getFirst();
        if (action.equals("list") && words.size() <= 1) {
            return new Request.ListAll();
        }
        if (words.size() == 2 && action.equals("create")) {
            String name = WriteKeys.usableName(words.getLast())
                    .orElseThrow(() -> CommandFailure.wrongUsage(
                            "a key's name has 1 to %d characters".formatted(WriteKeys.MAX_NAME)));
            return new Request.Create(name, quota);
        }
        if (words.size() == 2 && action.equals("revoke")) {
            return new Request.Revoke(words.getLast());
        }
        throw CommandFailure.wrongUsage(
                "say `keys`, `keys create NAME` or `keys revoke ID`, not `keys %s`".formatted(String.join(" ", words)));
    }

    private int inFolder(ServerConfig config, Optional<String> team, Request request) throws Exception {
        try (KeyFolder folder = KeyFolder.open(config)) {
            RunningServer.printKeys(folder.firstStart(), out);
            String teamId = team.orElse(folder.firstStart().teamId());
            if (!folder.isTeam(teamId)) {
                throw new CommandFailure("there is no team " + teamId);
            }
            WriteKeys writeKeys = folder.writeKeys();
            return perform(request, new Keys() {
                @Override
                public List<WriteKeys.Listed> list() {
                    return writeKeys.list(teamId);
                }

                @Override
                public WriteKeys.Created create(String name, Optional<EventQuota> quota) {
                    return writeKeys.create(teamId, name, quota);
                }

                @Override
                public boolean revoke(String keyId) {
                    return writeKeys.revoke(teamId, keyId);
                }
            });
        }
    }

    private int perform(Request request, Keys keys) throws Exception {
        switch (request) {
            case Request.ListAll() -> {
                List<WriteKeys.Listed> all = keys.list();
                out.printf(LINE, "ID", "CREATED", "EVENTS/S", "NAME");
                all.forEach(key -> out.printf(LINE, key.keyId(), second(key.createdAt()), rate(key), key.name()));
            }
            case Request.Create(String name, Optional<EventQuota> quota) -> {
                WriteKeys.Created created = keys.create(name, quota);
                out.println("key id " + created.keyId());
                out.println("write key " + created.key() + " (shown only now)");
            }
            case Request.Revoke(String keyId) -> {
                if (!keys.revoke(keyId)) {
                    throw new CommandFailure("the team has no write key %s; `keys` lists them".formatted(keyId));
                }
                out.println("revoked " + keyId);
            }
        }
        return 0;
    }

    private static String rate(WriteKeys.Listed key) {
        return key.quota()
                .map(quota -> Integer.toString(quota.eventsPerSecond()))
                .orElse("-");
    }

    private static Instant second(Instant createdAt) {
        return createdAt.truncatedTo(ChronoUnit.SECONDS);
    }
}
