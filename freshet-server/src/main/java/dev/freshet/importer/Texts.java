package dev.freshet.importer;

/** Cutting texts to the lengths that events may have. */
final class Texts {
    private Texts() {}

    /** The first {@code codePoints} code points; never half of a surrogate pair. */
    static String cut(String text, int codePoints) {
        boolean fits = text.length() <= codePoints || text.codePointCount(0, text.length()) <= codePoints;
        return fits ? text : text.substring(0, text.offsetByCodePoints(0, codePoints));
    }
}
