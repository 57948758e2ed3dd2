package dev.freshet.cli;

import dev.freshet.dashboards.ProductFunctions;
import dev.freshet.functions.FunctionJars;
import dev.freshet.functions.TypeScriptApi;
import dev.freshet.functions.api.FunctionModule;
import dev.freshet.server.Setting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Writes TypeScript types for the public functions, the server's own and those of jars. Needs no server. */
final class CodegenCommand implements Command {
    private static final String OUT = "--out";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage()
                .description("Writes the TypeScript object `api` with types for the public functions, for official"
                        + " Convex clients.");
        spec.addOption(OptionSpec.builder(OUT)
                .paramLabel("FILE")
                .type(Path.class)
                .description("the file to write; else it is printed")
                .build());
        spec.addOption(OptionSpec.builder(Setting.FUNCTIONS.flag())
                .paramLabel("VALUE")
                .type(String.class)
                .description(Setting.FUNCTIONS.description() + " (" + Setting.FUNCTIONS.variable() + ")")
                .build());
    }

    @Override
    public int run(ParseResult arguments) throws IOException {
        String text = generate(ServerOptions.read(arguments, System.getenv()).functions());
        Path file = arguments.matchedOptionValue(OUT, (Path) null);
        if (file == null) {
            out.print(text);
            return 0;
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be written: %s".formatted(file, e), e);
        }
        return 0;
    }

    private static String generate(Optional<Path> jarFolder) {
        List<FunctionModule> modules = new ArrayList<>(ProductFunctions.described());
        if (jarFolder.isEmpty()) {
            return TypeScriptApi.of(modules);
        }
        try (FunctionJars jars = FunctionJars.open(jarFolder.get())) {
            modules.addAll(jars.modules());
            return TypeScriptApi.of(modules);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(Setting.FUNCTIONS.variable() + ": " + e.getMessage(), e);
        }
    }
}
