package dev.freshet.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import dev.freshet.reactive.RandomValues;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvexJsonTest {
    static Stream<Arguments> vectors() {
        return Stream.of(
                Arguments.of(ConvexValue.ofNull(), "null"),
                Arguments.of(ConvexValue.of(true), "true"),
                Arguments.of(ConvexValue.of("a\"ü\n"), "\"a\\\"ü\\n\""),
                Arguments.of(ConvexValue.of(1.0), "1.0"),
                Arguments.of(ConvexValue.of(0.1), "0.1"),
                Arguments.of(ConvexValue.of(-0.0), "{\"$float\":\"AAAAAAAAAIA=\"}"),
                Arguments.of(ConvexValue.of(Double.POSITIVE_INFINITY), "{\"$float\":\"AAAAAAAA8H8=\"}"),
                Arguments.of(ConvexValue.of(Double.NEGATIVE_INFINITY), "{\"$float\":\"AAAAAAAA8P8=\"}"),
                Arguments.of(ConvexValue.of(Double.NaN), "{\"$float\":\"AAAAAAAA+H8=\"}"),
                Arguments.of(ConvexValue.int64(0), "{\"$integer\":\"AAAAAAAAAAA=\"}"),
                Arguments.of(ConvexValue.int64(1), "{\"$integer\":\"AQAAAAAAAAA=\"}"),
                Arguments.of(ConvexValue.int64(-1), "{\"$integer\":\"//////////8=\"}"),
                Arguments.of(ConvexValue.int64(Long.MIN_VALUE), "{\"$integer\":\"AAAAAAAAAIA=\"}"),
                Arguments.of(ConvexValue.int64(Long.MAX_VALUE), "{\"$integer\":\"/////////38=\"}"),
                Arguments.of(ConvexValue.of(Double.MAX_VALUE), "1.7976931348623157E308"),
                Arguments.of(ConvexValue.of(Double.MIN_VALUE), "4.9E-324"),
                Arguments.of(
                        ConvexValue.of(Double.longBitsToDouble(0xfff8_0000_0000_0000L)),
                        "{\"$float\":\"AAAAAAAA+P8=\"}"),
                Arguments.of(ConvexValue.of(new byte[0]), "{\"$bytes\":\"\"}"),
                Arguments.of(ConvexValue.of(new byte[] {1, (byte) 0xff}), "{\"$bytes\":\"Af8=\"}"),
                Arguments.of(ConvexValue.array(ConvexValue.of(2.5), ConvexValue.array()), "[2.5,[]]"),
                Arguments.of(
                        ConvexObject.of("b", ConvexValue.ofNull(), "a", ConvexObject.empty()),
                        "{\"a\":{},\"b\":null}"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void valuesAreWrittenAndReadAsTheClientsDo(ConvexValue value, String json) {
        assertThat(ConvexJson.encode(value)).isEqualTo(json);
        assertThat(ConvexJson.decode(json)).isEqualTo(value);
    }

    @Test
    void everyBareNumberIsAFloat64() {
        assertThat(ConvexJson.decode("1")).isEqualTo(ConvexValue.of(1.0));
        assertThat(ConvexJson.decode("-12345678901234567890")).isEqualTo(ConvexValue.of(-1.2345678901234567e19));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$integer\":\"AAAA\"}",
                "{\"$integer\":1}",
                "{\"$integer\":\"AQAAAAAAAAA\"}",
                "{\"$integer\":\"AQAAAAAAAAAA\"}",
                "{\"$bytes\":\"Af8\"}",
                "{\"$bytes\":\"AQ\"}",
                "{\"$bytes\":\"-_-_\"}",
                "{\"$undefined\":null}",
                "{\"$map\":[]}",
                "{\"$set\":[]}",
                "{\"$float\":\"AAAAAAAA8D8=\"}",
                "{\"$bytes\":\"%\"}",
                "{\"$set\":\"x\"}",
                "{\"$integer\":\"AAAAAAAAAAA=\",\"a\":1}",
                "{\"a\":1,\"$integer\":\"AAAAAAAAAAA=\"}",
                "{\"ü\":1}",
                "\"\\ud800\"",
                "[1,]",
                "1 2",
                "",
                "[undefined]"
            })
    void whatIsNoValueIsRefused(String json) {
        assertThatThrownBy(() -> ConvexJson.decode(json)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void nestingEndsAtSixtyFour() {
        assertThat(ConvexJson.decode("[".repeat(64) + "]".repeat(64)).depth()).isEqualTo(64);
        assertThat(ConvexJson.decode("[".repeat(64) + "1" + "]".repeat(64)).depth())
                .isEqualTo(64);
        for (String json : List.of(
                "[".repeat(65) + "]".repeat(65),
                "{\"a\":".repeat(64) + "{}" + "}".repeat(64),
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000))) {
            assertThatThrownBy(() -> ConvexJson.decode(json))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessage("a value is nested at most 64 deep");
        }
    }

    @Test
    void whatIsWrittenIsReadBackAsTheSame() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomValues values = new RandomValues(new SplittableRandom(seed));
        for (int round = 0; round < 20_000; round++) {
            ConvexValue value = values.next(3);
            assertThat(ConvexJson.decode(ConvexJson.encode(value)))
                    .as("seed %d", seed)
                    .isEqualTo(value);
        }
    }

    @Test
    void theCleanFormatIsPlainJson() {
        assertThat(ConvexJson.encodeClean(ConvexValue.array(
                        ConvexValue.int64(Long.MAX_VALUE),
                        ConvexValue.of(new byte[] {1}),
                        ConvexValue.of(Double.NaN),
                        ConvexValue.of(1.5))))
                .isEqualTo("[\"9223372036854775807\",\"AQ==\",\"NaN\",1.5]");
    }
}
