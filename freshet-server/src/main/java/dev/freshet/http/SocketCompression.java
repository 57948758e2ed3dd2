package dev.freshet.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate on sockets whose clients ask for it. Neither side keeps its window from one message to the next, so that an
 * idle socket has no compressor; small messages go as they are; and a message that would grow past the limit closes its socket.
 *
 * <p>Vert.x offers the extension by itself, but without a limit to what a message may grow to, and it keeps a compressor of a
 * quarter of a megabyte for each socket unless the client asks that it does not, which browsers do not. So this takes Netty's
 * parts, which Vert.x uses, and puts them together otherwise.
 */
final class SocketCompression {
    /** The fastest: the next levels cost more time than they spare bytes. */
    private static final int LEVEL = 1;

    private static final int LARGEST_WINDOW = 15;
    private static final int LEAST_BYTES = 1_024;
    private static final String OFFER_OF_VERTX = "webSocketExtensionHandler";

    private final int mostMessageBytes;

    /** @param mostMessageBytes what a message may grow to, past which its socket is closed */
    SocketCompression(int mostMessageBytes) {
        this.mostMessageBytes = mostMessageBytes;
    }

    /** Prepares a connection on which a socket may be opened later, and to which Vert.x has added its own offer. */
    void prepare(HttpConnection connection) {
        if (connection instanceof Http1xServerConnection withSockets) {
            ChannelPipeline pipeline = withSockets.channelHandlerContext().pipeline();
            pipeline.replace(
                    OFFER_OF_VERTX, "bounded-extensions", new WebSocketServerExtensionHandler(this::handshake));
        }
    }

    /** As if the client had asked for no windows kept, which a server may say unasked. */
    private @Nullable WebSocketServerExtension handshake(WebSocketExtensionData offered) {
        Map<String, @Nullable String> parameters = new HashMap<>(offered.parameters());
        parameters.put("server_no_context_takeover", null);
        parameters.put("client_no_context_takeover", null);
        return new PerMessageDeflateServerExtensionHandshaker(
                        LEVEL, false, LARGEST_WINDOW, true, true, SMALL_ONES_AS_THEY_ARE, mostMessageBytes)
                .handshakeExtension(new WebSocketExtensionData(offered.name(), parameters));
    }

    private static final WebSocketExtensionFilterProvider SMALL_ONES_AS_THEY_ARE =
            new WebSocketExtensionFilterProvider() {
                @Override
                public WebSocketExtensionFilter encoderFilter() {
                    return SocketCompression::isSmall;
                }

                @Override
                public WebSocketExtensionFilter decoderFilter() {
                    return WebSocketExtensionFilter.NEVER_SKIP;
                }
            };

    /** Of a message in several frames the first says how all are sent, and it is never small. */
    private static boolean isSmall(WebSocketFrame frame) {
        return frame.isFinalFragment()
                && !(frame instanceof ContinuationWebSocketFrame)
                && frame.content().readableBytes() < LEAST_BYTES;
    }
}
