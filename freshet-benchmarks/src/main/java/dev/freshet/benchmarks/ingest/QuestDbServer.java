package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.ServerProcess;
import io.questdb.ServerMain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** QuestDB as it comes, but for what would listen on other ports. Its line protocol makes the table of the first events. */
final class QuestDbServer {
    private static final Pattern COUNT = Pattern.compile("\"dataset\":\\[\\[(\\d+)]]");

    private QuestDbServer() {}

    /** @param arguments the data folder */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        int port = ServerProcess.freePort();
        Path configuration = Files.createDirectories(root.resolve("conf")).resolve("server.conf");
        Files.write(
                configuration,
                List.of(
                        "http.bind.to=127.0.0.1:" + port,
                        "http.min.enabled=false",
                        "pg.enabled=false",
                        "line.tcp.enabled=false",
                        "telemetry.enabled=false"));
        ServerMain server = ServerMain.create(root.toString());
        server.start();
        System.out.println("ready http://127.0.0.1:" + port);
        while (!server.hasBeenClosed()) {
            LockSupport.park(); // its own threads serve; this process is ended from outside
        }
    }

    /** The events that queries see. */
    static long count(HttpCalls http, URI server) throws IOException, InterruptedException {
        String answer = http.get(URI.create(server + "/exec?query=select%20count()%20from%20events"))
                .body();
        Matcher count = COUNT.matcher(answer);
        if (!count.find()) {
            throw new IOException("QuestDB gave no count: " + answer);
        }
        return Long.parseLong(count.group(1));
    }
}
