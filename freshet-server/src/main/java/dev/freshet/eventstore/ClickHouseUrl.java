package dev.freshet.eventstore;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a ClickHouse server is, read from {@code http(s)://user:password@host:8123/database}. What {@link #toString} gives can be
 * logged: it carries neither user nor password.
 *
 * @param endpoint scheme, host and port
 * @param user {@code default} when the URL names none
 * @param database {@code freshet} when the URL names none
 */
record ClickHouseUrl(String endpoint, String user, String password, String database) {
    private static final int PLAIN_PORT = 8123;
    private static final int TLS_PORT = 8443;

    /** @throws EventStoreException INVALID_OPTION, which says what is wrong without repeating the URL */
    static ClickHouseUrl parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException failure) {
            // Neither its message nor itself as the cause: both repeat the URL with its password.
            throw invalid("it cannot be read as a URL at character " + failure.getIndex());
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw invalid("it must begin with http:// or https://");
        }
        if (uri.getHost() == null) {
            throw invalid("it names no host");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw invalid("it may have no ? and no #");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? TLS_PORT : PLAIN_PORT;
        String[] userInfo =
                Optional.ofNullable(uri.getRawUserInfo()).orElse("default").split(":", 2);
        String path = Optional.ofNullable(uri.getPath()).orElse("").replaceFirst("^/", "");
        return new ClickHouseUrl(
                scheme + "://" + uri.getHost() + ":" + port,
                decoded(userInfo[0]),
                userInfo.length == 2 ? decoded(userInfo[1]) : "",
                Schema.requireName(path.isEmpty() ? Schema.DEFAULT_DATABASE : path));
    }

    private static String decoded(String part) {
        // A plus is itself in a user info.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static EventStoreException invalid(String what) {
        return new EventStoreException(
                EventStoreException.INVALID_OPTION,
                "The ClickHouse URL is wrong: " + what
                        + ". It should look like http://user:password@host:8123/database.");
    }

    @Override
    public String toString() {
        return endpoint + "/" + database;
    }
}
