package dev.freshet.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Paths as names: what identifies one thing among many becomes {@code :id}, so that pages can be grouped. Patterns of
 * the mapping file come first; then UUIDs, long hexadecimal texts and all-digit segments are replaced. Immutable.
 */
final class PathTemplate {
    private static final Pattern ID =
            Pattern.compile("\\d+|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final List<List<String>> patterns;

    private PathTemplate(List<List<String>> patterns) {
        this.patterns = patterns;
    }

    /** @param patterns such as {@code /blog/:slug}; the first that fits counts */
    static PathTemplate of(List<String> patterns) {
        return new PathTemplate(patterns.stream().map(PathTemplate::segments).toList());
    }

    /** These patterns, and behind them the other's. */
    PathTemplate before(PathTemplate other) {
        return new PathTemplate(
                Stream.concat(patterns.stream(), other.patterns.stream()).toList());
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    /** The template of a path; a query and a fragment are cut off. */
    String of(String path) {
        List<String> segments = segments(withoutQuery(path));
        for (List<String> pattern : patterns) {
            if (fits(pattern, segments)) {
                return String.join("/", pattern);
            }
        }
        List<String> template = new ArrayList<>(segments.size());
        for (String segment : segments) {
            template.add(ID.matcher(segment).matches() ? ":id" : segment);
        }
        return String.join("/", template);
    }

    private static boolean fits(List<String> pattern, List<String> segments) {
        if (pattern.size() != segments.size()) {
            return false;
        }
        for (int index = 0; index < pattern.size(); index++) {
            boolean isPlaceholder = pattern.get(index).startsWith(":");
            if (isPlaceholder
                    ? segments.get(index).isEmpty()
                    : !pattern.get(index).equals(segments.get(index))) {
                return false;
            }
        }
        return true;
    }

    private static String withoutQuery(String path) {
        for (int at = 0; at < path.length(); at++) {
            if (path.charAt(at) == '?' || path.charAt(at) == '#') {
                return path.substring(0, at);
            }
        }
        return path;
    }

    /** The path of an absolute URL; empty where there is none. */
    static String pathOfUrl(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            return url.startsWith("/") ? withoutQuery(url) : "";
        }
        String behindHost = withoutQuery(url.substring(scheme + 3));
        int slash = behindHost.indexOf('/');
        return slash < 0 ? "/" : behindHost.substring(slash);
    }
}
