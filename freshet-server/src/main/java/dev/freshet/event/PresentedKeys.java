package dev.freshet.event;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The keys that a request came with, which nothing that is kept of it may show, whatever an operator chose them to be. To make one
 * costs next to nothing: the search is for what was refused.
 */
public final class PresentedKeys {
    /** Of what came without a key. */
    public static final PresentedKeys NONE = new PresentedKeys(List.of());

    /** Ends a text that was cut for a message. */
    private static final char CUT = '…';

    /** A shorter beginning of a key gives nothing away, and would be found everywhere. */
    private static final int LEAST_BEGINNING = 4;

    /** Longest first, since one may be in another. */
    private final List<String> keys;

    private PresentedKeys(List<String> keys) {
        this.keys = keys;
    }

    public static PresentedKeys of(String key) {
        return key.isEmpty() ? NONE : new PresentedKeys(List.of(key));
    }

    public static PresentedKeys of(Collection<String> keys) {
        return new PresentedKeys(keys.stream()
                .filter(key -> !key.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    /** A message, in which texts may be quoted that were cut. */
    String hideInMessage(String message) {
        String hidden = hide(message);
        for (int at = hidden.indexOf(CUT); at >= 0; at = hidden.indexOf(CUT, at + 1)) {
            String before = hideAtEnd(hidden.substring(0, at));
            hidden = before + hidden.substring(at);
            at = before.length();
        }
        return hidden;
    }

    /** The beginning of what was sent; a key that goes across the cut is hidden as well. */
    String hideInCut(String text) {
        return hideAtEnd(hide(text));
    }

    String hide(String text) {
        String hidden = text;
        for (String key : keys) {
            hidden = hidden.replace(key, WriteKeyText.HIDDEN);
        }
        return hidden;
    }

    private String hideAtEnd(String text) {
        for (String key : keys) {
            for (int length = Math.min(key.length() - 1, text.length()); length >= LEAST_BEGINNING; length--) {
                if (text.regionMatches(text.length() - length, key, 0, length)) {
                    return text.substring(0, text.length() - length) + WriteKeyText.HIDDEN;
                }
            }
        }
        return text;
    }
}
