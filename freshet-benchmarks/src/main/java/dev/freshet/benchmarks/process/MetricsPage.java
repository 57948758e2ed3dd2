package dev.freshet.benchmarks.process;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** What a server's {@code /metrics} said at one moment; only metrics without tags. */
public final class MetricsPage {
    private final Map<String, Double> values;

    private MetricsPage(Map<String, Double> values) {
        this.values = values;
    }

    /** @param server its URL without a trailing slash */
    public static MetricsPage of(HttpCalls http, URI server) throws IOException, InterruptedException {
        Map<String, Double> values = new HashMap<>();
        http.get(URI.create(server + "/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith("freshet_") && !line.contains("{"))
                .map(line -> line.split(" ", 2))
                .forEach(nameAndValue -> values.put(nameAndValue[0], Double.valueOf(nameAndValue[1])));
        return new MetricsPage(values);
    }

    /** @throws IOException when there is no such metric */
    public double value(String name) throws IOException {
        Double value = values.get(name);
        if (value == null) {
            throw new IOException("/metrics has no " + name);
        }
        return value;
    }
}
