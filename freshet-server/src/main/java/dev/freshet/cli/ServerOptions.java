package dev.freshet.cli;

import dev.freshet.server.ConfigReader;
import dev.freshet.server.ServerConfig;
import dev.freshet.server.Setting;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of a command that starts a server: one for each setting. */
final class ServerOptions {
    private static final Path FILE = Path.of("freshet.yaml");

    private ServerOptions() {}

    static void describe(CommandSpec spec) {
        for (Setting setting : Setting.values()) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .paramLabel("VALUE")
                    .type(String.class)
                    .description(setting.description() + " (" + setting.variable() + ")")
                    .build());
        }
    }

    /** Flags over environment over {@code freshet.yaml} in the current folder. */
    static ServerConfig read(ParseResult arguments, Map<String, String> environment) {
        return read(given(arguments), environment);
    }

    static ServerConfig read(Map<Setting, String> flags, Map<String, String> environment) {
        return ConfigReader.read(flags, environment, FILE);
    }

    static Map<Setting, String> given(ParseResult arguments) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            boolean isOption = arguments.commandSpec().findOption(setting.flag()) != null;
            if (isOption && arguments.hasMatchedOption(setting.flag())) {
                flags.put(setting, arguments.matchedOptionValue(setting.flag(), ""));
            }
        }
        return flags;
    }
}
