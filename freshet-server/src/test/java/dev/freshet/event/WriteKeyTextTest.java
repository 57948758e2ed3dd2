package dev.freshet.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteKeyTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"writeKey\":\"chosen\",\"a\":1}|{\"writeKey\":\"[write key]\",\"a\":1}",
                "{ \"api_key\" :\t\"a\\\"b\" }|{ \"api_key\" :\t\"[write key]\" }",
                "{\"properties\":{\"token\":\"chosen\"},\"$token\":\"\"}|{\"properties\":{\"token\":\"[write key]\"},\"$token\":\"[write key]\"}",
                "{\"a\":\"https://x/?k=fwk_aB3-_9&b=1\"}|{\"a\":\"https://x/?k=[write key]&b=1\"}",
                "{\"write_key\":\"cut in the mid|{\"write_key\":\"[write key]\"",
                "{\"writeKey\":\"a\",\"b\":{\"writeKey\":\"c\"}}|{\"writeKey\":\"[write key]\",\"b\":{\"writeKey\":\"[write key]\"}}",
                "fwk_|fwk_",
            })
    void keysAreHiddenWhereverTheyStand(String sent, String shown) {
        assertThat(WriteKeyText.hide(sent)).isEqualTo(shown);
        assertThat(WriteKeyText.hide(shown)).as("again").isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"writeKey\":7}",
                "{\"writeKey\"",
                "{\"writeKey\":",
                "{\"a\":\"writeKey\"}",
                "\"token\"",
                "{\"tokens\":\"kept\"}"
            })
    void whatIsNoKeyStays(String sent) {
        assertThat(WriteKeyText.hide(sent)).isEqualTo(sent);
    }

    @Test
    void aDeadLetterHoldsNoKey() {
        DeadLetter letter = new DeadLetter(
                "team", 1, "native", "invalid_json", "Unrecognized token 'fwk_abc'", "{\"writeKey\":\"chosen\"}");

        assertThat(letter.message()).isEqualTo("Unrecognized token '[write key]'");
        assertThat(letter.body()).isEqualTo("{\"writeKey\":\"[write key]\"}");
    }
}
