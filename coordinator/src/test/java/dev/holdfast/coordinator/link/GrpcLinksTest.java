package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.assignment.SetSecrets;
import dev.holdfast.coordinator.server.PortLimits;
import dev.holdfast.coordinator.server.SmallRequests;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.coordinator.testing.Rows.Shape;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Renewal;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.BodyChunk;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real network on this host, without TLS: the interceptor here plays the gate. */
final class GrpcLinksTest {
  private static final Metadata.Key<String> WHO =
      Metadata.Key.of("who", Metadata.ASCII_STRING_MARSHALLER);
  private static final long PATIENCE_SECONDS = 20;

  @TempDir Path folder;
  private final Owner owner = new Owner();
  private Rows rows;
  private InstanceId one;
  private InstanceId two;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void open() throws Exception {
    rows = new Rows(folder);
    one = rows.instance(1);
    two = rows.instance(2);
    Links links =
        new Links(
            rows.store,
            new SetBodies(rows.store),
            new FakeIntake(),
            Floor.NOTHING_FOLLOWS,
            (write, instance, ask) -> Refresher.Reply.refused("no"),
            owner,
            owner,
            Quotas.DEFAULT);
    links.start();
    Authority authority =
        Authority.open(
            folder, "test.example", new SecureRandom(), Instant.now(), Duration.ofDays(7));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                SmallRequests.limit(
                    new GrpcLinks(
                            links,
                            new SetBodies(rows.store),
                            new SetSecrets(
                                rows.store,
                                ParameterKeys.open(
                                    folder.resolve("parameters.key"),
                                    rows.store,
                                    new SecureRandom()),
                                () -> Duration.ZERO,
                                UUID::randomUUID),
                            new Renewal(rows.store, authority),
                            authority,
                            owner)
                        .bindService(),
                    Limits.MAX_AGENT_MESSAGE_BYTES))
            .intercept(new AsGate())
            .maxInboundMessageSize(PortLimits.agents().messageBytes())
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().getFirst()).usePlaintext().build();
  }

  @AfterEach
  void close() throws Exception {
    channel.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    owner.stop();
    rows.close();
  }

  @Test
  void aLinkSaysHelloAndHearsOfChanges() throws Exception {
    AssociationId association = rows.create(1, one);
    Peer peer = connect(one);
    peer.hello();
    assertTrue(peer.next().hasAck());
    assertTrue(peer.next().hasSet());
    assertTrue(peer.next().hasPacing());

    rows.edit(association, new Shape("two", true, false));

    assertEquals(1, peer.next().getSet().getPendingTriggersCount());
    peer.up.onCompleted();
    assertEquals(Status.Code.OK, peer.end().getCode());
  }

  @Test
  void theOlderLinkIsAborted() throws Exception {
    Peer older = connect(one);
    older.hello();
    older.next();
    Peer newer = connect(one);
    newer.hello();

    Status end = older.end();

    assertEquals(Status.Code.ABORTED, end.getCode());
    assertEquals("a newer link of this instance was opened", end.getDescription());
    assertTrue(newer.next().hasAck());
  }

  @Test
  void whatIsNotALinkIsAbortedWithItsReason() throws Exception {
    Peer peer = connect(one);
    peer.up.onNext(AgentMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());

    assertEquals(
        "a message before the hello; the hello is the first message", peer.end().getDescription());
  }

  @Test
  void aMessageThatIsTooLargeEndsTheLinkWithItsReason() throws Exception {
    Peer peer = connect(one);
    peer.hello();
    assertTrue(peer.next().hasAck());
    AgentMessage.Builder large = AgentMessage.newBuilder();
    large
        .getReportsBuilder()
        .addReportsBuilder()
        .getInventoryBuilder()
        .setContent(ByteString.copyFrom(new byte[Limits.MAX_AGENT_MESSAGE_BYTES]));
    peer.up.onNext(large.build());

    Status end = peer.end();
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.getCode());
    assertEquals("a message has more than 262144 bytes; no more are allowed", end.getDescription());
    Peer again = connect(one);
    again.hello();
    assertTrue(again.next().hasAck());
  }

  @Test
  void oneMessageOfAnAgentWaitsAtATime() throws Exception {
    Peer peer = connect(one);
    peer.hello();
    peer.next();
    peer.next();
    peer.next();
    owner.hold();
    int before = owner.waiting();
    for (int i = 0; i < 1_000; i++) {
      peer.up.onNext(
          AgentMessage.newBuilder()
              .setHeartbeat(Heartbeat.newBuilder().setWorkLoopCount(i))
              .build());
    }
    rows.create(1, one);
    Peer other = connect(two);
    other.hello();

    for (int i = 0; i < 3; i++) { // there and back on the same connection, behind all of them
      assertThrows(StatusRuntimeException.class, () -> fetch(one, Sha256.of(new byte[0])));
    }
    assertTrue(owner.waiting() - before < 20, () -> owner.waiting() + " tasks wait");
    owner.letGo();
    assertTrue(peer.next().hasSet());
    assertTrue(other.next().hasAck());
  }

  @Test
  void aBodyComesInChunksToWhoseSetNamesItAlone() {
    AssociationId association = rows.create(1, one);
    String text = "0123456789".repeat(60_000);
    rows.edit(association, new Shape(text, true, false));
    byte[] body = text.getBytes(StandardCharsets.UTF_8);

    List<ByteString> chunks = fetch(one, Sha256.of(body));

    assertEquals(5, chunks.size());
    assertTrue(chunks.stream().allMatch(chunk -> chunk.size() <= Limits.MAX_CHUNK_BYTES));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    chunks.forEach(chunk -> whole.writeBytes(chunk.toByteArray()));
    assertArrayEquals(body, whole.toByteArray());
    assertEquals(
        Status.Code.NOT_FOUND,
        assertThrows(StatusRuntimeException.class, () -> fetch(two, Sha256.of(body)))
            .getStatus()
            .getCode());
    assertEquals(
        Status.Code.NOT_FOUND,
        assertThrows(StatusRuntimeException.class, () -> fetch(one, Sha256.of(new byte[0])))
            .getStatus()
            .getCode());
  }

  @Test
  void aHashThatIsNoneIsRefused() {
    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                stub(one)
                    .fetchBody(
                        FetchBodyRequest.newBuilder()
                            .setSha256(ByteString.copyFromUtf8("abc"))
                            .build())
                    .hasNext());
    assertEquals(Status.Code.INVALID_ARGUMENT, refusal.getStatus().getCode());
  }

  private List<ByteString> fetch(InstanceId instance, Sha256 body) {
    List<ByteString> chunks = new ArrayList<>();
    stub(instance)
        .fetchBody(FetchBodyRequest.newBuilder().setSha256(ByteString.copyFrom(body.raw())).build())
        .forEachRemaining((BodyChunk chunk) -> chunks.add(chunk.getData()));
    return chunks;
  }

  private LinkServiceGrpc.LinkServiceBlockingStub stub(InstanceId instance) {
    return LinkServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(who(instance)))
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Metadata who(InstanceId instance) {
    Metadata headers = new Metadata();
    headers.put(WHO, instance.value());
    return headers;
  }

  private Peer connect(InstanceId instance) {
    Peer peer = new Peer();
    peer.up =
        LinkServiceGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(who(instance)))
            .connect(peer);
    return peer;
  }

  private static final class Peer implements StreamObserver<CoordinatorMessage> {
    private final BlockingQueue<CoordinatorMessage> down = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
    private StreamObserver<AgentMessage> up = nowhere();

    private static StreamObserver<AgentMessage> nowhere() {
      return new StreamObserver<>() {
        @Override
        public void onNext(AgentMessage message) {
          throw new AssertionError("not connected");
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }

    void hello() {
      up.onNext(
          AgentMessage.newBuilder().setHello(Hello.newBuilder().setSpoolEpoch("spool")).build());
    }

    CoordinatorMessage next() throws InterruptedException {
      CoordinatorMessage message = down.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("nothing came; ended: " + ends);
      }
      return message;
    }

    Status end() throws InterruptedException {
      Status status = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (status == null) {
        throw new AssertionError("it did not end");
      }
      return status;
    }

    @Override
    public void onNext(CoordinatorMessage message) {
      down.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      ends.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ends.add(Status.OK);
    }
  }

  private static final class AsGate implements ServerInterceptor {
    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
      return Contexts.interceptCall(
          Context.current()
              .withValue(
                  Caller.KEY,
                  new Caller.Agent(
                      new InstanceId(String.valueOf(headers.get(WHO))),
                      "1",
                      Optional.empty(),
                      false))
              .withValue(Caller.ADDRESS, "192.0.2.1"),
          call,
          headers,
          next);
    }
  }

  /** One thread whose clock stands still; it can be held, to see what piles up before it. */
  private final class Owner implements java.util.concurrent.Executor, Timers {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Semaphore held = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().start(this::run);

    private void run() {
      try {
        while (true) {
          tasks.take().run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void hold() {
      tasks.add(held::acquireUninterruptibly);
    }

    void letGo() {
      held.release();
    }

    int waiting() {
      return tasks.size();
    }

    void stop() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Instant now() {
      return rows.timers.now();
    }

    @Override
    public Duration uptime() {
      return Duration.ZERO;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      if (delay.isZero()) {
        tasks.add(task);
      }
      return () -> {};
    }
  }
}
