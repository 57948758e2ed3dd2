package dev.freshet.eventstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings everything that was written below a folder to the disk. On Linux by one {@code syncfs(2)} of the folder's file
 * system, whose cost is what is dirty there; elsewhere by a walk that syncs each file. Safe from many threads.
 */
final class FileSystemSync {
    private static final int O_RDONLY = 0;

    private record Calls(MethodHandle open, MethodHandle syncfs, MethodHandle close) {}

    private static final Optional<Calls> CALLS = bind();

    private FileSystemSync() {}

    @SuppressWarnings("restricted") // native access is what this class is for
    private static Optional<Calls> bind() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup lookup = linker.defaultLookup();
        if (lookup.find("syncfs").isEmpty()) {
            return Optional.empty();
        }
        FunctionDescriptor ofInt = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        FunctionDescriptor ofPath =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        return Optional.of(new Calls(
                // Variadic: the mode is not read without O_CREAT.
                linker.downcallHandle(lookup.findOrThrow("open"), ofPath, Linker.Option.firstVariadicArg(2)),
                linker.downcallHandle(lookup.findOrThrow("syncfs"), ofInt),
                linker.downcallHandle(lookup.findOrThrow("close"), ofInt)));
    }

    /** @throws IOException when the system refuses; nothing is known of what is on the disk then */
    static void sync(Path folder) throws IOException {
        if (CALLS.isPresent()) {
            syncFileSystem(CALLS.get(), folder);
        } else {
            syncEachFile(folder);
        }
    }

    private static void syncFileSystem(Calls calls, Path folder) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(folder.toAbsolutePath().toString());
            int descriptor = (int) calls.open().invokeExact(path, O_RDONLY);
            if (descriptor < 0) {
                throw new IOException("the folder " + folder + " cannot be opened to be synced");
            }
            int result;
            try {
                result = (int) calls.syncfs().invokeExact(descriptor);
            } finally {
                int _ = (int) calls.close().invokeExact(descriptor);
            }
            if (result != 0) {
                throw new IOException("the file system of " + folder + " could not be synced");
            }
        } catch (IOException | RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IOException("the file system of " + folder + " could not be synced", failure);
        }
    }

    static void syncEachFile(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return attributes.isRegularFile() ? force(file) : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                // Merges remove parts meanwhile: their replacement was synced by the engine itself.
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                return force(directory);
            }
        });
    }

    private static FileVisitResult force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException removedMeanwhile) {
            return FileVisitResult.CONTINUE;
        }
        return FileVisitResult.CONTINUE;
    }
}
