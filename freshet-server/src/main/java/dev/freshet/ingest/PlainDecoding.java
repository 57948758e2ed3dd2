package dev.freshet.ingest;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decodes bodies that are written as nearly all senders write them, straight from their bytes into rows: one pass, no object an
 * event. It judges nothing. At the first byte that is not plainly right it gives up the whole body, and {@link BatchDecoding},
 * which knows all rules and says what is wrong, decodes it from its beginning; so this may accept less than that, never more and
 * nothing differently.
 *
 * <p>Given up are faults, fields that are not known, escapes in names and in fields, texts over 200 bytes, numbers of more than 18
 * characters or with an exponent, surrogates as escapes, objects with more than {@value #MOST_NAMES} names or levels, and properties
 * that are mostly white space.
 *
 * <p>Used once, by one thread.
 */
final class PlainDecoding implements EventRowsBuilder.Progress {
    private static final int MOST_NAMES = 32;
    private static final int MOST_NUMBER_CHARACTERS = 18;
    private static final int UUID_CHARACTERS = 36;
    private static final int MOST_TIME_CHARACTERS = 40;
    private static final int MOST_SPACED_BYTES = 4 * EventLimits.PROPERTIES_BYTES;
    private static final int NOT_PLAIN = -1;
    private static final byte[] NO_PROPERTIES = {'{', '}'};
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] BATCH = ascii("\"batch\"");
    private static final EventType[] TYPES = EventType.values();
    private static final byte[][] TYPE_NAMES =
            Arrays.stream(TYPES).map(type -> ascii(type.wireName())).toArray(byte[][]::new);
    private static final byte[] HEX_DIGITS = hexDigits();

    /** The fields, in the order of the texts in a row where they are texts. */
    private static final byte[][] FIELDS = {
        ascii("name"),
        ascii("user_id"),
        ascii("anonymous_id"),
        ascii("session_id"),
        ascii("event_type"),
        ascii("timestamp"),
        ascii("event_id"),
        ascii("properties")
    };

    private static final int NAME = 0;
    private static final int USER = 1;
    private static final int ANONYMOUS = 2;
    private static final int SESSION = 3;
    private static final int TEXTS = 4;
    private static final int TYPE = 4;
    private static final int TIMESTAMP = 5;
    private static final int EVENT_ID = 6;
    private static final int PROPERTIES = 7;

    private final byte[] teamId;
    private final byte[] body;
    private final EventIds eventIds;
    private final long receivedAtMs;
    private final long earliestMs;
    private final long latestMs;
    private final EventRowsBuilder rows;
    private final SentMarks marks = new SentMarks();
    private final int[] textStarts = new int[TEXTS];
    private final int[] textLengths = new int[TEXTS];
    private final int[] nameStarts = new int[MOST_NAMES];
    private final int[] nameLengths = new int[MOST_NAMES];
    private char[] time = {};
    private byte[] compacted = {};
    private int at;
    private int end;
    private int names;
    private int seen;
    private int type;
    private boolean hasTimestamp;
    private long timestampMs;
    private boolean hasEventId;
    private long idHigh;
    private long idLow;
    private int propertiesStart;
    private int propertiesEnd;
    private boolean isSpaced;

    PlainDecoding(
            String teamId, byte[] body, EventIds eventIds, Duration retention, long receivedAtMs, int mostRowBytes) {
        this.teamId = teamId.getBytes(StandardCharsets.UTF_8);
        this.body = body;
        this.eventIds = eventIds;
        this.receivedAtMs = receivedAtMs;
        earliestMs = receivedAtMs - retention.toMillis();
        latestMs = receivedAtMs + EventLimits.AHEAD.toMillis();
        rows = new EventRowsBuilder(body.length, mostRowBytes, this);
    }

    @Override
    public double share() {
        return (double) at / body.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hexDigits() {
        byte[] digits = new byte[128];
        for (int character = 0; character < digits.length; character++) {
            digits[character] = (byte) Character.digit(character, 16);
        }
        return digits;
    }

    /** @return all events of the body; empty when it is not plain, after which this is used up */
    Optional<DecodedEvents> decode(int from, BodyFormat format) {
        at = from;
        end = body.length;
        boolean isPlain = Utf8.indexOfInvalid(body, from, end) < 0
                && switch (format) {
                    case JSON -> json();
                    case NDJSON -> lines();
                };
        return isPlain && rows.count() > 0
                ? Optional.of(new DecodedEvents(rows.build(), 0, List.of(), marks))
                : Optional.empty();
    }

    private boolean lines() {
        while (at < body.length) {
            end = at;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            skipSpace();
            if (at < end) {
                if (!event()) {
                    return false;
                }
                skipSpace();
            }
            if (at != end) {
                return false;
            }
            at = end + 1;
        }
        return true;
    }

    private boolean json() {
        skipSpace();
        boolean isPlain = peek() == '[' ? array() : eventOrBatch();
        skipSpace();
        return isPlain && at == end;
    }

    private boolean eventOrBatch() {
        int start = at;
        if (take('{')) {
            skipSpace();
            if (takeAll(BATCH)) {
                return colon() && array() && closes('}');
            }
        }
        at = start;
        return event();
    }

    private boolean array() {
        if (!take('[')) {
            return false;
        }
        do {
            skipSpace();
            if (!event()) {
                return false;
            }
            skipSpace();
        } while (take(','));
        return take(']');
    }

    private boolean event() {
        if (!take('{')) {
            return false;
        }
        seen = 0;
        type = NOT_PLAIN;
        hasTimestamp = false;
        hasEventId = false;
        propertiesEnd = 0;
        Arrays.fill(textLengths, 0);
        do {
            skipSpace();
            if (!field()) {
                return false;
            }
            skipSpace();
        } while (take(','));
        return take('}') && finish();
    }

    private boolean field() {
        int start = at + 1;
        int length = text();
        if (length < 0 || !colon()) {
            return false;
        }
        int field = fieldOf(start, length);
        if (field < 0 || (seen & 1 << field) != 0) {
            return false;
        }
        seen |= 1 << field;
        if (peek() == 'n') {
            return takeAll(NULL);
        }
        return switch (field) {
            case TYPE -> type();
            case TIMESTAMP -> timestamp();
            case EVENT_ID -> eventId();
            case PROPERTIES -> properties();
            default -> textField(field);
        };
    }

    private int fieldOf(int start, int length) {
        for (int field = 0; field < FIELDS.length; field++) {
            if (FIELDS[field].length == length && isAt(FIELDS[field], start)) {
                return field;
            }
        }
        return NOT_PLAIN;
    }

    private boolean textField(int field) {
        int start = at + 1;
        int length = text();
        textStarts[field] = start;
        textLengths[field] = length;
        // Bytes, of which there are at least as many as characters.
        return length >= 0 && length <= EventLimits.TEXT_CODE_POINTS;
    }

    private boolean type() {
        int start = at + 1;
        int length = text();
        for (int each = 0; each < TYPE_NAMES.length; each++) {
            if (TYPE_NAMES[each].length == length && isAt(TYPE_NAMES[each], start)) {
                type = each;
                return true;
            }
        }
        return false;
    }

    private boolean timestamp() {
        timestampMs = peek() == '"' ? timeText() : milliseconds();
        hasTimestamp = true;
        // Holds too for what stands for no time.
        return timestampMs >= earliestMs && timestampMs <= latestMs && timestampMs != Rfc3339.INVALID;
    }

    private long milliseconds() {
        int start = at;
        long value = 0;
        while (at < end && isDigit(body[at])) {
            value = 10 * value + (body[at++] - '0');
            if (at - start > MOST_NUMBER_CHARACTERS) {
                return Rfc3339.INVALID;
            }
        }
        boolean isNumber = at > start && (body[start] != '0' || at == start + 1);
        return isNumber ? value : Rfc3339.INVALID;
    }

    private long timeText() {
        int start = at + 1;
        int length = text();
        if (length < 0 || length > MOST_TIME_CHARACTERS) {
            return Rfc3339.INVALID;
        }
        if (time.length == 0) {
            time = new char[MOST_TIME_CHARACTERS];
        }
        for (int index = 0; index < length; index++) {
            time[index] = (char) (body[start + index] & 0xff);
        }
        return Rfc3339.parse(time, 0, length);
    }

    private boolean eventId() {
        int start = at + 1;
        if (text() != UUID_CHARACTERS
                || body[start + 8] != '-'
                || body[start + 13] != '-'
                || body[start + 18] != '-'
                || body[start + 23] != '-') {
            return false;
        }
        long first = hex(start, 8);
        long second = hex(start + 9, 4);
        long third = hex(start + 14, 4);
        long fourth = hex(start + 19, 4);
        long fifth = hex(start + 24, 12);
        hasEventId = true;
        idHigh = first << 32 | second << 16 | third;
        idLow = fourth << 48 | fifth;
        // What is no digit made its part negative.
        return (first | second | third | fourth | fifth) >= 0;
    }

    /** Negative where a character is no digit. */
    private long hex(int start, int count) {
        long value = 0;
        int digits = 0;
        for (int index = start; index < start + count; index++) {
            int character = body[index];
            int digit = character < 0 ? NOT_PLAIN : HEX_DIGITS[character];
            digits |= digit;
            value = value << 4 | (digit & 0xf);
        }
        return digits < 0 ? NOT_PLAIN : value;
    }

    private boolean properties() {
        propertiesStart = at;
        names = 0;
        isSpaced = false;
        boolean isPlain = object(0);
        propertiesEnd = at;
        int most = isSpaced ? MOST_SPACED_BYTES : EventLimits.PROPERTIES_BYTES;
        return isPlain && propertiesEnd - propertiesStart <= most;
    }

    private boolean object(int depth) {
        int firstName = names;
        if (depth >= MOST_NAMES || !take('{')) {
            return false;
        }
        skipInnerSpace();
        if (take('}')) {
            return true;
        }
        do {
            skipInnerSpace();
            int start = at + 1;
            int length = text();
            if (length < 0 || !isNewName(firstName, start, length)) {
                return false;
            }
            skipInnerSpace();
            if (!take(':')) {
                return false;
            }
            skipInnerSpace();
            if (!value(depth + 1)) {
                return false;
            }
            skipInnerSpace();
        } while (take(','));
        names = firstName;
        return take('}');
    }

    private boolean isNewName(int firstName, int start, int length) {
        for (int name = firstName; name < names; name++) {
            if (nameLengths[name] == length
                    && Arrays.equals(body, nameStarts[name], nameStarts[name] + length, body, start, start + length)) {
                return false;
            }
        }
        if (names == MOST_NAMES) {
            return false;
        }
        nameStarts[names] = start;
        nameLengths[names++] = length;
        return true;
    }

    private boolean list(int depth) {
        if (depth >= MOST_NAMES || !take('[')) {
            return false;
        }
        skipInnerSpace();
        if (take(']')) {
            return true;
        }
        do {
            skipInnerSpace();
            if (!value(depth + 1)) {
                return false;
            }
            skipInnerSpace();
        } while (take(','));
        return take(']');
    }

    private boolean value(int depth) {
        return switch (peek()) {
            case '"' -> escapedText();
            case '{' -> object(depth);
            case '[' -> list(depth);
            case 't' -> takeAll(TRUE);
            case 'f' -> takeAll(FALSE);
            case 'n' -> takeAll(NULL);
            default -> number();
        };
    }

    private boolean number() {
        int start = at;
        take('-');
        int firstDigit = at;
        skipDigits();
        boolean isNumber = at > firstDigit && (body[firstDigit] != '0' || at == firstDigit + 1);
        if (take('.')) {
            int firstOfFraction = at;
            skipDigits();
            isNumber &= at > firstOfFraction;
        }
        return isNumber && at - start <= MOST_NUMBER_CHARACTERS;
    }

    private void skipDigits() {
        while (at < end && isDigit(body[at])) {
            at++;
        }
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }

    /** Moves behind a text; its length in bytes, or {@link #NOT_PLAIN} when there is none or it has escapes. */
    private int text() {
        int start = at + 1;
        if (!take('"')) {
            return NOT_PLAIN;
        }
        int index = start;
        while (index < end) {
            byte character = body[index];
            if (character == '"') {
                at = index + 1;
                return index - start;
            }
            if (character == '\\' || (character >= 0 && character < ' ')) {
                return NOT_PLAIN;
            }
            index++;
        }
        return NOT_PLAIN;
    }

    private boolean escapedText() {
        at++;
        while (at < end) {
            byte character = body[at++];
            if (character == '"') {
                return true;
            }
            if ((character >= 0 && character < ' ') || (character == '\\' && !escape())) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        if (at >= end) {
            return false;
        }
        return switch (body[at++]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
            case 'u' -> {
                long unit = end - at < 4 ? NOT_PLAIN : hex(at, 4);
                at += 4;
                yield unit >= 0 && (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE);
            }
            default -> false;
        };
    }

    private boolean finish() {
        int user = textLengths[USER] > 0 ? USER : ANONYMOUS;
        if (type < 0 || textLengths[user] == 0) {
            return false;
        }
        marks.add(rows.count(), hasEventId, hasTimestamp);
        rows.row(
                        hasTimestamp ? timestampMs : receivedAtMs,
                        hasEventId ? idHigh : eventIds.nextHigh(receivedAtMs),
                        hasEventId ? idLow : eventIds.nextLow(),
                        TYPES[type])
                .text(teamId, 0, teamId.length)
                .text(body, textStarts[NAME], textLengths[NAME])
                .text(body, textStarts[user], textLengths[user])
                .text(body, textStarts[SESSION], textLengths[SESSION]);
        if (propertiesEnd == 0) {
            rows.text(NO_PROPERTIES, 0, NO_PROPERTIES.length);
        } else if (isSpaced) {
            return addWithoutSpace();
        } else {
            rows.text(body, propertiesStart, propertiesEnd - propertiesStart);
        }
        return true;
    }

    private boolean addWithoutSpace() {
        if (compacted.length < propertiesEnd - propertiesStart) {
            compacted = new byte[propertiesEnd - propertiesStart];
        }
        int size = 0;
        boolean isInText = false;
        for (int index = propertiesStart; index < propertiesEnd; index++) {
            byte character = body[index];
            if (character == '"') {
                isInText = !isInText;
            } else if (character == '\\') {
                compacted[size++] = character;
                character = body[++index];
            } else if (!isInText && isSpace(character)) {
                continue;
            }
            compacted[size++] = character;
        }
        rows.text(compacted, 0, size);
        return size <= EventLimits.PROPERTIES_BYTES;
    }

    private int peek() {
        return at < end ? body[at] : 0;
    }

    private boolean take(char wanted) {
        if (at < end && body[at] == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private boolean takeAll(byte[] wanted) {
        if (!isAt(wanted, at)) {
            return false;
        }
        at += wanted.length;
        return true;
    }

    private boolean isAt(byte[] wanted, int start) {
        return end - start >= wanted.length
                && Arrays.equals(body, start, start + wanted.length, wanted, 0, wanted.length);
    }

    private boolean colon() {
        skipSpace();
        if (!take(':')) {
            return false;
        }
        skipSpace();
        return true;
    }

    private boolean closes(char wanted) {
        skipSpace();
        return take(wanted);
    }

    private static boolean isSpace(byte character) {
        return character == ' ' || character == '\n' || character == '\r' || character == '\t';
    }

    private void skipSpace() {
        while (at < end && isSpace(body[at])) {
            at++;
        }
    }

    private void skipInnerSpace() {
        int before = at;
        skipSpace();
        isSpaced |= at != before;
    }
}
