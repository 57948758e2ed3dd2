package dev.freshet.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EmailAddressTest {
    @Test
    void addressesAreTrimmedComposedAndLowered() {
        assertThat(EmailAddress.parse("  JU\u0308RGEN@Example.ORG ")).contains(new EmailAddress("jürgen@example.org"));
    }

    @Test
    void whatCannotBeAnAddressIsRefused() {
        for (String text : List.of("", "@", "a@", "@b", "a@b@c", "a b@c", "a\u0000@b", "a".repeat(250) + "@b.org")) {
            assertThat(EmailAddress.parse(text)).describedAs(text).isEmpty();
        }
    }
}
