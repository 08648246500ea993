package dev.holdfast.coordinator.server;

import dev.holdfast.config.HostPort;
import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One port that speaks gRPC over TLS. It has its own threads, so that no port starves another. */
public final class GrpcListener {
  private final String name;
  private final HostPort asked;
  private final EventLoopGroup boss;
  private final EventLoopGroup workers;
  private final ExecutorService calls;
  private final Server server;

  /**
   * On which threads calls run.
   *
   * @param pooled how many threads there are for calls, which may wait for the store
   * @param passedOn full names of methods that wait for nothing, but pass on what they hear: once
   *     such a call is there, they hear it on the network's threads
   */
  public record Threads(int pooled, Set<String> passedOn) {
    /** Copies the set. */
    public Threads {
      passedOn = Set.copyOf(passedOn);
    }
  }

  /**
   * A port that is not open yet.
   *
   * @param name of the port, in threads and messages: {@code agent}, {@code admin}
   * @param interceptors the first is called first
   * @param on which threads calls run
   */
  public GrpcListener(
      String name,
      HostPort asked,
      SslContext tls,
      PortLimits limits,
      Admission admission,
      List<ServerInterceptor> interceptors,
      List<ServerServiceDefinition> services,
      Threads on)
      throws StartException {
    this.name = name;
    this.asked = asked;
    this.boss = loops(name + "-accept", 1);
    this.workers = loops(name + "-io", Math.max(1, Runtime.getRuntime().availableProcessors()));
    this.calls = pool(name + "-call", on.pooled());
    this.server = build(tls, limits, admission, interceptors, services, on.passedOn());
  }

  /**
   * Opens the port.
   *
   * @return where it listens
   */
  public HostPort start() throws StartException {
    try {
      server.start();
    } catch (IOException e) {
      throw Ports.cannotListen(name, asked, e);
    }
    return new HostPort(asked.host(), server.getPort());
  }

  /** Takes no more calls; those that are going on have this long to end. */
  public void stop(Duration grace) {
    server.shutdown();
    try {
      if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    // nobody waits for these: they have nothing left to do
    var _ = boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    var _ = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    calls.shutdown();
  }

  private NettyServerBuilder bounded(PortLimits limits) throws StartException {
    try {
      return NettyServerBuilder.forAddress(Ports.resolve(asked))
          .maxInboundMessageSize(limits.messageBytes())
          .maxInboundMetadataSize(TransportLimits.SOFT_METADATA_BYTES, Limits.MAX_METADATA_BYTES)
          .maxConcurrentCallsPerConnection(limits.calls())
          .flowControlWindow(limits.windowBytes())
          .maxRstFramesPerWindow(
              TransportLimits.RESETS, (int) TransportLimits.RESETS_TIME.toSeconds())
          .handshakeTimeout(Limits.HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveTime(Limits.COORDINATOR_KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveTimeout(Limits.KEEPALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .permitKeepAliveTime(Limits.PERMITTED_KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
          .permitKeepAliveWithoutCalls(true)
          .maxConnectionAge(limits.age().toMillis(), TimeUnit.MILLISECONDS)
          .maxConnectionAgeGrace(
              TransportLimits.CONNECTION_AGE_GRACE.toMillis(), TimeUnit.MILLISECONDS)
          .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      throw Ports.cannotListen(name, asked, e);
    }
  }

  private Server build(
      SslContext tls,
      PortLimits limits,
      Admission admission,
      List<ServerInterceptor> interceptors,
      List<ServerServiceDefinition> services,
      Set<String> passedOn)
      throws StartException {
    NettyServerBuilder builder =
        bounded(limits)
            .sslContext(tls)
            .executor(calls)
            .callExecutor(
                new ServerCallExecutorSupplier() {
                  @Override
                  public <Q, P> @Nullable Executor getExecutor(
                      ServerCall<Q, P> call, Metadata headers) {
                    return passedOn.contains(call.getMethodDescriptor().getFullMethodName())
                        ? Runnable::run
                        : null; // the pool
                  }
                })
            .bossEventLoopGroup(boss)
            .workerEventLoopGroup(workers)
            .channelFactory(admission.around(channels()));
    services.forEach(builder::addService);
    // the builder calls the last one first
    interceptors.reversed().forEach(builder::intercept);
    return builder.build();
  }

  private static ChannelFactory<ServerChannel> channels() {
    return Epoll.isAvailable() ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  private static EventLoopGroup loops(String name, int threads) {
    IoHandlerFactory handler =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handler);
  }

  /**
   * A pool of few threads, since the work is in the database and more threads only wait for it. Its
   * queue needs no bound of its own: connections and calls of each have theirs.
   */
  private static ExecutorService pool(String name, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name(name + "-", 1).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
