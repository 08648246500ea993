package dev.holdfast.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Enrolment;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.simulate.LightDisk;
import dev.holdfast.config.HostPort;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.Platform;
import dev.holdfast.wire.agent.SetAdopted;
import dev.holdfast.wire.v1.CreateActivationResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Many links with no agent behind them, by the agents' own connections: each says hello, and that
 * it holds whatever set is wanted of it. All in this process, on one network thread.
 */
final class Crowd implements AutoCloseable {
  private static final int ENROLLING = 8;
  private static final int PATIENCE_SECONDS = 120;

  private final Channels channels = new Channels(Clock.systemUTC());
  private final List<Member> members = new ArrayList<>();

  /** Hears what comes down a link, on the network's thread. */
  interface Ear {
    /** A message came. */
    void heard(Member member, CoordinatorMessage message);
  }

  /** Enrols so many instances with the coordinator of a rig. */
  List<Identity> enrol(Rig rig, int count) throws IOException, InterruptedException {
    CreateActivationResponse activation = rig.activate(count, Map.of());
    Enrolment.Wish wish =
        new Enrolment.Wish(
            HostPort.parse(rig.agentAddress()),
            new Enrolment.Anchor.Authority(
                ByteString.copyFrom(Files.readAllBytes(rig.data().resolve("ca.pem")))),
            activation.getActivationId(),
            activation.getActivationCode(),
            "bench",
            "bench");
    SecureRandom random = new SecureRandom();
    List<Identity> all = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(ENROLLING)) {
      List<Future<Identity>> asked = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        asked.add(
            pool.submit(
                () ->
                    new Enrolment(new IdentityFile(new LightDisk()), channels, random).ask(wish)));
      }
      for (Future<Identity> one : asked) {
        all.add(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an instance could not enrol: " + e.getCause(), e);
    }
    return all;
  }

  /**
   * Opens a link for each identity, so many at once, and waits until each hello was answered.
   *
   * @return the seconds that it took
   */
  double open(List<Identity> identities, String address, int atOnce, Ear ear)
      throws InterruptedException {
    Semaphore room = new Semaphore(atOnce);
    AtomicReference<Optional<String>> failed = new AtomicReference<>(Optional.empty());
    HostPort server = HostPort.parse(address);
    long begun = System.nanoTime();
    for (Identity identity : identities) {
      take(room, 1, failed);
      Member member = new Member(identity, channels.open(identity.at(server)), room, failed, ear);
      members.add(member);
      member.begin();
    }
    take(room, atOnce, failed);
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void take(Semaphore room, int permits, AtomicReference<Optional<String>> failed)
      throws InterruptedException {
    boolean taken = room.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS);
    failed
        .get()
        .ifPresent(
            reason -> {
              throw new IllegalStateException("a link was not opened: " + reason);
            });
    if (!taken) {
      throw new IllegalStateException("links were not opened in " + PATIENCE_SECONDS + " s");
    }
  }

  /** All links. */
  List<Member> members() {
    return members;
  }

  /** Ends all links; more can be opened. */
  void leave() {
    members.forEach(Member::end);
    members.clear();
  }

  @Override
  public void close() {
    leave();
    channels.close();
  }

  /** One link. */
  static final class Member implements StreamObserver<CoordinatorMessage> {
    private final Identity identity;
    private final ManagedChannel channel;
    private final Semaphore room;
    private final AtomicReference<Optional<String>> failed;
    private final Ear ear;
    private Optional<StreamObserver<AgentMessage>> up = Optional.empty();
    private volatile Optional<AssignmentSet> set = Optional.empty();
    private boolean open;
    private volatile boolean over;

    private Member(
        Identity identity,
        ManagedChannel channel,
        Semaphore room,
        AtomicReference<Optional<String>> failed,
        Ear ear) {
      this.identity = identity;
      this.channel = channel;
      this.room = room;
      this.failed = failed;
      this.ear = ear;
    }

    private void begin() {
      StreamObserver<AgentMessage> stream = LinkServiceGrpc.newStub(channel).connect(this);
      up = Optional.of(stream);
      stream.onNext(
          AgentMessage.newBuilder()
              .setHello(
                  Hello.newBuilder()
                      .setAgentVersion("bench")
                      .setPlatform(Platform.newBuilder().setType("Linux").setComputerName("bench"))
                      .setBootId("boot")
                      .setInstallNonce(identity.installNonce())
                      .setClock(Timestamps.fromMillis(System.currentTimeMillis()))
                      .setSpoolEpoch(spool()))
              .build());
    }

    /** The instance, and its key. */
    Identity identity() {
      return identity;
    }

    /** The name of its spool. */
    String spool() {
      return "spool-" + identity.instance();
    }

    /** For calls on the same connection. */
    ManagedChannel channel() {
      return channel;
    }

    /** The set that is wanted of it; empty if none was told. */
    Optional<AssignmentSet> set() {
      return set;
    }

    /** Sends a message; by one thread at a time. */
    void say(AgentMessage message) {
      up.ifPresent(stream -> stream.onNext(message));
    }

    @Override
    public void onNext(CoordinatorMessage message) {
      if (!open) {
        open = true;
        room.release();
      }
      if (message.hasSet()) {
        set = Optional.of(message.getSet());
        say(
            AgentMessage.newBuilder()
                .setAdopted(
                    SetAdopted.newBuilder()
                        .setGeneration(message.getSet().getGeneration())
                        .setSetSha256(message.getSet().getSha256()))
                .build());
      }
      ear.heard(this, message);
    }

    @Override
    public void onError(Throwable failure) {
      if (!over) {
        failed.set(Optional.of(Status.fromThrowable(failure).toString()));
        room.release();
      }
    }

    @Override
    public void onCompleted() {
      onError(Status.ABORTED.withDescription("the server ended the link").asRuntimeException());
    }

    private void end() {
      over = true;
      channel.shutdownNow();
    }
  }
}
