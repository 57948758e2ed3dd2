package dev.freshet.dialect;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads {@link TeamMappings} from YAML:
 *
 * <pre>
 * segment:
 *   Report Exported: { type: feature_used, name: report_export }
 *   Plan Chosen: conversion_step
 * posthog:
 *   $autocapture: feature_used
 * paths:
 *   - /blog/:slug
 * teams:
 *   66f1a2b3c4d5e6f708192a3b:
 *     segment:
 *       Plan Chosen: feature_used
 * </pre>
 *
 * What stands under a team comes first for its events; a team need not be there yet.
 */
public final class MappingFile {
    private static final String PATHS = "paths";
    private static final String TEAMS = "teams";
    private static final int MOST_LEVELS = 16;

    /** As teams have them; in upper case it would fit none. */
    private static final Pattern TEAM_ID = Pattern.compile("[0-9a-f]{24}");

    private final Path file;

    private MappingFile(Path file) {
        this.file = file;
    }

    /** @throws MappingFileException naming the first entry that cannot be used */
    public static TeamMappings read(Path file) {
        MappingFile reading = new MappingFile(file);
        return reading.mappings(reading.document());
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

    private TeamMappings mappings(@Nullable Object document) {
        if (document == null) {
            return TeamMappings.EMPTY; // nothing but comments
        }
        if (!(document instanceof Map<?, ?> sections)) {
            throw fault("the file must hold the sections segment, rudderstack, posthog, paths or teams");
        }
        Map<Object, @Nullable Object> general = new LinkedHashMap<>(sections);
        Map<String, MappingTable> byTeam = general.containsKey(TEAMS) ? teams(general.remove(TEAMS)) : Map.of();
        return new TeamMappings(table("", "segment, rudderstack, posthog, paths and teams", general), byTeam);
    }

    private Map<String, MappingTable> teams(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> entries)) {
            throw fault("teams must hold a section for each team, under the team's id");
        }
        Map<String, MappingTable> byTeam = new HashMap<>();
        entries.forEach((key, sections) -> {
            String teamId = teamId(key);
            if (!(sections instanceof Map<?, ?> ofTeam)) {
                throw fault(
                        "teams: `%s` must hold the sections segment, rudderstack, posthog or paths".formatted(teamId));
            }
            MappingTable table =
                    table("teams: `%s`: ".formatted(teamId), "segment, rudderstack, posthog and paths", ofTeam);
            if (byTeam.put(teamId, table) != null) {
                throw fault("teams: `%s` is there twice".formatted(teamId));
            }
        });
        return byTeam;
    }

    private String teamId(@Nullable Object key) {
        String teamId = String.valueOf(key);
        if (!TEAM_ID.matcher(teamId).matches()) {
            throw fault("teams: `%s` is no team's id, which has 24 digits of 0-9 and a-f%s"
                    .formatted(teamId, key instanceof Number ? "; put it in quotes, it is read as a number" : ""));
        }
        return teamId;
    }

    /**
     * @param within begins messages about what stands in these sections
     * @param known the sections that there may be, for a message
     */
    private MappingTable table(String within, String known, Map<?, ?> sections) {
        Map<Dialect, Map<String, MappingTable.Rule>> rules = new EnumMap<>(Dialect.class);
        List<String> paths = new ArrayList<>();
        sections.forEach((key, value) -> {
            String section = String.valueOf(key);
            if (section.equals(PATHS)) {
                paths.addAll(paths(within, value));
            } else {
                Dialect dialect = Dialect.ofWireName(section)
                        .orElseThrow(
                                () -> fault("%s`%s` is no section; there are %s".formatted(within, section, known)));
                rules.put(dialect, rules(within + section, value));
            }
        });
        return new MappingTable(rules, paths);
    }

    private List<String> paths(String within, @Nullable Object value) {
        if (!(value instanceof List<?> patterns)) {
            throw fault(within + "paths must be a list of patterns such as `/blog/:slug`");
        }
        List<String> paths = new ArrayList<>();
        for (Object pattern : patterns) {
            if (!(pattern instanceof String text) || !text.startsWith("/")) {
                throw fault("%spaths: `%s` must begin with a slash, such as `/blog/:slug`".formatted(within, pattern));
            }
            paths.add(text);
        }
        return paths;
    }

    private Map<String, MappingTable.Rule> rules(String place, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> entries)) {
            throw fault("%s must map event names, such as `Plan Chosen: conversion_step`".formatted(place));
        }
        Map<String, MappingTable.Rule> ofDialect = new HashMap<>();
        entries.forEach((key, rule) -> {
            String event = String.valueOf(key);
            ofDialect.put(event, rule("%s: `%s`".formatted(place, event), rule));
        });
        return ofDialect;
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
