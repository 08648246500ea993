package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import com.google.protobuf.MessageLite;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.ReportBatch;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What comes over the network is anything at all, too much, or from everybody at once. */
final class LinkCases {
  private LinkCases() {}

  static List<Case> all() {
    return List.of(new MutatedMessages(), new Storm());
  }

  /** Bytes as they are. */
  private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Messages that are almost right, to every method that an agent or a stranger can call. */
  static final class MutatedMessages implements Case {
    /** After so many messages the programs have loaded what they need for them. */
    private static final int WARM = 1_000;

    @Override
    public String id() {
      return "T01";
    }

    @Override
    public String claim() {
      return "no bytes to any method that an agent or a stranger can call make the coordinator end,"
          + " leak or lose an honest agent";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int messages = trial.scale().of(2_000, 50_000, 1_000_000);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Load load = Load.start(trial, rig, 2, 2, 10);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      HandMade attacker = Field.handMade(trial, rig);
      List<MessageLite> models =
          List.of(
              AgentMessage.newBuilder()
                  .setHello(Hello.newBuilder().setSpoolEpoch("spool").setBootId("boot"))
                  .build(),
              AgentMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder()).build(),
              AgentMessage.newBuilder().setReports(ReportBatch.newBuilder()).build());
      double before = 0;
      int sent = 0;
      while (sent < messages) {
        for (ServiceDescriptor service :
            List.of(
                LinkServiceGrpc.getServiceDescriptor(),
                EnrolmentServiceGrpc.getServiceDescriptor())) {
          for (MethodDescriptor<?, ?> method : service.getMethods()) {
            int some = Math.min(200, messages - sent + 1);
            send(attacker.channel(), method, payloads(trial.random(), models, some));
            if (sent < WARM && sent + some >= WARM) {
              before = Memory.resident(rig.coordinator().pid());
            }
            sent += some;
          }
        }
        trial.largest(Figure.PEAK_RSS, Memory.resident(rig.coordinator().pid()));
      }
      trial.figure(Figure.FAULTS, sent);
      trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
      trial.require(load.moves(Duration.ofSeconds(30)), "an honest agent is not answered any more");
      double grown = Memory.resident(rig.coordinator().pid()) - before;
      trial.note("grown-mb", Math.round(grown));
      // What a busy coordinator takes for its honest load is in this as well.
      trial.require(grown < 100, "it grew by " + grown + " MB");
      load.judge(trial, 20);
      trial.require(!rig.coordinator().said().contains("OutOfMemoryError"), "it ran out of memory");
    }

    private static List<byte[]> payloads(
        RandomGenerator random, List<MessageLite> models, int count) {
      List<byte[]> payloads = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] bytes = models.get(random.nextInt(models.size())).toByteArray();
        payloads.add(
            switch (random.nextInt(4)) {
              case 0 -> nested(1 + random.nextInt(5_000));
              case 1 -> noise(random, random.nextInt(600));
              case 2 -> java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 40));
              default -> flipped(random, bytes);
            });
      }
      return payloads;
    }

    private static byte[] noise(RandomGenerator random, int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }

    private static byte[] flipped(RandomGenerator random, byte[] bytes) {
      byte[] flipped = bytes.clone();
      for (int i = 0; i < 3 && flipped.length > 0; i++) {
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return flipped;
    }

    /** Groups within groups, of a field that nobody knows. */
    private static byte[] nested(int depth) {
      byte[] bytes = new byte[2 * depth];
      for (int i = 0; i < depth; i++) {
        bytes[i] = (byte) (15 << 3 | 3);
        bytes[bytes.length - 1 - i] = (byte) (15 << 3 | 4);
      }
      return bytes;
    }

    private static void send(
        ManagedChannel channel, MethodDescriptor<?, ?> method, List<byte[]> payloads)
        throws InterruptedException {
      MethodDescriptor<byte[], byte[]> raw =
          MethodDescriptor.<byte[], byte[]>newBuilder(Raw.BYTES, Raw.BYTES)
              .setFullMethodName(method.getFullMethodName())
              .setType(method.getType())
              .build();
      boolean stream = method.getType() == MethodDescriptor.MethodType.BIDI_STREAMING;
      CountDownLatch ends = new CountDownLatch(payloads.size());
      for (byte[] payload : payloads) {
        StreamObserver<byte[]> answer =
            new StreamObserver<>() {
              @Override
              public void onNext(byte[] value) {}

              @Override
              public void onError(Throwable failure) {
                ends.countDown();
              }

              @Override
              public void onCompleted() {
                ends.countDown();
              }
            };
        var call =
            channel.newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
        if (stream) {
          StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(call, answer);
          out.onNext(payload);
          out.onCompleted();
        } else {
          ClientCalls.asyncServerStreamingCall(call, payload, answer);
        }
      }
      ends.await(30, TimeUnit.SECONDS);
    }
  }

  /** The coordinator goes away under a fleet and is there again. */
  static final class Storm implements Case {
    @Override
    public String id() {
      return "T07";
    }

    @Override
    public String claim() {
      return "a fleet whose coordinator went away does not knock in step, and is back within two"
          + " minutes of its return";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int agents = trial.scale().of(40, 600, 2_000);
      Rig rig = trial.closing(new Rig());
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      Proxy road = trial.closing(Proxy.to(rig.agentAddress()));
      rig.agentsGoBy(road.address());
      rig.createScript("nothing", List.of("true"));
      double before = Memory.resident(rig.coordinator().pid());
      rig.startAgents(agents, Duration.ofMinutes(5));
      trial.figure(
          Figure.BYTES_PER_AGENT,
          (Memory.resident(rig.coordinator().pid()) - before) * 1024 * 1024 / agents);
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAcknowledgeTargets(Integer.MAX_VALUE)
                      .setAssociation(
                          Association.newBuilder()
                              .setName("nothing")
                              .setScheduleExpression("rate(1 day)")
                              .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      int times = trial.scale().of(1, 2, 10);
      for (int i = 0; i < times; i++) {
        rig.coordinator().kill();
        int most = mostAtOnce(road, Duration.ofSeconds(trial.scale().of(5, 5, 20)));
        trial.note("most-at-once", most);
        trial.require(
            most <= agents / 2, most + " of " + agents + " came within a tenth of a second");
        long began = System.nanoTime();
        rig.startCoordinator();
        trial.count(Figure.FAULTS, 1);
        rename(rig, association, "round-" + i);
        boolean all =
            Field.await(Duration.ofMinutes(2), () -> online(Field.instances(rig)) == agents);
        double seconds = (System.nanoTime() - began) / 1e9;
        trial.largest(Figure.RECOVERY, seconds);
        trial.figure(Figure.HANDSHAKES, agents / seconds);
        trial.require(all, "after two minutes " + online(Field.instances(rig)) + " of " + agents);
        trial.largest(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
      }
      trial.figure(Figure.ACKED, agents);
      trial.figure(Figure.STORED, Field.instances(rig).size());
      trial.figure(Figure.LOST, agents - Field.instances(rig).size());
    }

    /**
     * How many came within one tenth of a second, after all were cut off at once; a tenth that took
     * longer since the machine was busy says nothing.
     */
    private static int mostAtOnce(Proxy road, Duration time) throws InterruptedException {
      TimeUnit.MILLISECONDS.sleep(500);
      int most = 0;
      int before = road.accepted();
      long began = System.nanoTime();
      for (long left = time.toMillis(); left > 0; left -= 100) {
        TimeUnit.MILLISECONDS.sleep(100);
        int now = road.accepted();
        long ended = System.nanoTime();
        if (ended - began < TimeUnit.MILLISECONDS.toNanos(150)) {
          most = Math.max(most, now - before);
        }
        before = now;
        began = ended;
      }
      return most;
    }

    private static void rename(Rig rig, String association, String value) {
      var _ =
          rig.associations()
              .updateAssociation(
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setAcknowledgeTargets(Integer.MAX_VALUE)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("association_name"))
                      .setAssociation(Association.newBuilder().setAssociationName(value))
                      .build());
    }

    private static long online(List<InstanceInformation> instances) {
      return instances.stream()
          .filter(each -> each.getPingStatus() == PingStatus.PING_STATUS_ONLINE)
          .count();
    }
  }
}
