package dev.freshet.importer;

import dev.freshet.importer.LineReject.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Reads the combined log format of Apache and nginx:
 * {@code address identity user [time] "request" status bytes "referrer" "agent"}, and the common format, which ends
 * after the bytes. {@code \"} and {@code \\} inside quotes are unescaped; other escapes ({@code \xe4}) stay as
 * written, since nothing tells their encoding. What follows the agent is read over. A line that breaks off inside or
 * before its referrer or agent is still a request: its last text is what there is of it.
 *
 * <p>A scanner and no regular expression: time is linear and the stack flat, whatever a stranger made the server log.
 * Safe from many threads.
 */
public final class CombinedLogParser {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ENGLISH);

    /** Never fails: what cannot be read is a {@link ParsedLine.Rejected}. */
    public ParsedLine parse(long lineNumber, String text) {
        int addressEnd = text.indexOf(' ');
        int timeStart = text.indexOf(" [");
        int timeEnd = text.indexOf("] \"", Math.max(timeStart, 0));
        if (addressEnd <= 0 || timeStart < 0 || timeEnd < 0) {
            return rejected(lineNumber, Reason.MALFORMED_LINE, "has no address, time and request.");
        }
        Quoted request = Quoted.at(text, timeEnd + 2);
        if (!request.closed()) {
            return rejected(lineNumber, Reason.MALFORMED_LINE, "breaks off inside its request.");
        }
        Word status = Word.after(text, request.end());
        if (!isStatus(status.text())) {
            return rejected(lineNumber, Reason.MALFORMED_STATUS, "has no three-digit status after its request.");
        }
        Instant time;
        try {
            time = TIME.parse(text.substring(timeStart + 2, timeEnd), Instant::from);
        } catch (DateTimeException e) {
            return rejected(lineNumber, Reason.MALFORMED_TIME, "has a time that cannot be read: " + e.getMessage());
        }
        Word bytes = Word.after(text, status.end());
        Quoted referrer = Quoted.after(text, bytes.end());
        Quoted agent = Quoted.after(text, referrer.end());
        RequestLine requestLine = RequestLine.of(request.text());
        return new ParsedLine.Request(new AccessLogLine(
                lineNumber,
                text.substring(0, addressEnd),
                time,
                requestLine.method(),
                requestLine.target(),
                requestLine.protocol(),
                Integer.parseInt(status.text()),
                count(bytes.text()),
                referrer.text(),
                agent.text()));
    }

    private static ParsedLine rejected(long lineNumber, Reason reason, String what) {
        return new ParsedLine.Rejected(new LineReject(lineNumber, reason, "Line " + lineNumber + " " + what));
    }

    private static boolean isStatus(String text) {
        return text.length() == 3 && text.charAt(0) != '0' && isDigits(text);
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long count(String text) {
        return isDigits(text) && text.length() <= 18 ? Long.parseLong(text) : 0;
    }

    /** A text without spaces, and where it ends. */
    private record Word(String text, int end) {
        static Word after(String line, int position) {
            int start = skipSpaces(line, position);
            int space = line.indexOf(' ', start);
            int end = space < 0 ? line.length() : space;
            return new Word(line.substring(start, end), end);
        }
    }

    /** A quoted text, unescaped, and the position after its closing quote (the line's end where that is missing). */
    private record Quoted(String text, int end, boolean closed) {
        static Quoted after(String line, int position) {
            int start = skipSpaces(line, position);
            return start < line.length() && line.charAt(start) == '"'
                    ? at(line, start)
                    : new Quoted(AccessLogLine.ABSENT, start, false);
        }

        static Quoted at(String line, int openingQuote) {
            StringBuilder text = new StringBuilder();
            int position = openingQuote + 1;
            while (position < line.length()) {
                char c = line.charAt(position);
                if (c == '"') {
                    return new Quoted(text.toString(), position + 1, true);
                }
                boolean escaped = c == '\\' && position + 1 < line.length() && isEscapable(line.charAt(position + 1));
                text.append(escaped ? line.charAt(position + 1) : c);
                position += escaped ? 2 : 1;
            }
            return new Quoted(text.toString(), line.length(), false);
        }

        private static boolean isEscapable(char c) {
            return c == '"' || c == '\\';
        }
    }

    private static int skipSpaces(String line, int position) {
        int start = position;
        while (start < line.length() && line.charAt(start) == ' ') {
            start++;
        }
        return start;
    }

    /** Method, target and protocol; a target may hold spaces, as browsers of old sent them. */
    private record RequestLine(String method, String target, String protocol) {
        static RequestLine of(String text) {
            int methodEnd = text.indexOf(' ');
            if (methodEnd <= 0 || !text.chars().limit(methodEnd).allMatch(c -> c >= 'A' && c <= 'Z')) {
                return new RequestLine("", text, "");
            }
            int protocolStart = text.lastIndexOf(' ');
            boolean hasProtocol = protocolStart > methodEnd && text.startsWith("HTTP/", protocolStart + 1);
            String target = text.substring(methodEnd + 1, hasProtocol ? protocolStart : text.length());
            return target.isEmpty()
                    ? new RequestLine("", text, "")
                    : new RequestLine(
                            text.substring(0, methodEnd), target, hasProtocol ? text.substring(protocolStart + 1) : "");
        }
    }
}
