package dev.freshet.dialect;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a {@link MappingTable} from YAML:
 *
 * <pre>
 * segment:
 *   Report Exported: { type: feature_used, name: report_export }
 *   Plan Chosen: conversion_step
 * posthog:
 *   $autocapture: feature_used
 * paths:
 *   - /blog/:slug
 * </pre>
 */
public final class MappingFile {
    private static final String PATHS = "paths";
    private static final int MOST_LEVELS = 16;

    private final Path file;
    private final Map<Dialect, Map<String, MappingTable.Rule>> rules = new EnumMap<>(Dialect.class);
    private final List<String> paths = new ArrayList<>();

    private MappingFile(Path file) {
        this.file = file;
    }

    /** @throws MappingFileException naming the first entry that cannot be used */
    public static MappingTable read(Path file) {
        MappingFile reading = new MappingFile(file);
        reading.take(reading.document());
        return new MappingTable(reading.rules, reading.paths);
    }

    private @Nullable Object document() {
        LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
        try {
            String text = Files.readString(file);
            requireShallow(new Parse(settings).parseString(text));
            return new Load(settings).loadFromString(text);
        } catch (IOException e) {
            throw new MappingFileException("the mapping file %s cannot be read: %s".formatted(file, e), e);
        } catch (YamlEngineException e) {
            throw new MappingFileException("%s is no YAML: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** What loads the document calls itself for each level. */
    private void requireShallow(Iterable<Event> events) {
        int level = 0;
        for (Event event : events) {
            level += switch (event.getEventId()) {
                case MappingStart, SequenceStart -> 1;
                case MappingEnd, SequenceEnd -> -1;
                default -> 0;
            };
            if (level > MOST_LEVELS) {
                throw fault("the file is nested deeper than %d levels".formatted(MOST_LEVELS));
            }
        }
    }

    private void take(@Nullable Object document) {
        if (document == null) {
            return; // nothing but comments
        }
        if (!(document instanceof Map<?, ?> sections)) {
            throw fault("the file must hold the sections segment, rudderstack, posthog or paths");
        }
        sections.forEach((key, value) -> {
            String section = String.valueOf(key);
            if (section.equals(PATHS)) {
                takePaths(value);
            } else {
                Dialect dialect = Dialect.ofWireName(section)
                        .orElseThrow(() -> fault("`%s` is no section; there are segment, rudderstack, posthog and paths"
                                .formatted(section)));
                takeRules(dialect, value);
            }
        });
    }

    private void takePaths(@Nullable Object value) {
        if (!(value instanceof List<?> patterns)) {
            throw fault("paths must be a list of patterns such as `/blog/:slug`");
        }
        for (Object pattern : patterns) {
            if (!(pattern instanceof String text) || !text.startsWith("/")) {
                throw fault("paths: `%s` must begin with a slash, such as `/blog/:slug`".formatted(pattern));
            }
            paths.add(text);
        }
    }

    private void takeRules(Dialect dialect, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> entries)) {
            throw fault(
                    "%s must map event names, such as `Plan Chosen: conversion_step`".formatted(dialect.wireName()));
        }
        Map<String, MappingTable.Rule> ofDialect = new HashMap<>();
        entries.forEach((key, rule) -> {
            String event = String.valueOf(key);
            ofDialect.put(event, rule("%s: `%s`".formatted(dialect.wireName(), event), rule));
        });
        rules.put(dialect, ofDialect);
    }

    private MappingTable.Rule rule(String place, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> fields)) {
            return new MappingTable.Rule(type(place, value), Optional.empty());
        }
        for (Object field : fields.keySet()) {
            if (!"type".equals(field) && !"name".equals(field)) {
                throw fault("%s: `%s` is no field; there are type and name".formatted(place, field));
            }
        }
        return new MappingTable.Rule(type(place, fields.get("type")), name(place, fields.get("name")));
    }

    private EventType type(String place, @Nullable Object value) {
        return EventType.ofWireName(String.valueOf(value))
                .orElseThrow(() -> fault(
                        "%s: the type must be page_view, feature_used, error_occurred or conversion_step, not `%s`"
                                .formatted(place, value)));
    }

    private Optional<String> name(String place, @Nullable Object value) {
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map || value instanceof List) {
            throw fault("%s: the name must be a text".formatted(place));
        }
        String name = String.valueOf(value);
        if (name.codePointCount(0, name.length()) > EventLimits.TEXT_CODE_POINTS) {
            throw fault("%s: the name is over %s characters".formatted(place, EventLimits.TEXT_CODE_POINTS));
        }
        return Optional.of(name);
    }

    private MappingFileException fault(String message) {
        return new MappingFileException(file + ": " + message);
    }
}
