package dev.freshet.importer;

import dev.freshet.event.EventLimits;
import dev.freshet.event.EventType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Which event a request of an access log is. One request is one event; the first rule that holds wins:
 *
 * <ol>
 *   <li>Status 400 and up: {@code error_occurred}, named by its status ({@code 404}).
 *   <li>A conversion, {@code conversion_step}. Assets, feeds and searches, though they may bring a foreign referrer (a
 *       picture shown by another site), are none.
 *       <ul>
 *         <li>{@code entry}: a page, requested from a search engine or another site: its referrer is a URL of a host
 *             that is not the site's own.
 *         <li>{@code project}: a page at or below {@code /projects/NAME}.
 *         <li>{@code download}: a file below {@code /projects/NAME/} or {@code /files/}. A file has an extension that
 *             is not a page's.
 *       </ul>
 *   <li>{@code feature_used}: {@code asset:css} and so on, by extension ({@link #assetExtensions}); {@code feed} (a
 *       parameter {@code flav}, or a path that ends in {@code /feed}, {@code /rss}, {@code /atom}, {@code .rss},
 *       {@code .atom}, {@code .rdf} or in {@code rss.xml}, {@code atom.xml}, {@code feed.xml}); {@code search} (a path
 *       that ends in {@code /search}, or a parameter {@code q}, {@code s} or {@code query}).
 *   <li>Otherwise {@code page_view}, named by its path without the query.
 * </ol>
 *
 * Immutable.
 */
public final class AccessLogMapping {
    private static final Set<String> ASSET_EXTENSIONS = Set.of(
            "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "ttf", "otf", "eot",
            "woff", "woff2");
    private static final Set<String> PAGE_EXTENSIONS =
            Set.of("html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp");
    private static final Set<String> FEED_EXTENSIONS = Set.of("rss", "atom", "rdf");
    private static final Set<String> FEED_NAMES = Set.of("feed", "rss", "atom", "rss.xml", "atom.xml", "feed.xml");
    private static final Set<String> SEARCH_PARAMETERS = Set.of("q", "s", "query");
    private static final int MAX_EXTENSION_LENGTH = 10;

    private final SiteHosts site;

    public AccessLogMapping(SiteHosts site) {
        this.site = site;
    }

    /** An event's type and name. */
    public record MappedRequest(EventType type, String name) {}

    /** The extensions, in lower case, by which a path is an asset. */
    public static Set<String> assetExtensions() {
        return ASSET_EXTENSIONS;
    }

    public MappedRequest map(AccessLogLine line) {
        if (line.status() >= 400) {
            return new MappedRequest(EventType.ERROR_OCCURRED, Integer.toString(line.status()));
        }
        RequestTarget target = RequestTarget.of(line.target());
        Kind kind = kindOf(target);
        return switch (kind) {
            case ASSET -> new MappedRequest(EventType.FEATURE_USED, "asset:" + extension(target));
            case FEED -> new MappedRequest(EventType.FEATURE_USED, "feed");
            case SEARCH -> new MappedRequest(EventType.FEATURE_USED, "search");
            case PAGE -> page(line, target);
            case FILE -> isDownload(target) ? conversion("download") : pageView(target);
        };
    }

    private MappedRequest page(AccessLogLine line, RequestTarget target) {
        if (site.isForeign(line.referrer())) {
            return conversion("entry");
        }
        return isBelowProject(target) ? conversion("project") : pageView(target);
    }

    private static MappedRequest conversion(String step) {
        return new MappedRequest(EventType.CONVERSION_STEP, step);
    }

    private static MappedRequest pageView(RequestTarget target) {
        return new MappedRequest(EventType.PAGE_VIEW, Texts.cut(target.path(), EventLimits.TEXT_CODE_POINTS));
    }

    /** What is asked for, judged by the target alone; every target is exactly one of these. */
    enum Kind {
        ASSET,
        FEED,
        SEARCH,
        PAGE,
        FILE
    }

    static Kind kindOf(RequestTarget target) {
        String extension = extension(target);
        if (ASSET_EXTENSIONS.contains(extension)) {
            return Kind.ASSET;
        }
        String fileName = fileName(target.path()).toLowerCase(Locale.ROOT);
        if (FEED_EXTENSIONS.contains(extension) || FEED_NAMES.contains(fileName) || hasParameter(target, "flav")) {
            return Kind.FEED;
        }
        if (fileName.equals("search") || SEARCH_PARAMETERS.stream().anyMatch(name -> hasParameter(target, name))) {
            return Kind.SEARCH;
        }
        return extension.isEmpty() || PAGE_EXTENSIONS.contains(extension) ? Kind.PAGE : Kind.FILE;
    }

    private static boolean isDownload(RequestTarget target) {
        return target.path().startsWith("/files/") || isBelowProject(target);
    }

    private static boolean isBelowProject(RequestTarget target) {
        String prefix = "/projects/";
        return target.path().startsWith(prefix) && target.path().length() > prefix.length();
    }

    /** The last part of the path; a slash at its end does not count ({@code /search/} is {@code search}). */
    private static String fileName(String path) {
        String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    /** In lower case; empty where the path ends in a slash or in nothing that looks like an extension. */
    private static String extension(RequestTarget target) {
        String name = target.path().substring(target.path().lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String extension = dot < 0 ? "" : name.substring(dot + 1);
        boolean plausible = !extension.isEmpty()
                && extension.length() <= MAX_EXTENSION_LENGTH
                && extension.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
        return plausible ? extension.toLowerCase(Locale.ROOT) : "";
    }

    private static boolean hasParameter(RequestTarget target, String name) {
        return Arrays.stream(target.query().split("[&;]"))
                .anyMatch(parameter -> parameter.startsWith(name + "=") && parameter.length() > name.length() + 1);
    }
}
