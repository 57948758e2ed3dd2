package dev.freshet.sync;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which client is at the other end, as far as it matters.
 *
 * @param takesChunks whether it puts the pieces of a large Transition together
 * @param expectsEncoded whether it expects results over HTTP in the encoded format without asking for it
 */
public record ClientVersion(boolean takesChunks, boolean expectsEncoded) {
    /** A client that does not say what it is, or of another kind than the npm package: nothing new is sent to it. */
    public static final ClientVersion UNKNOWN = new ClientVersion(false, false);

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(-.+)?");
    private static final Pattern NAMED = Pattern.compile("(npm|python)-(.{1,64})");
    private static final Release FIRST_WITH_CHUNKS = new Release(1, 28, 0);
    private static final Release LAST_NPM_WITHOUT_FORMAT = new Release(1, 4, 0);
    private static final Release FIRST_PYTHON_WITH_FORMAT = new Release(0, 5, 0);

    /** The npm package of this version, which is in the path at which it connects; unknown where it is none. */
    public static ClientVersion npm(String version) {
        return Release.parse(version)
                .map(release -> new ClientVersion(
                        release.compareTo(FIRST_WITH_CHUNKS) >= 0, release.compareTo(LAST_NPM_WITHOUT_FORMAT) <= 0))
                .orElse(UNKNOWN);
    }

    /** The client that the header {@code Convex-Client} names, as in {@code npm-1.48.0}; unknown where it names none. */
    public static ClientVersion named(@Nullable String header) {
        Matcher parts = NAMED.matcher(header == null ? "" : header);
        if (!parts.matches()) {
            return UNKNOWN;
        }
        return parts.group(1).equals("npm") ? npm(parts.group(2)) : python(parts.group(2));
    }

    private static ClientVersion python(String version) {
        return Release.parse(version)
                .map(release -> new ClientVersion(false, release.compareTo(FIRST_PYTHON_WITH_FORMAT) < 0))
                .orElse(UNKNOWN);
    }

    /** @param isFinal false for what came before the release of this number */
    private record Release(int major, int minor, int patch, boolean isFinal) implements Comparable<Release> {
        private static final Comparator<Release> ORDER = Comparator.comparingInt(Release::major)
                .thenComparingInt(Release::minor)
                .thenComparingInt(Release::patch)
                .thenComparing(Release::isFinal);

        Release(int major, int minor, int patch) {
            this(major, minor, patch, true);
        }

        static Optional<Release> parse(String version) {
            Matcher parts = NUMBERS.matcher(version);
            return parts.matches()
                    ? Optional.of(new Release(
                            Integer.parseInt(parts.group(1)),
                            Integer.parseInt(parts.group(2)),
                            Integer.parseInt(parts.group(3)),
                            parts.group(4) == null))
                    : Optional.empty();
        }

        @Override
        public int compareTo(Release other) {
            return ORDER.compare(this, other);
        }
    }
}
