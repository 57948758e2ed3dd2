package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.EventType;
import dev.freshet.importer.AccessLogMapping.MappedRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AccessLogMappingTest {
    private final AccessLogMapping mapping = new AccessLogMapping(new SiteHosts("www.site.org"));

    @ParameterizedTest
    @CsvSource({
        // the error rule comes before all others
        "404, /projects/a/, http://www.google.com/, error_occurred, 404",
        "500, /a.css, -, error_occurred, 500",
        "399, /a, -, page_view, /a",
        // entries
        "200, /a, http://www.google.com/search?q=x, conversion_step, entry",
        "200, /projects/a/, https://other.org/, conversion_step, entry",
        "200, /a, HTTP://OTHER.org:81/site.org/, conversion_step, entry",
        "200, /a, http://notsite.org/, conversion_step, entry",
        "200, /a, http://site.org/b, page_view, /a",
        "200, /a, http://WWW.site.org:8080/b, page_view, /a",
        "200, /a, site, page_view, /a",
        "200, /logo.png, http://other.org/, feature_used, asset:png",
        "200, /?flav=atom, http://other.org/, feature_used, feed",
        "200, /robots.txt, http://other.org/, page_view, /robots.txt",
        // projects and downloads
        "200, /projects/a, -, conversion_step, project",
        "200, /projects/a/docs/b.xhtml, -, conversion_step, project",
        "200, /projects/, -, page_view, /projects/",
        "200, /projects, -, page_view, /projects",
        "200, /projects/a/a-1.0.tar.gz, -, conversion_step, download",
        "200, /files/a/a.jar, -, conversion_step, download",
        "200, /files/a/a.jar, http://other.org/, conversion_step, download",
        "200, /files/a/, -, page_view, /files/a/",
        "200, /files/a/docs/index.html, -, page_view, /files/a/docs/index.html",
        "200, /files/a/docs/tabs.css, -, feature_used, asset:css",
        // features
        "200, /A.JPEG?v=1, -, feature_used, asset:jpeg",
        "200, /blog/feed/, -, feature_used, feed",
        "200, /index.rdf, -, feature_used, feed",
        "200, /search/?page=2, -, feature_used, search",
        "200, /?a=1&q=x, -, feature_used, search",
        "200, /?q=, -, page_view, /",
        "200, /blog/searching, -, page_view, /blog/searching",
        // pages
        "304, /a?b=c, -, page_view, /a",
        "200, http://site.org/a?b=c, -, page_view, /a",
        "200, http://site.org, -, page_view, /",
        "200, *, -, page_view, *",
    })
    void theFirstRuleThatHoldsWins(int status, String target, String referrer, String type, String name) {
        assertThat(mapping.map(line(target, status, referrer)))
                .isEqualTo(new MappedRequest(EventType.ofWireName(type).orElseThrow(), name));
    }

    @Test
    void namesEndAfterTwoHundredCodePoints() {
        String path = "/" + "\uD83D\uDE00".repeat(300);
        assertThat(mapping.map(line(path, 200, "-")).name()).isEqualTo("/" + "\uD83D\uDE00".repeat(199));
    }

    @Test
    void withoutAKnownSiteEveryReferrerIsForeign() {
        AccessLogMapping unknown = new AccessLogMapping(new SiteHosts(""));
        assertThat(unknown.map(line("/a", 200, "http://site.org/")).name()).isEqualTo("entry");
        assertThat(unknown.map(line("/a", 200, "-")).name()).isEqualTo("/a");
    }

    private static AccessLogLine line(String target, int status, String referrer) {
        return new AccessLogLine(1, "1.2.3.4", Instant.EPOCH, "GET", target, "HTTP/1.1", status, 0, referrer, "agent");
    }
}
