package dev.freshet.sync;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which client is at the other end, as far as it matters.
 *
 * @param takesChunks whether it puts the pieces of a large Transition together
 */
public record ClientVersion(boolean takesChunks) {
    /** A client that does not say what it is, or of another kind than the npm package: nothing new is sent to it. */
    public static final ClientVersion UNKNOWN = new ClientVersion(false);

    private static final Pattern NPM = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(-.+)?");
    private static final int CHUNKS_MAJOR = 1;
    private static final int CHUNKS_MINOR = 28;

    /** The npm package of this version, which is in the path at which it connects; unknown where it is none. */
    public static ClientVersion npm(String version) {
        Matcher parts = NPM.matcher(version);
        if (!parts.matches()) {
            return UNKNOWN;
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        boolean isBeforeRelease = parts.group(4) != null && Integer.parseInt(parts.group(3)) == 0;
        return new ClientVersion(major > CHUNKS_MAJOR
                || (major == CHUNKS_MAJOR && (minor > CHUNKS_MINOR || (minor == CHUNKS_MINOR && !isBeforeRelease))));
    }
}
