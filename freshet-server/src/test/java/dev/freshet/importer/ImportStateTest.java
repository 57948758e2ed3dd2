package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportStateTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.900Z");

    @TempDir
    Path folder;

    private AccessLog log;

    @BeforeEach
    void scan() throws ImportException {
        log = logOf("20/May/2015:21:05:59 +0000");
    }

    @Test
    void theLogEndsNowInWholeSecondsAndNeverAhead() throws ImportException {
        Duration shift = stateAt(NOW).shiftEndingNow(log);
        assertThat(log.lastTime().orElseThrow().plus(shift)).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
    }

    @Test
    void aLogOfTheFutureIsShiftedBack() throws ImportException {
        AccessLog future = logOf("20/May/2055:21:05:59 +0000");
        assertThat(future.lastTime().orElseThrow().plus(stateAt(NOW).shiftEndingNow(future)))
                .isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
    }

    @Test
    void theShiftIsKeptAcrossRestartsForEachFile() throws ImportException {
        Duration shift = stateAt(NOW).shiftEndingNow(log);
        assertThat(stateAt(NOW.plusSeconds(86_400)).shiftEndingNow(log)).isEqualTo(shift);
        assertThat(stateAt(NOW).shiftEndingNow(logOf("20/May/2015:21:05:58 +0000")))
                .isEqualTo(shift.plusSeconds(1));
        assertThat(folder.resolve("import-shifts.json"))
                .content()
                .contains(log.file().sha256());
    }

    @Test
    void passesBeginAtTwoAndGoOnAfterARestart() throws ImportException {
        ImportState state = stateAt(NOW);
        Duration shift = state.shiftEndingNow(log);
        assertThat(state.takeNextPass(log.file())).isEqualTo(2);
        assertThat(state.takeNextPass(log.file())).isEqualTo(3);
        assertThat(stateAt(NOW).takeNextPass(log.file())).isEqualTo(4);
        assertThat(stateAt(NOW.plusSeconds(9)).shiftEndingNow(log)).isEqualTo(shift);
    }

    @Test
    void aSpoiledFileIsNotGuessedAt() throws Exception {
        Files.writeString(folder.resolve("import-shifts.json"), "{\"half");
        assertThatThrownBy(() -> stateAt(NOW).shiftEndingNow(log))
                .isInstanceOfSatisfying(
                        ImportException.class, e -> assertThat(e.code()).isEqualTo(ImportException.Code.STATE_UNUSABLE))
                .hasMessageContaining("remove it");
        assertThat(folder.resolve("import-shifts.json")).content().isEqualTo("{\"half");
    }

    private ImportState stateAt(Instant now) {
        return new ImportState(folder, InstantSource.fixed(now));
    }

    private static AccessLog logOf(String time) throws ImportException {
        return AccessLog.scan(Sources.file("1.1.1.1 - - [" + time + "] \"GET / HTTP/1.1\" 200 1 \"-\" \"a\"\n"));
    }
}
