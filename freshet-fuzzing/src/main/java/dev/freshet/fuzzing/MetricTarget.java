package dev.freshet.fuzzing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;
import java.io.IOException;

/** Definitions of metrics as dashboards ask for them. Each has one canonical text, which is read as the same again. */
final class MetricTarget implements FuzzTarget {
    @Override
    public void run(byte[] input) throws IOException {
        JsonNode arguments;
        try {
            arguments = Trees.read(input);
        } catch (IOException e) {
            return; // the argument's decoder is another target
        }
        if (!arguments.isObject()) {
            return;
        }
        MetricRequest request;
        try {
            request = MetricRequest.parse(Trees.plain(arguments));
        } catch (MetricException refusal) {
            return;
        }
        String text = request.canonicalText();
        MetricRequest again = MetricRequest.parse(Trees.plain(Trees.read(text)));
        Require.equal(again, request, "the request that was read from " + text);
        Require.equal(again.canonicalText(), text, "its text");
    }
}
