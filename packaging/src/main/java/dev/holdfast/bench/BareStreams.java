package dev.holdfast.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a push costs without a product: one server pushes a message down many streams, each on a TLS
 * connection of its own over loopback, and each client answers it. Both sides are in this process,
 * with one network thread each.
 */
final class BareStreams implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private static final MethodDescriptor<byte[], byte[]> CONNECT =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName("holdfast.bench.Bare/Connect")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final EventLoopGroup serving =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoopGroup asking =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<StreamObserver<byte[]>> opened = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> acknowledged = new LinkedBlockingQueue<>();
  private final List<StreamObserver<byte[]>> streams = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Server server;

  /**
   * Opens all streams.
   *
   * @param data a coordinator's data folder: the server shows the same certificate as it does
   * @param answerBytes of the message by which a client answers
   */
  BareStreams(Path data, int count, int answerBytes) throws IOException, InterruptedException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                tls(
                    SslContextBuilder.forServer(
                        data.resolve("coordinator.pem").toFile(),
                        data.resolve("coordinator.key").toFile())))
            .bossEventLoopGroup(serving)
            .workerEventLoopGroup(serving)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder("holdfast.bench.Bare")
                    .addMethod(CONNECT, ServerCalls.asyncBidiStreamingCall(this::serve))
                    .build())
            .build()
            .start();
    SslContext trust =
        tls(SslContextBuilder.forClient().trustManager(data.resolve("ca.pem").toFile()));
    for (int i = 0; i < count; i++) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
              .sslContext(trust)
              .eventLoopGroup(asking)
              .channelType(NioSocketChannel.class)
              .directExecutor()
              .build();
      channels.add(channel);
      Client client = new Client(new byte[answerBytes]);
      client.up =
          ClientCalls.asyncBidiStreamingCall(channel.newCall(CONNECT, CallOptions.DEFAULT), client);
      client.up.onNext(new byte[0]);
      streams.add(taken(opened, "opened", i, count));
    }
  }

  private StreamObserver<byte[]> serve(StreamObserver<byte[]> down) {
    return new Hearing() {
      private boolean greeted;

      @Override
      public void onNext(byte[] message) {
        if (greeted) {
          acknowledged.add(System.nanoTime());
        } else {
          greeted = true;
          opened.add(down);
        }
      }
    };
  }

  /** Pushes a message to all, and waits for all answers. */
  Times push(byte[] message) throws InterruptedException {
    long begun = System.nanoTime();
    streams.forEach(stream -> stream.onNext(message));
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < streams.size(); i++) {
      nanos.add(taken(acknowledged, "answered", i, streams.size()) - begun);
    }
    return new Times(nanos);
  }

  private static <T> T taken(BlockingQueue<T> queue, String what, int so, int count)
      throws InterruptedException {
    T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (taken == null) {
      throw new IllegalStateException(
          "only "
              + so
              + " of "
              + count
              + " bare streams "
              + what
              + " in "
              + PATIENCE_SECONDS
              + " s");
    }
    return taken;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    for (EventLoopGroup group : List.of(serving, asking)) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }

  private static SslContext tls(SslContextBuilder builder) throws IOException {
    return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols("TLSv1.3").build();
  }

  /** An end of a stream whose breaking shows by what does not come. */
  private abstract static class Hearing implements StreamObserver<byte[]> {
    @Override
    public void onError(Throwable failure) {
      // Whoever waits for its message says how many are missing.
    }

    @Override
    public void onCompleted() {
      // As above.
    }
  }

  private static final class Client extends Hearing {
    private final byte[] answer;
    private @org.jspecify.annotations.Nullable StreamObserver<byte[]> up;

    Client(byte[] answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(byte[] message) {
      if (up != null) {
        up.onNext(answer);
      }
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("memory does not fail", e);
      }
    }
  }
}
