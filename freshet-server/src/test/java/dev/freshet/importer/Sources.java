package dev.freshet.importer;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Files in memory, and sources read to their end. */
final class Sources {
    private Sources() {}

    static ImportFile file(String text) {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    static ImportFile file(byte[] bytes) {
        String sha256 = HexFormat.of().formatHex(ImportFile.sha256Digest().digest(bytes));
        return new ImportFile("memory", sha256, bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    static List<SourceItem> items(EventSource source) throws ImportException {
        List<SourceItem> items = new ArrayList<>();
        try (source) {
            for (Optional<SourceItem> item = source.next(); item.isPresent(); item = source.next()) {
                items.add(item.orElseThrow());
            }
        }
        return items;
    }

    static List<ImportEvent> events(EventSource source) throws ImportException {
        return items(source).stream().map(ImportEvent.class::cast).toList();
    }
}
