package dev.holdfast.coordinator.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which connections a port takes: so many from one address, loopback aside, and so many in all. One
 * too many is closed before a byte of it is read, so it costs no handshake.
 */
public final class Admission {
  private final int perSource;
  private final int inAll;
  private final Map<String, Integer> bySource = new HashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  /** With the number of connections from one address, and of all together. */
  public Admission(int perSource, int inAll) {
    this.perSource = perSource;
    this.inAll = inAll;
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }

  /** Connections that were closed for being too many, since the start. */
  public long refused() {
    return refused.sum();
  }

  /** A factory of server channels that admit connections by this rule. */
  <C extends ServerChannel> ChannelFactory<C> around(ChannelFactory<C> factory) {
    return () -> {
      C channel = factory.newChannel();
      channel.pipeline().addLast("admission", new Door());
      return channel;
    };
  }

  /** Counts a connection, if it may come. */
  synchronized boolean enter(InetAddress source) {
    if (open.get() >= inAll) {
      refused.increment();
      return false;
    }
    if (!source.isLoopbackAddress()) {
      int before = bySource.getOrDefault(Sources.name(source), 0);
      if (before >= perSource) {
        refused.increment();
        return false;
      }
      bySource.put(Sources.name(source), before + 1);
    }
    open.incrementAndGet();
    return true;
  }

  /** Forgets a connection that had entered. */
  synchronized void leave(InetAddress source) {
    open.decrementAndGet();
    if (!source.isLoopbackAddress()) {
      bySource.computeIfPresent(
          Sources.name(source), (name, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Stands before Netty's own acceptor in the pipeline of the listening channel. */
  private final class Door extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel child
          && child.remoteAddress() instanceof InetSocketAddress remote) {
        InetAddress source = remote.getAddress();
        if (!enter(source)) {
          child.unsafe().closeForcibly();
          return;
        }
        child.closeFuture().addListener(closed -> leave(source));
      }
      context.fireChannelRead(message);
    }
  }
}
