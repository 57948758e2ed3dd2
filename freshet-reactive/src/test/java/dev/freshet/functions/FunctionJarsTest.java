package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionJarsTest {
    private static final String SERVICE = "META-INF/services/dev.freshet.functions.api.FunctionModule";

    @TempDir
    private Path folder;

    private static String source(String name, String sees) {
        return """
            package sample;
            import dev.freshet.functions.api.FunctionDefinition;
            import dev.freshet.functions.api.FunctionModule;
            import dev.freshet.functions.api.TableDefinition;
            import dev.freshet.functions.value.ConvexValue;
            import java.util.List;
            public final class %s implements FunctionModule {
                private final FunctionModule module = FunctionModule.named("%s")
                        .query("hello").handler((context, arguments) -> ConvexValue.of(Words.HELLO + sees()))
                        .build();
                private static String sees() {
                    try {
                        return " and " + Class.forName("%s").getSimpleName();
                    } catch (ClassNotFoundException hidden) {
                        return "";
                    }
                }
                @Override public List<TableDefinition> tables() { return module.tables(); }
                @Override public List<FunctionDefinition> functions() { return module.functions(); }
            }
            class Words { static final String HELLO = new String("hello from %s"); }
            """.formatted(name, name.toLowerCase(java.util.Locale.ROOT), sees, name);
    }

    /** A jar with one compiled class and those beside it in its source. */
    private void jar(String file, String name, String source, Map<String, String> resources) throws IOException {
        Path work = Files.createTempDirectory(folder, "work");
        Path sourceFile = Files.writeString(work.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        OutputStream.nullOutputStream(),
                        System.err,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        work.toString(),
                        sourceFile.toString());
        assertThat(result).isZero();
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(folder.resolve(file)));
                var classes = Files.list(work.resolve("sample"))) {
            for (Path compiled : classes.toList()) {
                jar.putNextEntry(new JarEntry("sample/" + compiled.getFileName()));
                jar.write(Files.readAllBytes(compiled));
            }
            for (Map.Entry<String, String> resource : resources.entrySet()) {
                jar.putNextEntry(new JarEntry(resource.getKey()));
                jar.write(resource.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }

    private static ConvexValue hello(ReactiveRuntime tier, String module) {
        return tier.query(module + ":hello", ConvexObject.empty(), Caller.anonymous());
    }

    @Test
    void modulesOfAllJarsRunAndEachSeesItsOwnClassesAndTheApiOnly() throws IOException {
        jar("one.jar", "One", source("One", "dev.freshet.functions.ReactiveRuntime"), Map.of(SERVICE, "sample.One\n"));
        jar("two.jar", "Two", source("Two", "dev.freshet.functions.api.Guard"), Map.of(SERVICE, "sample.Two\n"));
        Files.writeString(folder.resolve("notes.txt"), "not a jar");

        try (FunctionJars jars = FunctionJars.open(folder)) {
            ReactiveRuntime.Builder builder = ReactiveRuntime.builder();
            jars.modules().forEach(builder::module);
            try (ReactiveRuntime tier = builder.start()) {
                assertThat(hello(tier, "one")).isEqualTo(ConvexValue.of("hello from One"));
                assertThat(hello(tier, "two")).isEqualTo(ConvexValue.of("hello from Two and Guard"));
            }
        }
    }

    @Test
    void aJarWithoutAModuleOrWithABrokenOneIsNamed() throws IOException {
        String source = source("One", "java.lang.String");
        jar("silent.jar", "One", source, Map.of());
        assertThatThrownBy(() -> FunctionJars.open(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("silent.jar")
                .hasMessageContaining(SERVICE);

        Files.delete(folder.resolve("silent.jar"));
        jar("broken.jar", "One", source, Map.of(SERVICE, "sample.Lost\n"));
        assertThatThrownBy(() -> FunctionJars.open(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken.jar")
                .hasMessageContaining("sample.Lost");
    }

    @Test
    void aFolderThatIsNoneIsRefusedAndAnEmptyOneIsFine() {
        assertThatThrownBy(() -> FunctionJars.open(folder.resolve("lost"))).hasMessageContaining("is no folder");
        try (FunctionJars none = FunctionJars.open(folder)) {
            assertThat(none.modules()).isEqualTo(List.of());
        }
    }
}
