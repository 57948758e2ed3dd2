package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClickHouseUrlTest {
    @Test
    void allPartsAreRead() {
        assertThat(ClickHouseUrl.parse("https://ann:p%40ss+%3Aw@db.example:9000/numbers"))
                .isEqualTo(new ClickHouseUrl("https://db.example:9000", "ann", "p@ss+:w", "numbers"));
    }

    @Test
    void whatIsLeftOutHasADefault() {
        assertThat(ClickHouseUrl.parse("http://db.example"))
                .isEqualTo(new ClickHouseUrl("http://db.example:8123", "default", "", "freshet"));
        assertThat(ClickHouseUrl.parse("https://db.example/").endpoint()).isEqualTo("https://db.example:8443");
    }

    @Test
    void itsTextShowsNeitherUserNorPassword() {
        assertThat(ClickHouseUrl.parse("http://ann:secret@db.example:1/x")).hasToString("http://db.example:1/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db.example:8123",
                "tcp://ann:secret@db.example",
                "http://ann:secret@",
                "http://ann:sec ret@db.example",
                "http://ann:secret@db.example/a/b",
                "http://ann:secret@db.example/x?y=1",
                "http://ann:secret@db.example/x;drop"
            })
    void aWrongUrlIsRefusedWithoutBeingRepeated(String url) {
        assertThatThrownBy(() -> ClickHouseUrl.parse(url))
                .isInstanceOfSatisfying(EventStoreException.class, failure -> {
                    assertThat(failure.codeName()).isEqualTo(EventStoreException.INVALID_OPTION);
                    StringWriter trace = new StringWriter();
                    failure.printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain("secret").doesNotContain("sec ret");
                });
    }
}
