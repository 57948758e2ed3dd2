package dev.freshet.cli;

import dev.freshet.server.DataFolder;
import dev.freshet.server.ServerConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** The running server that a command goes through, since it holds the data folder. */
final class ServerBeside {
    static final String URL = "--url";
    static final String URL_DESCRIPTION = "a running server; unset: the one that holds the data folder, if any";

    private static final Duration PING_LIMIT = Duration.ofSeconds(5);

    private ServerBeside() {}

    /** The one that the command line names, else one that answers where the folder says; one that died is none. */
    static Optional<URI> find(ParseResult arguments, ServerConfig config) throws InterruptedException {
        if (arguments.hasMatchedOption(URL)) {
            return Optional.of(url(arguments.matchedOptionValue(URL, "")));
        }
        Optional<URI> announced = DataFolder.announcedUrl(config.dataFolder());
        return announced.isPresent() && ServerPing.isAlive(announced.get(), PING_LIMIT) ? announced : Optional.empty();
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw CommandFailure.wrongUsage("--url must be like http://host:8080, not " + text + ": " + e.getReason());
        }
        throw CommandFailure.wrongUsage("--url must be like http://host:8080, not " + text);
    }

    /** The key that the server asks for. */
    static String adminKey(ServerConfig config, URI url) {
        return config.adminKey()
                .orElseThrow(() -> new CommandFailure(
                        "a server at %s holds the data folder: set FRESHET_ADMIN_KEY to its admin key".formatted(url)))
                .value();
    }
}
