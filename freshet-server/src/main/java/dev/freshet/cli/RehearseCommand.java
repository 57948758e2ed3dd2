package dev.freshet.cli;

import dev.freshet.server.ConfigReader;
import dev.freshet.server.FreshetServer;
import dev.freshet.server.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * Starts a server on a throw-away folder and stops it again. The launcher runs this once after a build, so that the JVM
 * keeps what it loaded and learned; every later start then takes half the processor time.
 */
final class RehearseCommand implements Command {
    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().hidden(true).description("Starts a server on a throw-away folder and stops it.");
    }

    @Override
    public int run(ParseResult arguments) throws Exception {
        Path data = Files.createTempDirectory("freshet-rehearsal-");
        try {
            Map<Setting, String> flags = new EnumMap<>(Setting.class);
            flags.put(Setting.DATA_DIR, data.toString());
            flags.put(Setting.PORT, "0");
            // Nobody's settings but these: a rehearsal must not touch a configured ClickHouse or MongoDB.
            FreshetServer.start(ConfigReader.read(flags, Map.of(), data.resolve("no-such-file")))
                    .close();
        } finally {
            ThrowAwayFolder.delete(data);
        }
        return 0;
    }
}
