package dev.holdfast.bench;

import dev.holdfast.system.Launched;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What links cost without a product, as a program of its own: a gRPC server over epoll and
 * BoringSSL that shows a coordinator's certificate, asks for those of agents, answers each hello,
 * pushes a set when told to and counts who has it. It keeps nothing and decides nothing.
 */
public final class BareServer {
  /** Of flow control, as the coordinator's. */
  private static final int WINDOW = 64 * 1024;

  private static final int PATIENCE_SECONDS = 120;

  private final Queue<StreamObserver<CoordinatorMessage>> streams = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Long> adopted = new LinkedBlockingQueue<>();

  private BareServer() {}

  /**
   * {@code BareServer DATA}: DATA is a coordinator's folder. Prints {@code ready port=N}; takes
   * {@code push ASSOCIATION-COUNT} by standard input and prints the times; ends with that.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    new BareServer().serve(Path.of(arguments[0]));
    System.exit(0);
  }

  private void serve(Path data) throws IOException, InterruptedException {
    EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    EventLoopGroup workers =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                                data.resolve("coordinator.pem").toFile(),
                                data.resolve("coordinator.key").toFile())
                            .trustManager(data.resolve("ca.pem").toFile())
                            .clientAuth(ClientAuth.OPTIONAL),
                        SslProvider.OPENSSL)
                    .protocols("TLSv1.3")
                    .build())
            .bossEventLoopGroup(boss)
            .workerEventLoopGroup(workers)
            .channelType(EpollServerSocketChannel.class)
            .flowControlWindow(WINDOW)
            .directExecutor()
            .addService(new Service())
            .build()
            .start();
    System.out.println("ready port=" + server.getPort());
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.startsWith("push")) {
        System.out.println("pushed" + push());
      }
    }
    server.shutdownNow();
  }

  /** The nanoseconds after which each has answered. */
  private String push() throws InterruptedException {
    CoordinatorMessage message = Pushed.message();
    long begun = System.nanoTime();
    streams.forEach(stream -> stream.onNext(message));
    List<Long> nanos = new ArrayList<>();
    while (nanos.size() < streams.size()) {
      Long at = adopted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (at == null) {
        throw new IllegalStateException(
            nanos.size() + " of " + streams.size() + " answered in " + PATIENCE_SECONDS + " s");
      }
      nanos.add(at - begun);
    }
    StringBuilder text = new StringBuilder();
    nanos.forEach(each -> text.append(' ').append(each));
    return text.toString();
  }

  private final class Service extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> down) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AgentMessage message) {
          if (message.hasHello()) {
            streams.add(down);
            down.onNext(
                CoordinatorMessage.newBuilder().setAck(Ack.newBuilder().setEpoch(1)).build());
          } else if (message.hasAdopted()) {
            adopted.add(System.nanoTime());
          }
        }

        @Override
        public void onError(Throwable failure) {
          streams.remove(down);
        }

        @Override
        public void onCompleted() {
          streams.remove(down);
          down.onCompleted();
        }
      };
    }
  }

  /** This program, started. */
  static final class Started implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final String address;

    /** Starts it with the certificate of a coordinator. */
    Started(Path data) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  BareServer.class.getName(),
                  data.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      out = process.inputReader(StandardCharsets.UTF_8);
      address = "127.0.0.1:" + Launched.words(line("ready ")).getOrDefault("port", "0");
    }

    /** Where it listens. */
    String address() {
      return address;
    }

    /** Its process. */
    long pid() {
      return process.pid();
    }

    /** Pushes a set to all, and waits until all have answered. */
    Times push() throws IOException {
      process.outputWriter(StandardCharsets.UTF_8).append("push\n").flush();
      String[] words = line("pushed").strip().split(" ");
      List<Long> nanos = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        nanos.add(Long.parseLong(words[i]));
      }
      return new Times(nanos);
    }

    private String line(String start) throws IOException {
      String line = out.readLine();
      if (line == null || !line.startsWith(start)) {
        throw new IOException("the bare server said " + line + " and not " + start);
      }
      return line;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
