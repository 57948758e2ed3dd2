package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MappingFileTest {
    @TempDir
    private Path folder;

    private MappingTable read(String yaml) throws IOException {
        Path file = folder.resolve("mapping.yaml");
        Files.writeString(file, yaml);
        return MappingFile.read(file);
    }

    @Test
    void rulesAreReadByDialect() throws IOException {
        MappingTable table = read("""
                segment:
                  Report Exported: { type: feature_used, name: report_export }
                  Plan Chosen: conversion_step
                posthog:
                  $autocapture: feature_used
                paths:
                  - /blog/:slug
                """);

        assertThat(table.rule(Dialect.SEGMENT, "Report Exported"))
                .contains(new MappingTable.Rule(EventType.FEATURE_USED, Optional.of("report_export")));
        assertThat(table.rule(Dialect.SEGMENT, "Plan Chosen"))
                .contains(new MappingTable.Rule(EventType.CONVERSION_STEP, Optional.empty()));
        assertThat(table.rule(Dialect.POSTHOG, "$autocapture")).isPresent();
        assertThat(table.rule(Dialect.RUDDERSTACK, "Plan Chosen")).isEmpty();
        assertThat(table.paths().of("/blog/x")).isEqualTo("/blog/:slug");
    }

    @Test
    void aFileOfCommentsSaysNothing() throws IOException {
        assertThat(read("# nothing yet\n").rule(Dialect.SEGMENT, "A")).isEmpty();
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
