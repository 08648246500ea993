package dev.holdfast.agent.identity;

import dev.holdfast.config.HostPort;
import dev.holdfast.task.Limits;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Makes connections to the coordinator: TLS 1.3 by the JDK, one thread for all of them. Calls hear
 * their answers on that thread.
 */
public final class Channels implements AutoCloseable {
  private final InstantSource clock;
  private final EventLoopGroup network =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("network", true), NioIoHandler.newFactory());

  /** The clock judges whether certificates are valid. */
  public Channels(InstantSource clock) {
    this.clock = clock;
  }

  /** A channel as this host, to its coordinator alone. Connects when the first call begins. */
  public ManagedChannel open(Identity identity) {
    return open(identity.coordinator(), trust(identity), Optional.of(identity));
  }

  /** A channel of a host that is nobody yet. */
  ManagedChannel open(HostPort coordinator, CoordinatorTrust trust) {
    return open(coordinator, trust, Optional.empty());
  }

  /** A channel of an enrolled host that does not say who it is. */
  ManagedChannel openUnnamed(Identity identity) {
    return open(identity.coordinator(), trust(identity), Optional.empty());
  }

  private CoordinatorTrust trust(Identity identity) {
    return CoordinatorTrust.of(identity.authorities(), identity.trustDomain(), clock);
  }

  InstantSource clock() {
    return clock;
  }

  private ManagedChannel open(
      HostPort coordinator, CoordinatorTrust trust, Optional<Identity> identity) {
    SslContextBuilder tls =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .protocols("TLSv1.3")
            .trustManager(trust);
    identity.ifPresent(known -> tls.keyManager(new HostCredentials(known)));
    try {
      return NettyChannelBuilder.forAddress(coordinator.host(), coordinator.port())
          .sslContext(tls.build())
          .eventLoopGroup(network)
          .channelType(NioSocketChannel.class)
          .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Limits.OPEN.toMillis())
          .directExecutor()
          .keepAliveTime(Limits.AGENT_KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveTimeout(Limits.KEEPALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveWithoutCalls(true)
          .flowControlWindow(Limits.AGENT_WINDOW_BYTES)
          .maxInboundMessageSize(Limits.MAX_COORDINATOR_MESSAGE_BYTES)
          .maxInboundMetadataSize(Limits.MAX_METADATA_BYTES)
          .maxTraceEvents(0)
          .disableRetry()
          .disableServiceConfigLookUp()
          .build();
    } catch (SSLException e) {
      throw new IdentityException("TLS can't be set up with this host's key: " + e.getMessage(), e);
    }
  }

  /** Ends the thread; channels that are still open break. */
  @Override
  public void close() {
    network.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
