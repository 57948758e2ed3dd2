package dev.freshet.eventstore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One numbered step of the schema, a file of statements each of which may run again after a crash in the middle. Once
 * released a file is never changed; a change is a new one.
 *
 * @param name {@code NNNN_what}, the file's name
 */
record Migration(int version, String name, List<String> statements, String checksum) {
    private static final String FOLDER = "migrations/";
    private static final String RETENTION = "{retention_days}";

    Migration {
        statements = List.copyOf(statements);
    }

    static Migration load(String name) {
        try (InputStream file = Migration.class.getResourceAsStream(FOLDER + name + ".sql")) {
            if (file == null) {
                throw new IllegalStateException("the migration " + name + " is not in the class path");
            }
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            int version = Integer.parseInt(name.substring(0, name.indexOf('_')));
            return new Migration(version, name, statements(text), checksum(text));
        } catch (IOException failure) {
            throw new IllegalStateException("the migration " + name + " cannot be read", failure);
        }
    }

    /** The statements with the placeholders filled in. */
    List<String> statements(int retentionDays) {
        return statements.stream()
                .map(sql -> sql.replace(RETENTION, Integer.toString(retentionDays)))
                .toList();
    }

    private static List<String> statements(String text) {
        StringBuilder sql = new StringBuilder();
        text.lines()
                .filter(line -> !line.startsWith("--"))
                .forEach(line -> sql.append(line).append('\n'));
        return List.of(sql.toString().split(";\\n")).stream()
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String checksum(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException failure) {
            throw new IllegalStateException("this Java has no SHA-256", failure);
        }
    }
}
