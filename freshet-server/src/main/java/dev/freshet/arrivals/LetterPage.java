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

    long bytes() {
        return letters.stream().mapToLong(KeptLetter::bytes).sum();
    }

    /**
     * The first answer of a page whose end is not said, from up to one letter more than it holds.
     *
     * @param mostBytes past this it holds fewer, but one
     */
    static LetterPage fresh(LetterPageKey key, List<KeptLetter> found, long mostBytes) {
        List<KeptLetter> shown = newest(found, key.letters(), mostBytes);
        boolean hasMore = found.size() > shown.size();
        return new LetterPage(shown, hasMore ? shown.getLast().place() : LetterPlace.END, true, Optional.empty());
    }

    /**
     * A page up to an end that is known, from up to one letter more than it may hold.
     *
     * @param mostBytes past this it is cut, but for one letter
     */
    static LetterPage through(LetterPageKey key, LetterPlace end, List<KeptLetter> found, long mostBytes) {
        List<KeptLetter> shown = newest(found, key.letters() * MOST_GROWTH, mostBytes);
        boolean isWhole = found.size() == shown.size();
        boolean isGrown = !isWhole || shown.size() > key.letters() * COMFORTABLE_GROWTH;
        return new LetterPage(
                shown,
                end,
                isWhole,
                isGrown
                        ? Optional.of(
                                shown.get(Math.max(0, shown.size() / 2 - 1)).place())
                        : Optional.empty());
    }

    private static List<KeptLetter> newest(List<KeptLetter> found, int most, long mostBytes) {
        int count = 0;
        long bytes = 0;
        for (KeptLetter letter : found) {
            bytes += letter.bytes();
            if (count == most || (count > 0 && bytes > mostBytes)) {
                break;
            }
            count++;
        }
        return found.subList(0, count);
    }
}
