package dev.freshet.ingest;

import java.time.LocalDate;

/** Reads RFC 3339 date-times without making objects but for the message of a caller. */
public final class Rfc3339 {
    /** What {@link #parse} gives for text that is no date-time. */
    public static final long INVALID = Long.MIN_VALUE;

    private final char[] text;
    private final int end;
    private int at;

    private Rfc3339(char[] text, int from, int length) {
        this.text = text;
        this.at = from;
        this.end = from + length;
    }

    /**
     * Epoch milliseconds, a finer fraction cut off, or {@link #INVALID}. An offset is required; T and Z may be lower-case,
     * and a space may stand for T. A leap second counts as the first of the next minute.
     */
    public static long parse(char[] text, int from, int length) {
        return new Rfc3339(text, from, length).parse();
    }

    private long parse() {
        int year = digits(4);
        boolean isSound = skip('-');
        int month = digits(2);
        isSound &= skip('-');
        int day = digits(2);
        isSound &= skip('T') || skip('t') || skip(' ');
        int hour = digits(2);
        isSound &= skip(':');
        int minute = digits(2);
        isSound &= skip(':');
        int second = digits(2);
        int millis = skip('.') ? fraction() : 0;
        int offsetMinutes = offset();
        isSound &= year >= 0 && isBetween(month, 1, 12) && isBetween(hour, 0, 23) && isBetween(minute, 0, 59);
        isSound &= isBetween(second, 0, 60) && millis >= 0 && offsetMinutes != Integer.MIN_VALUE && at == end;
        if (!isSound || !isBetween(day, 1, lengthOfMonth(year, month))) {
            return INVALID;
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        long minutes = days * 1440 + hour * 60L + minute - offsetMinutes;
        return (minutes * 60 + second) * 1000 + millis;
    }

    private int offset() {
        if (skip('Z') || skip('z')) {
            return 0;
        }
        boolean isAhead = skip('+');
        if (!isAhead && !skip('-')) {
            return Integer.MIN_VALUE;
        }
        int hours = digits(2);
        boolean hasColon = skip(':');
        int minutes = digits(2);
        if (!hasColon || !isBetween(hours, 0, 23) || !isBetween(minutes, 0, 59)) {
            return Integer.MIN_VALUE;
        }
        return isAhead ? hours * 60 + minutes : -(hours * 60 + minutes);
    }

    private int fraction() {
        int millis = 0;
        int count = 0;
        while (at < end && isDigit(text[at])) {
            if (count < 3) {
                millis = millis * 10 + (text[at] - '0');
            }
            count++;
            at++;
        }
        return switch (count) {
            case 0 -> -1;
            case 1 -> millis * 100;
            case 2 -> millis * 10;
            default -> millis;
        };
    }

    private int digits(int count) {
        int value = 0;
        for (int index = 0; index < count; index++) {
            if (at >= end || !isDigit(text[at])) {
                return -1;
            }
            value = value * 10 + (text[at++] - '0');
        }
        return value;
    }

    private boolean skip(char wanted) {
        if (at < end && text[at] == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isBetween(int value, int low, int high) {
        return value >= low && value <= high;
    }

    private static int lengthOfMonth(int year, int month) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }
}
