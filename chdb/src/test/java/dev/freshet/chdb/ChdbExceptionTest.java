package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ChdbExceptionTest {
    @Test
    void codeAndNameAreReadFromTheEnginesText() {
        ChdbException failure = ChdbException.ofEngine("Code: 60. DB::Exception: Unknown table t. (UNKNOWN_TABLE)");

        assertThat(failure.code()).isEqualTo(60);
        assertThat(failure.codeName()).isEqualTo("UNKNOWN_TABLE");
    }

    @Test
    void theNameIsTheLastInParenthesesNotOneOfTheStatement() {
        ChdbException failure =
                ChdbException.ofEngine("Code: 395. DB::Exception: he said (NO_NAME): while (A) (FUNCTION_THROW_IF)");

        assertThat(failure.codeName()).isEqualTo("FUNCTION_THROW_IF");
    }

    @Test
    void aTextWithoutCodeIsUnknown() {
        ChdbException failure = ChdbException.ofEngine("something (BAD) happened");

        assertThat(failure.code()).isZero();
        assertThat(failure.codeName()).isEqualTo(ChdbException.UNKNOWN);
        assertThat(failure).hasMessage("something (BAD) happened");
    }
}
