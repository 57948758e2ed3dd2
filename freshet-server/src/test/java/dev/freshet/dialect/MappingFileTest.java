package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MappingFileTest {
    private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();
    private static final String TEAM = "66f1a2b3c4d5e6f708192a3b";
    private static final String OTHER_TEAM = "662233445566778899001122";

    @TempDir
    private Path folder;

    private TeamMappings read(String yaml) throws IOException {
        Path file = folder.resolve("mapping.yaml");
        Files.writeString(file, yaml);
        return MappingFile.read(file);
    }

    private static Mapped named(TeamMappings mappings, String team, Dialect dialect, String event) {
        return mappings.of(team).named(dialect, event, NOTHING);
    }

    private static String path(TeamMappings mappings, String team, String path) {
        return mappings.of(team)
                .page("", JsonNodeFactory.instance.objectNode().put("path", path), "")
                .name();
    }

    @Test
    void rulesAreReadByDialect() throws IOException {
        TeamMappings mappings = read("""
                segment:
                  Report Exported: { type: page_view, name: report_export }
                  Plan Chosen: conversion_step
                posthog:
                  $autocapture: feature_used
                paths:
                  - /blog/:slug
                """);

        assertThat(named(mappings, TEAM, Dialect.SEGMENT, "Report Exported"))
                .isEqualTo(new Mapped(EventType.PAGE_VIEW, "report_export", "table"));
        assertThat(named(mappings, TEAM, Dialect.SEGMENT, "Plan Chosen"))
                .isEqualTo(new Mapped(EventType.CONVERSION_STEP, "Plan Chosen", "table"));
        assertThat(mappings.of(TEAM).postHog("$autocapture", NOTHING)).isPresent();
        assertThat(named(mappings, TEAM, Dialect.RUDDERSTACK, "Plan Chosen").mappedBy())
                .isEqualTo("default");
        assertThat(path(mappings, TEAM, "/blog/x")).isEqualTo("/blog/:slug");
    }

    @Test
    void whatStandsUnderATeamComesFirstForThatTeamAlone() throws IOException {
        TeamMappings mappings = read("""
                segment:
                  Plan Chosen: { type: conversion_step, name: plan }
                  Report Exported: page_view
                paths:
                  - /:section/:page
                teams:
                  66f1a2b3c4d5e6f708192a3b:
                    segment:
                      Plan Chosen: error_occurred
                    posthog:
                      $autocapture: feature_used
                    paths:
                      - /blog/:slug
                  # Reads as a number, whose digits are the same.
                  662233445566778899001122:
                    segment:
                      Report Exported: { type: conversion_step, name: export }
                  "662233445566e78899001122": {}
                """);

        assertThat(named(mappings, TEAM, Dialect.SEGMENT, "Plan Chosen"))
                .isEqualTo(new Mapped(EventType.ERROR_OCCURRED, "Plan Chosen", "table"));
        assertThat(named(mappings, TEAM, Dialect.SEGMENT, "Report Exported").type())
                .isEqualTo(EventType.PAGE_VIEW);
        assertThat(mappings.of(TEAM).postHog("$autocapture", NOTHING)).isPresent();
        assertThat(path(mappings, TEAM, "/blog/x")).isEqualTo("/blog/:slug");
        assertThat(path(mappings, TEAM, "/docs/x")).isEqualTo("/:section/:page");

        assertThat(named(mappings, OTHER_TEAM, Dialect.SEGMENT, "Plan Chosen"))
                .isEqualTo(new Mapped(EventType.CONVERSION_STEP, "plan", "table"));
        assertThat(named(mappings, OTHER_TEAM, Dialect.SEGMENT, "Report Exported"))
                .isEqualTo(new Mapped(EventType.CONVERSION_STEP, "export", "table"));
        assertThat(mappings.of(OTHER_TEAM).postHog("$autocapture", NOTHING)).isEmpty();
        assertThat(path(mappings, OTHER_TEAM, "/blog/x")).isEqualTo("/:section/:page");

        String notNamed = "ffffffffffffffffffffffff";
        assertThat(named(mappings, notNamed, Dialect.SEGMENT, "Plan Chosen").name())
                .isEqualTo("plan");
        assertThat(named(mappings, notNamed, Dialect.SEGMENT, "Report Exported").type())
                .isEqualTo(EventType.PAGE_VIEW);
    }

    @Test
    void aFileOfCommentsSaysNothing() throws IOException {
        assertThat(named(read("# nothing yet\n"), TEAM, Dialect.SEGMENT, "A").mappedBy())
                .isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'segmnt: {}'                        | `segmnt` is no section",
                "'[a]'                               | must hold the sections",
                "'segment: [a]'                      | segment must map event names",
                "'segment: {A: click}'               | segment: `A`: the type must be page_view",
                "'segment: {A: {name: b}}'           | segment: `A`: the type must be",
                "'segment: {A: {type: page_view, label: b}}' | `label` is no field",
                "'segment: {A: {type: page_view, name: [b]}}' | the name must be a text",
                "'paths: /blog'                      | paths must be a list",
                "'paths: [blog]'                     | `blog` must begin with a slash",
                "'segment: {'                        | is no YAML",
                "'segmnt: {}'                        | segment, rudderstack, posthog, paths and teams",
                "'teams: [a]'                        | teams must hold a section for each team",
                "'teams:'                            | teams must hold a section for each team",
                "'teams: {acme: {}}'                 | teams: `acme` is no team's id, which has 24 digits",
                "'teams: {66F1A2B3C4D5E6F708192A3B: {}}' | teams: `66F1A2B3C4D5E6F708192A3B` is no team's id",
                "'teams: {66f1a2b3c4d5e6f708192a3b0: {}}' | `66f1a2b3c4d5e6f708192a3b0` is no team's id",
                "'teams: {662233445566e78899001122: {}}' | put it in quotes, it is read as a number",
                "'teams: {66f1a2b3c4d5e6f708192a3b: [a]}' | teams: `66f1a2b3c4d5e6f708192a3b` must hold the sections",
                "'teams: {66f1a2b3c4d5e6f708192a3b: }' | teams: `66f1a2b3c4d5e6f708192a3b` must hold the sections",
                "'teams: {66f1a2b3c4d5e6f708192a3b: {teams: {}}}' | `66f1a2b3c4d5e6f708192a3b`: `teams` is no section",
                "'teams: {66f1a2b3c4d5e6f708192a3b: {segment: {A: click}}}' | `66f1a2b3c4d5e6f708192a3b`: segment: `A`: the type",
                "'teams: {66f1a2b3c4d5e6f708192a3b: {paths: [blog]}}' | `66f1a2b3c4d5e6f708192a3b`: paths: `blog` must begin",
                "'teams: {662233445566778899001122: {}, \"662233445566778899001122\": {}}' | is there twice",
            })
    void whatCannotBeUsedIsNamed(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(MappingFileException.class)
                .hasMessageContaining("mapping.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNestedDeeplyIsRefusedBeforeItTakesTheStack() {
        assertThatThrownBy(() -> read("[".repeat(100_000)))
                .isInstanceOf(MappingFileException.class)
                .hasMessageContaining("nested deeper than 16 levels");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> MappingFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(MappingFileException.class)
                .hasMessageContaining("none.yaml");
    }
}
