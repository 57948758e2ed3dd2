package dev.freshet.chdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A statement's text, format and parameters in the form in which the C functions take them, with explicit lengths. */
record NativeStatement(String sql, String format, Map<String, String> parameters) {
    /** Calls one of the functions with the signature of {@code chdb_query_with_params_n}; the engine copies what it keeps. */
    Object passTo(MethodHandle function, MemorySegment connection) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] text = sql.getBytes(StandardCharsets.UTF_8);
            byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
            List<byte[]> names = new ArrayList<>();
            List<byte[]> values = new ArrayList<>();
            parameters.forEach((name, value) -> {
                names.add(name.getBytes(StandardCharsets.UTF_8));
                values.add(value.getBytes(StandardCharsets.UTF_8));
            });
            return NativeLibrary.call(
                    function,
                    connection,
                    arena.allocateFrom(JAVA_BYTE, text),
                    (long) text.length,
                    arena.allocateFrom(JAVA_BYTE, formatName),
                    (long) formatName.length,
                    pointers(arena, names),
                    lengths(arena, names),
                    pointers(arena, values),
                    lengths(arena, values),
                    (long) names.size());
        }
    }

    private static MemorySegment pointers(Arena arena, List<byte[]> texts) {
        MemorySegment pointers = arena.allocate(ADDRESS, Math.max(1, texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(JAVA_BYTE, texts.get(i)));
        }
        return pointers;
    }

    private static MemorySegment lengths(Arena arena, List<byte[]> texts) {
        MemorySegment lengths = arena.allocate(JAVA_LONG, Math.max(1, texts.size()));
        for (int i = 0; i < texts.size(); i++) {
            lengths.setAtIndex(JAVA_LONG, i, texts.get(i).length);
        }
        return lengths;
    }
}
