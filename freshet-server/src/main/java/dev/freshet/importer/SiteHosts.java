package dev.freshet.importer;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The hosts that a logged site goes by: one name, and everything below it ({@code www.}).
 *
 * @param domain in lower case and without {@code www.}; empty where it is not known, so that every host is foreign
 */
public record SiteHosts(String domain) {
    public SiteHosts {
        domain = withoutWww(domain.toLowerCase(Locale.ROOT));
    }

    /** Whether a referrer is a URL of another site. {@code -} and texts that are no URL are not. */
    public boolean isForeign(String referrer) {
        return hostOf(referrer).filter(host -> !isOwn(host)).isPresent();
    }

    private boolean isOwn(String host) {
        return !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain));
    }

    /** The host of a URL in lower case, without port and user; empty for a text that is no URL. */
    static Optional<String> hostOf(String url) {
        int schemeEnd = url.indexOf("://");
        if (schemeEnd <= 0 || !url.chars().limit(schemeEnd).allMatch(SiteHosts::isSchemeCharacter)) {
            return Optional.empty();
        }
        int start = schemeEnd + 3;
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(start, end);
        String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
        int port = hostAndPort.indexOf(':', Math.max(hostAndPort.indexOf(']'), 0));
        String host = port < 0 ? hostAndPort : hostAndPort.substring(0, port);
        return host.isEmpty() ? Optional.empty() : Optional.of(host.toLowerCase(Locale.ROOT));
    }

    private static boolean isSchemeCharacter(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '+' || c == '-' || c == '.');
    }

    private static String withoutWww(String host) {
        return host.startsWith("www.") ? host.substring(4) : host;
    }

    /**
     * Finds out a log's own site: the host that referred most assets, since a page's stylesheets and pictures are asked
     * for by that page. Confined to one thread.
     */
    static final class Election {
        private static final int MAX_CANDIDATES = 10_000;

        private final Map<String, Integer> votes = new HashMap<>();

        void add(AccessLogLine line) {
            if (AccessLogMapping.kindOf(RequestTarget.of(line.target())) != AccessLogMapping.Kind.ASSET) {
                return;
            }
            hostOf(line.referrer())
                    .map(SiteHosts::withoutWww)
                    .filter(host -> votes.size() < MAX_CANDIDATES || votes.containsKey(host))
                    .ifPresent(host -> votes.merge(host, 1, Integer::sum));
        }

        /** Of hosts with as many votes, the first by name, so that a log always has the same. */
        SiteHosts winner() {
            return new SiteHosts(votes.entrySet().stream()
                    .min(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .map(Map.Entry::getKey)
                    .orElse(""));
        }
    }
}
