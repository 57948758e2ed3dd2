package dev.freshet.arrivals;

import java.util.Comparator;
import java.util.Optional;

/**
 * Where a dead letter stands among its team's, by time of receipt and then by log position. Newest first, as they are shown,
 * {@link #START} comes before all of them and {@link #END} behind.
 */
public record LetterPlace(long receivedAtMs, long logPosition) implements Comparable<LetterPlace> {
    /** Beyond every time that ClickHouse can tell in milliseconds. */
    public static final LetterPlace START = new LetterPlace(9_214_646_400_000L, 0);

    public static final LetterPlace END = new LetterPlace(0, 0);

    private static final Comparator<LetterPlace> ORDER =
            Comparator.comparingLong(LetterPlace::receivedAtMs).thenComparingLong(LetterPlace::logPosition);
    private static final int MOST_DIGITS = 18;

    /** As pages carry it, for {@link #ofText}. */
    public String text() {
        return receivedAtMs + ":" + logPosition;
    }

    /** Empty for a text that {@link #text} has not made. */
    public static Optional<LetterPlace> ofText(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || !isNumber(text, 0, colon) || !isNumber(text, colon + 1, text.length())) {
            return Optional.empty();
        }
        LetterPlace place =
                new LetterPlace(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
        return place.compareTo(START) <= 0 ? Optional.of(place) : Optional.empty();
    }

    private static boolean isNumber(String text, int from, int to) {
        return to > from
                && to - from <= MOST_DIGITS
                && text.substring(from, to).chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    @Override
    public int compareTo(LetterPlace other) {
        return ORDER.compare(this, other);
    }
}
