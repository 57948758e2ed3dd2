package dev.freshet.functions;

import dev.freshet.functions.api.FunctionModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;

/**
 * Function modules from the jars of a folder, found by {@link ServiceLoader}. Each jar sees the JDK, the functions' API,
 * SLF4J and itself, nothing of the server or of the other jars, so that its libraries cannot clash with others. Close it
 * after the runtime that runs the modules.
 */
public final class FunctionJars implements AutoCloseable {
    private final List<URLClassLoader> loaders = new ArrayList<>();
    private final List<FunctionModule> modules = new ArrayList<>();

    private FunctionJars() {}

    /**
     * Loads all modules of all jars, in the order of the jars' names.
     *
     * @throws IllegalArgumentException when the folder is none, or when one of its jars has no module or none that can be
     *     made
     */
    public static FunctionJars open(Path folder) {
        FunctionJars jars = new FunctionJars();
        boolean isOpen = false;
        try {
            jarsIn(folder).forEach(jars::load);
            isOpen = true;
            return jars;
        } finally {
            if (!isOpen) {
                jars.close();
            }
        }
    }

    private static List<Path> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + " is no folder of function jars");
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
            return StreamSupport.stream(found.spliterator(), false).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot list the function jars in " + folder, failure);
        }
    }

    private void load(Path jar) {
        try {
            URLClassLoader loader = new URLClassLoader(
                    jar.getFileName().toString(),
                    new URL[] {jar.toUri().toURL()},
                    new ApiOnly(FunctionModule.class.getClassLoader()));
            loaders.add(loader);
            int before = modules.size();
            ServiceLoader.load(FunctionModule.class, loader).forEach(modules::add);
            if (modules.size() == before) {
                throw new IllegalArgumentException(
                        jar + " names no function module in META-INF/services/" + FunctionModule.class.getName());
            }
        } catch (ServiceConfigurationError | LinkageError failure) {
            throw new IllegalArgumentException(
                    "a function module of " + jar + " cannot be made: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the function jar " + jar, failure);
        }
    }

    /** What was found. */
    public List<FunctionModule> modules() {
        return List.copyOf(modules);
    }

    /** Classes that have not been loaded by now are lost to the modules. */
    @Override
    public void close() {
        for (URLClassLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException failure) {
                throw new UncheckedIOException("cannot close the function jar " + loader.getName(), failure);
            }
        }
    }

    /** Shows what a module compiles against, and the JDK. */
    private static final class ApiOnly extends ClassLoader {
        private static final List<String> SHOWN =
                List.of("dev.freshet.functions.api.", "dev.freshet.functions.value.", "org.slf4j.");

        private final ClassLoader whole;

        ApiOnly(ClassLoader whole) {
            super(ClassLoader.getPlatformClassLoader());
            this.whole = whole;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHOWN.stream().anyMatch(name::startsWith)) {
                return whole.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
