package dev.holdfast.coordinator.server;

import dev.holdfast.task.TokenBucket;
import dev.holdfast.task.TokenBucket.Rate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which connections a port takes: so many from one address, loopback aside, so many in all, and so
 * many new ones a second. One too many is closed before a byte of it is read, so it costs no
 * handshake.
 */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger("server");
  private static final Duration TOLD_AGAIN = Duration.ofMinutes(1);

  private final Settings settings;
  private final AtomicInteger all;
  private final Supplier<Duration> uptime;
  private final Map<String, Integer> bySource = new HashMap<>();
  private final Map<String, Integer> strangers = new HashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private final LongAdder postponed = new LongAdder();
  private final LongAdder floods = new LongAdder();
  private TokenBucket handshakes;
  private Optional<Duration> toldOfFlood = Optional.empty();

  /**
   * What a port takes.
   *
   * @param perSource connections from one address
   * @param strangers of them without a certificate; 0: as many, since this port asks for none
   * @param inAll connections of all ports together at which this one takes no more
   * @param handshakes new connections
   */
  public record Settings(int perSource, int strangers, int inAll, Rate handshakes) {}

  /**
   * Of one port.
   *
   * @param all counts the connections of all ports
   * @param uptime monotonic time
   */
  public Admission(Settings settings, AtomicInteger all, Supplier<Duration> uptime) {
    this.settings = settings;
    this.all = all;
    this.uptime = uptime;
    this.handshakes = TokenBucket.full(settings.handshakes, uptime.get());
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }

  /** Connections that were closed for being too many, since the start. */
  public long refused() {
    return refused.sum();
  }

  /** Connections that were closed for coming too quickly after others, since the start. */
  public long postponed() {
    return postponed.sum();
  }

  /** Connections that were closed for sending too many frames that carry nothing. */
  public long floods() {
    return floods.sum();
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
    Duration now = uptime.get();
    int ofSource = bySource.getOrDefault(Sources.name(source), 0);
    if (all.get() >= settings.inAll
        || (!source.isLoopbackAddress() && ofSource >= settings.perSource)) {
      refused.increment();
      return false;
    }
    if (!handshakes.has(1, now)) {
      postponed.increment();
      return false;
    }
    handshakes = handshakes.spend(1, now);
    bySource.put(Sources.name(source), ofSource + 1);
    open.incrementAndGet();
    all.incrementAndGet();
    return true;
  }

  /** Forgets a connection that had entered. */
  synchronized void leave(InetAddress source) {
    open.decrementAndGet();
    all.decrementAndGet();
    less(bySource, source);
  }

  /** Counts a connection that showed no certificate, if there may be one more. */
  synchronized boolean enterStranger(InetAddress source) {
    int before = strangers.getOrDefault(Sources.name(source), 0);
    if (settings.strangers > 0 && before >= settings.strangers && !source.isLoopbackAddress()) {
      refused.increment();
      return false;
    }
    strangers.put(Sources.name(source), before + 1);
    return true;
  }

  /** Forgets one of those. */
  synchronized void leaveStranger(InetAddress source) {
    less(strangers, source);
  }

  /** A connection was closed for its frames; told once a minute, whoever it is. */
  synchronized void flooded(SocketAddress peer) {
    floods.increment();
    Duration now = uptime.get();
    if (toldOfFlood.filter(last -> now.minus(last).compareTo(TOLD_AGAIN) < 0).isEmpty()) {
      toldOfFlood = Optional.of(now);
      LOG.warn(
          "closed a connection that sent too many frames that carry nothing peer={} soFar={}",
          peer,
          floods.sum());
    }
  }

  private static void less(Map<String, Integer> counts, InetAddress source) {
    counts.computeIfPresent(Sources.name(source), (_, count) -> count == 1 ? null : count - 1);
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
        child.pipeline().addFirst(ConnectionGuard.placer(uptime, Admission.this));
      }
      context.fireChannelRead(message);
    }
  }
}
