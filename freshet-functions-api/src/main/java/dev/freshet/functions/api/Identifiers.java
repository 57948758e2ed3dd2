package dev.freshet.functions.api;

import java.util.regex.Pattern;

/** What names of tables and indexes may look like. */
final class Identifiers {
    private static final Pattern OWN = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");

    private Identifiers() {}

    static void requireOwn(String what, String name) {
        if (!OWN.matcher(name).matches()) {
            throw new IllegalArgumentException("the " + what + " name \"" + name
                    + "\" must be 1 to 64 ASCII letters, digits and underscores and begin with a letter");
        }
    }
}
