package dev.freshet.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathTemplateTest {
    @ParameterizedTest
    @CsvSource({
        "/users/12345, /users/:id",
        "/users/12345/, /users/:id/",
        "/u/6a2b9c04-6d0e-4f0a-9a63-7c5bb1c5c0de/edit, /u/:id/edit",
        "/t/507f1f77bcf86cd799439011, /t/:id",
        "/v2/items, /v2/items",
        "/decade, /decade",
        "/a?id=1, /a",
        "/a/7#x, /a/:id",
        "/, /",
        "'', ''",
    })
    void whatIdentifiesOneThingIsReplaced(String path, String template) {
        assertThat(PathTemplate.of(List.of()).of(path)).isEqualTo(template);
    }

    @Test
    void aPatternOfTheTeamComesFirstAndFitsWholePathsOnly() {
        PathTemplate templates = PathTemplate.of(List.of("/blog/:slug", "/:team/settings"));

        assertThat(templates.of("/blog/hello-world?x")).isEqualTo("/blog/:slug");
        assertThat(templates.of("/blog/12")).isEqualTo("/blog/:slug");
        assertThat(templates.of("/blog/")).isEqualTo("/blog/");
        assertThat(templates.of("/blog/a/12")).isEqualTo("/blog/a/:id");
        assertThat(templates.of("/acme/settings")).isEqualTo("/:team/settings");
    }
}
