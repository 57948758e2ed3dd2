package dev.freshet.documents;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address in the one form in which accounts are kept and looked up: trimmed, NFC, lower case. Mailboxes could
 * tell case apart, but people do not. Only what cannot be an address at all is refused.
 */
public record EmailAddress(String value) {
    private static final int MAX_LENGTH = 254;
    private static final Pattern SHAPE = Pattern.compile("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+");

    /** Takes a normalised address; {@link #parse} makes one of what a person typed. */
    public EmailAddress {
        if (!value.equals(normalise(value)) || !isAddress(value)) {
            throw new IllegalArgumentException("value is not a normalised e-mail address");
        }
    }

    /** Empty where the text is no address, or is longer than 254 characters. */
    public static Optional<EmailAddress> parse(String text) {
        // Before normalising, so that a huge text costs nothing.
        if (text.length() > 2 * MAX_LENGTH) {
            return Optional.empty();
        }
        String normalised = normalise(text);
        return isAddress(normalised) ? Optional.of(new EmailAddress(normalised)) : Optional.empty();
    }

    private static boolean isAddress(String normalised) {
        return normalised.length() <= MAX_LENGTH && SHAPE.matcher(normalised).matches();
    }

    private static String normalise(String text) {
        return Normalizer.normalize(text.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return value;
    }
}
