package dev.freshet.arrivals;

import java.util.Optional;

/**
 * A page of a team's dead letters, newest first.
 *
 * @param after the page begins behind this place
 * @param through it ends with this place; where that is not said, its first answer decides: so many letters
 * @param letters how many a new page holds, 1 to {@link #MOST_LETTERS}
 */
public record LetterPageKey(String teamId, LetterPlace after, Optional<LetterPlace> through, int letters) {
    /** Of a new page. */
    public static final int MOST_LETTERS = 100;

    public LetterPageKey {
        if (letters < 1 || letters > MOST_LETTERS) {
            throw new IllegalArgumentException("a page has 1 to " + MOST_LETTERS + " letters, not " + letters);
        }
    }

    /** Names the page in a demand table. */
    public String text() {
        return String.join(
                "/", teamId, after.text(), through.map(LetterPlace::text).orElse(""), Integer.toString(letters));
    }

    /** @throws IllegalArgumentException for a text that {@link #text} has not made */
    public static LetterPageKey ofText(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("no page of dead letters: " + text);
        }
        return new LetterPageKey(
                parts[0],
                place(parts[1]),
                parts[2].isEmpty() ? Optional.empty() : Optional.of(place(parts[2])),
                Integer.parseInt(parts[3]));
    }

    private static LetterPlace place(String text) {
        return LetterPlace.ofText(text)
                .orElseThrow(() -> new IllegalArgumentException("no place of a dead letter: " + text));
    }

    /** Whether a letter that comes now belongs into it. */
    boolean takesNewLetters() {
        return after.equals(LetterPlace.START);
    }
}
