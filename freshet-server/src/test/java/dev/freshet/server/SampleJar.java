package dev.freshet.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A jar with {@link SampleModule}. */
final class SampleJar {
    private SampleJar() {}

    /**
     * Makes one.
     *
     * @param moduleClass what the jar says holds its functions
     * @return the setting by which a server finds it
     */
    static Map<String, String> in(Path folder, String moduleClass) throws IOException {
        Path functions = Files.createDirectories(folder.resolve("functions"));
        String classFile = SampleModule.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(functions.resolve("sample.jar")));
                InputStream compiled = Objects.requireNonNull(
                        SampleModule.class.getClassLoader().getResourceAsStream(classFile))) {
            jar.putNextEntry(new JarEntry(classFile));
            compiled.transferTo(jar);
            jar.putNextEntry(new JarEntry("META-INF/services/dev.freshet.functions.api.FunctionModule"));
            jar.write(moduleClass.getBytes(StandardCharsets.UTF_8));
        }
        return Map.of(Setting.FUNCTIONS.variable(), functions.toString());
    }
}
