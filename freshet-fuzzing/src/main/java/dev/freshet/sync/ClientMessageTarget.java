package dev.freshet.sync;

import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.Require;
import java.nio.charset.StandardCharsets;

/** Messages of the sync protocol. */
public final class ClientMessageTarget implements FuzzTarget {
    @Override
    public void run(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ClientMessage message;
        try {
            message = ClientMessageReader.read(text);
        } catch (BadMessageException refusal) {
            Require.that(!refusal.getMessage().isEmpty(), () -> "a refusal says nothing");
            return;
        }
        Require.equal(ClientMessageReader.read(text), message, "the message read again");
    }
}
