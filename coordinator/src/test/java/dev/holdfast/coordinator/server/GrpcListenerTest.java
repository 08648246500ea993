package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.task.TokenBucket.Rate;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.RenewRequest;
import dev.holdfast.wire.agent.RenewResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over TLS on loopback, with one thread for calls, which a call takes for as long as it likes. */
final class GrpcListenerTest {
  private static final String STREAM = LinkServiceGrpc.getConnectMethod().getFullMethodName();
  private static final long SOON_MILLIS = 300;
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch taken = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final BlockingQueue<String> heardOn = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> gone = new LinkedBlockingQueue<>();
  private Optional<GrpcListener> listener = Optional.empty();
  private Optional<ManagedChannel> channel = Optional.empty();
  private @TempDir Path folder;
  private Authority authority;

  @BeforeEach
  void makeAnAuthority() throws Exception {
    authority =
        Authority.open(
            folder, "test.example", new SecureRandom(), Instant.now(), Duration.ofDays(7));
  }

  @AfterEach
  void stop() {
    release.countDown();
    channel.ifPresent(ManagedChannel::shutdownNow);
    listener.ifPresent(open -> open.stop(Duration.ZERO));
  }

  @Test
  void whatIsPassedOnIsHeardWhileAllThreadsForCallsWait() throws Exception {
    LinkServiceGrpc.LinkServiceStub stub = open(Set.of(STREAM));
    StreamObserver<AgentMessage> up = stub.connect(new Nobody<>());
    up.onNext(AgentMessage.getDefaultInstance());
    assertTrue(heard().isPresent());
    takeTheThread(stub);

    up.onNext(AgentMessage.getDefaultInstance());

    assertTrue(heard().orElseThrow().startsWith("agent-io"));
    up.onCompleted();
    assertTrue(gone.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).startsWith("agent-io"));
  }

  @Test
  void whatMayWaitIsHeardOnTheThreadsForCalls() throws Exception {
    LinkServiceGrpc.LinkServiceStub stub = open(Set.of());
    StreamObserver<AgentMessage> up = stub.connect(new Nobody<>());
    up.onNext(AgentMessage.getDefaultInstance());
    assertTrue(heard().orElseThrow().startsWith("agent-call"));
    takeTheThread(stub);

    up.onNext(AgentMessage.getDefaultInstance());

    assertEquals(Optional.empty(), Optional.ofNullable(heardOn.poll(SOON_MILLIS, MILLIS)));
    release.countDown();
    assertTrue(heard().orElseThrow().startsWith("agent-call"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesAreHeardInOrder(boolean passedOn) throws Exception {
    StreamObserver<AgentMessage> up =
        open(passedOn ? Set.of(STREAM) : Set.of()).connect(new Nobody<>());
    for (int i = 0; i < 2_000; i++) {
      up.onNext(AgentMessage.getDefaultInstance());
    }
    up.onCompleted();

    assertFalse(
        Optional.ofNullable(gone.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEmpty(), "its end");
    assertEquals(2_000, heardOn.size(), "all came before its end");
  }

  private static final TimeUnit MILLIS = TimeUnit.MILLISECONDS;

  private Optional<String> heard() throws InterruptedException {
    return Optional.ofNullable(heardOn.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private void takeTheThread(LinkServiceGrpc.LinkServiceStub stub) throws InterruptedException {
    stub.renew(RenewRequest.getDefaultInstance(), new Nobody<>());
    assertTrue(taken.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private LinkServiceGrpc.LinkServiceStub open(Set<String> passedOn) throws Exception {
    Authority.Identity own =
        authority.coordinator(folder, List.of("localhost", "127.0.0.1"), Instant.now());
    GrpcListener made =
        new GrpcListener(
            "agent",
            HostPort.parse("127.0.0.1:0"),
            Tls.admins(new ShownIdentity(own.key(), own.certificate(), authority.shown())),
            PortLimits.agents(),
            new Admission(
                new Admission.Settings(10, 10, 10, new Rate(100, 100)),
                new AtomicInteger(),
                () -> Duration.ofNanos(System.nanoTime())),
            List.of(),
            List.of(new Service().bindService()),
            new GrpcListener.Threads(1, passedOn));
    listener = Optional.of(made);
    HostPort at = made.start();
    ManagedChannel opened =
        NettyChannelBuilder.forAddress("127.0.0.1", at.port())
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(authority.certificate())
                    .protocols("TLSv1.3")
                    .build())
            .build();
    channel = Optional.of(opened);
    return LinkServiceGrpc.newStub(opened);
  }

  private final class Service extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<AgentMessage> connect(StreamObserver<CoordinatorMessage> down) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AgentMessage message) {
          heardOn.add(Thread.currentThread().getName());
        }

        @Override
        public void onError(Throwable failure) {
          gone.add(Thread.currentThread().getName());
        }

        @Override
        public void onCompleted() {
          gone.add(Thread.currentThread().getName());
          down.onCompleted();
        }
      };
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
      taken.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      answer.onCompleted();
    }
  }

  /** Who does not care what is answered. */
  private static final class Nobody<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      // Nothing is to be done.
    }

    @Override
    public void onError(Throwable failure) {
      // The test ends it.
    }

    @Override
    public void onCompleted() {
      // Nothing is to be done.
    }
  }
}
