package dev.freshet.fuzzing;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Values of functions: what is read is written so that it is read as the same again, and as JSON in all formats. */
final class ConvexJsonTarget implements FuzzTarget {
    @Override
    public void run(byte[] input) throws IOException {
        ConvexValue value;
        try {
            value = ConvexJson.decode(new String(input, StandardCharsets.UTF_8));
        } catch (InvalidValueException refusal) {
            return;
        }
        String text = ConvexJson.encode(value);
        Require.equal(ConvexJson.decode(text), value, "the value that was read from " + text);
        Trees.read(ConvexJson.encodeExport(value));
        Trees.read(ConvexJson.encodeClean(value));
    }
}
