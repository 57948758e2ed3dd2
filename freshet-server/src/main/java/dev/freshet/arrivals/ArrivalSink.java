package dev.freshet.arrivals;

import java.util.List;

/** Takes what changed of what is watched; called on the thread {@code arrivals}, must return at once. */
public interface ArrivalSink {
    /** @param newestFirst by log position */
    void events(String teamId, List<ArrivedEvent> newestFirst);

    void letters(LetterPageKey key, LetterPage page);

    /** The page is not read, since others of the team are too many, or those of all teams too large; it is once some are forgotten. */
    void tooManyLetters(LetterPageKey key);
}
