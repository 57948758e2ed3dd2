package dev.freshet.arrivals;

import dev.freshet.event.DeadLetter;

/** A dead letter and where it stands in the order of its team's. */
public record KeptLetter(DeadLetter letter, LetterPlace place) {}
