package dev.freshet.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a socket whose message is too large, in one frame or many, packed or not, or damaged; and says so by the close code,
 * which Vert.x does not. What comes behind the message is not read any more. Belongs to one connection's event loop.
 */
final class SocketMessageGuard extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(SocketMessageGuard.class);

    private static final String LAST_HANDLER = "handler";

    private final int mostMessageBytes;
    private long messageBytes;
    private boolean closing;

    private SocketMessageGuard(int mostMessageBytes) {
        this.mostMessageBytes = mostMessageBytes;
    }

    /** Watches a connection on which a socket may be opened later. */
    static void watch(HttpConnection connection, int mostMessageBytes) {
        if (connection instanceof Http1xServerConnection withSockets) {
            withSockets
                    .channelHandlerContext()
                    .pipeline()
                    .addBefore(LAST_HANDLER, "message-guard", new SocketMessageGuard(mostMessageBytes));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof TextWebSocketFrame first) {
            messageBytes = first.content().readableBytes();
        } else if (message instanceof ContinuationWebSocketFrame next) {
            messageBytes += next.content().readableBytes();
        }
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (messageBytes > mostMessageBytes) {
            ReferenceCountUtil.release(message);
            close(context, WebSocketCloseStatus.MESSAGE_TOO_BIG);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Optional<WebSocketCloseStatus> status = statusOf(failure);
        if (status.isEmpty()) {
            context.fireExceptionCaught(failure);
        } else if (!closing) {
            log.debug("a socket's message cannot be read", failure);
            close(context, status.get());
        }
    }

    private void close(ChannelHandlerContext context, WebSocketCloseStatus status) {
        closing = true;
        context.channel().config().setAutoRead(false);
        var _ = context.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
    }

    /** Empty where the failure is of another kind. */
    private static Optional<WebSocketCloseStatus> statusOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CorruptedWebSocketFrameException corrupted) {
                return Optional.of(corrupted.closeStatus());
            }
            if (cause instanceof DecompressionException) {
                // The library tells the two apart by its message alone.
                return Optional.of(
                        String.valueOf(cause.getMessage()).contains("maximum size")
                                ? WebSocketCloseStatus.MESSAGE_TOO_BIG
                                : WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
            }
        }
        return Optional.empty();
    }
}
