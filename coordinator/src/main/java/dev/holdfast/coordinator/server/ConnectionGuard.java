package dev.holdfast.coordinator.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Watches over one connection behind its TLS: closes it when it sends too many frames that carry
 * nothing, or shows no certificate when there are enough such connections from its address.
 */
final class ConnectionGuard extends ChannelDuplexHandler {
  /** A GOAWAY frame that says ENHANCE_YOUR_CALM. */
  private static final byte[] GO_AWAY = {
    0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0x0b
  };

  private final Supplier<Duration> uptime;
  private final Admission admission;
  private final FrameMeter meter;
  private boolean over;

  private ConnectionGuard(Supplier<Duration> uptime, Admission admission) {
    this.uptime = uptime;
    this.admission = admission;
    this.meter = new FrameMeter(uptime.get());
  }

  /**
   * Puts a guard behind the TLS of a connection, once that is there, and goes. It stands first in
   * the pipeline, where all others are behind it when the first byte comes.
   */
  static ChannelInboundHandlerAdapter placer(Supplier<Duration> uptime, Admission admission) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        var tls = context.pipeline().context(SslHandler.class);
        if (tls != null) {
          context.pipeline().addAfter(tls.name(), "guard", new ConnectionGuard(uptime, admission));
          context.pipeline().remove(this);
        }
        context.fireChannelRead(message);
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!over && message instanceof ByteBuf bytes && !meter.fine(bytes, uptime.get())) {
      admission.flooded(context.channel().remoteAddress());
      end(context);
    }
    if (over) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      meter.sent(bytes.readableBytes(), uptime.get());
    }
    var _ = context.write(message, promise); // told by the promise
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent shaken
        && shaken.isSuccess()
        && context.channel().remoteAddress() instanceof InetSocketAddress remote
        && stranger(context)) {
      if (!admission.enterStranger(remote.getAddress())) {
        end(context);
        return;
      }
      context
          .channel()
          .closeFuture()
          .addListener(_ -> admission.leaveStranger(remote.getAddress()));
    }
    context.fireUserEventTriggered(event);
  }

  /** Ends it here and now: what is behind would wait for its calls to end first. */
  private void end(ChannelHandlerContext context) {
    over = true;
    var _ = context.writeAndFlush(Unpooled.wrappedBuffer(GO_AWAY)).addListener(_ -> leave(context));
  }

  private static void leave(ChannelHandlerContext context) {
    var _ = context.close();
  }

  private static boolean stranger(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls == null) {
      return false;
    }
    SSLSession session = tls.engine().getSession();
    try {
      return session.getPeerCertificates().length == 0;
    } catch (SSLPeerUnverifiedException e) {
      return true;
    }
  }
}
