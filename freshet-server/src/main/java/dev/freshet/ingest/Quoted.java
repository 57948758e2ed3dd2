package dev.freshet.ingest;

/** Foreign text as messages may carry it: short, printable, whole characters. */
final class Quoted {
    private static final int LIMIT = 60;

    private Quoted() {}

    static String of(String text) {
        StringBuilder quoted = new StringBuilder();
        int count = 0;
        for (int at = 0; at < text.length(); count++) {
            if (count == LIMIT) {
                return quoted.append('…').toString();
            }
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            boolean isPrintable = !Character.isISOControl(codePoint)
                    && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
            quoted.appendCodePoint(isPrintable ? codePoint : '\ufffd');
        }
        return quoted.toString();
    }
}
