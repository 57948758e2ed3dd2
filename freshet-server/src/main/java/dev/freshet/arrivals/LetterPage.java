package dev.freshet.arrivals;

import java.util.List;
import java.util.Optional;

/**
 * Dead letters, newest first.
 *
 * @param end the last place that the page covers; the next page comes after it
 * @param isWhole false where the page was cut since it had grown too long, and must be divided at {@code split}
 * @param split a place in the middle of a page that has grown, for those who want to divide it
 */
public record LetterPage(List<KeptLetter> letters, LetterPlace end, boolean isWhole, Optional<LetterPlace> split) {
    /** How many times longer than new a page may grow by letters that come; beyond that it is cut and must be divided. */
    static final int MOST_GROWTH = 4;

    /** From where on it is better divided. */
    private static final int COMFORTABLE_GROWTH = 2;

    public LetterPage {
        letters = List.copyOf(letters);
    }

    /** Whether no letter is older. */
    public boolean isLast() {
        return end.equals(LetterPlace.END);
    }

    /** The first answer of a page whose end is not said, from up to one letter more than it holds. */
    static LetterPage fresh(LetterPageKey key, List<KeptLetter> found) {
        boolean hasMore = found.size() > key.letters();
        List<KeptLetter> shown = hasMore ? found.subList(0, key.letters()) : found;
        return new LetterPage(shown, hasMore ? shown.getLast().place() : LetterPlace.END, true, Optional.empty());
    }

    /** A page up to an end that is known, from up to one letter more than it may hold. */
    static LetterPage through(LetterPageKey key, LetterPlace end, List<KeptLetter> found) {
        int most = key.letters() * MOST_GROWTH;
        boolean isWhole = found.size() <= most;
        List<KeptLetter> shown = isWhole ? found : found.subList(0, most);
        boolean isGrown = shown.size() > key.letters() * COMFORTABLE_GROWTH;
        return new LetterPage(
                shown,
                end,
                isWhole,
                isGrown ? Optional.of(shown.get(shown.size() / 2 - 1).place()) : Optional.empty());
    }
}
