package dev.freshet.functions.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexValue;
import org.junit.jupiter.api.Test;

class UncheckedTest {
    @Test
    void anUncheckedShapeLetsEverythingPass() {
        Validator unchecked = Validator.unchecked(Validator.number());

        assertThat(unchecked.check(ConvexValue.of("no number"))).isEmpty();
        assertThat(unchecked.text()).isEqualTo("v.any()");
        assertThat(Validator.object()
                        .field("a", Validator.optional(unchecked))
                        .check(dev.freshet.functions.value.ConvexObject.empty()))
                .isEmpty();
    }
}
