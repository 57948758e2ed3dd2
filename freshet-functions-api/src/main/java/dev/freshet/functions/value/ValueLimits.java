package dev.freshet.functions.value;

/** What a value may measure, and the check of a whole value against the limits of its place. */
public record ValueLimits(long maxSize, int maxDepth) {
    /** Elements of one array. */
    public static final int MAX_ARRAY_LENGTH = 8192;

    /** Fields of one object. */
    public static final int MAX_OBJECT_FIELDS = 1024;

    /** Characters of one field's name. */
    public static final int MAX_FIELD_NAME_LENGTH = 1024;

    /** Arguments and results: 16 MiB, nested 64 deep. */
    public static final ValueLimits ARGUMENTS_AND_RESULTS = new ValueLimits(16L << 20, 64);

    /** Documents: 1 MiB, nested 16 deep. */
    public static final ValueLimits DOCUMENT = new ValueLimits(1L << 20, 16);

    /**
     * Checks a value.
     *
     * @param what names the value in the message
     * @throws ValueTooLargeException when it is too large or too deep
     */
    public void check(String what, ConvexValue value) {
        int depth = value.depth();
        if (depth > maxDepth) {
            throw new ValueTooLargeException(
                    what + " is nested " + depth + " deep, at most " + maxDepth + " is allowed");
        }
        long size = value.size();
        if (size > maxSize) {
            throw new ValueTooLargeException(
                    what + " is " + size + " bytes in size, at most " + maxSize + " is allowed");
        }
    }

    static void requireFieldName(String name) {
        if (name.length() > MAX_FIELD_NAME_LENGTH) {
            throw new InvalidValueException("a field name has at most " + MAX_FIELD_NAME_LENGTH + " characters");
        }
        if (name.startsWith("$")) {
            throw new InvalidValueException("the field name \"" + name + "\" must not begin with $");
        }
        for (int index = 0; index < name.length(); index++) {
            char unit = name.charAt(index);
            if (unit < ' ' || unit > '~') {
                throw new InvalidValueException("the field name \"" + name + "\" must be printable ASCII");
            }
        }
    }
}
