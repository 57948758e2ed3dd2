package dev.freshet.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the text of a large Transition in pieces, so that no message is so large that something between the server and the
 * client refuses it. Between characters, never in one.
 */
final class TransitionChunks {
    private static final int MOST_BYTES_A_UNIT = 3;

    private TransitionChunks() {}

    /** The pieces, each of at most this many bytes in UTF-8; one, the text itself, where it is no larger. */
    static List<String> cut(String text, int mostBytes) {
        if ((long) text.length() * MOST_BYTES_A_UNIT <= mostBytes) {
            return List.of(text);
        }
        List<String> pieces = new ArrayList<>();
        int begin = 0;
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            int size = utf8Size(character);
            if (bytes + size > mostBytes && at > begin) {
                pieces.add(text.substring(begin, at));
                begin = at;
                bytes = 0;
            }
            bytes += size;
            at += Character.charCount(character);
        }
        pieces.add(text.substring(begin));
        return pieces;
    }

    private static int utf8Size(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }
}
