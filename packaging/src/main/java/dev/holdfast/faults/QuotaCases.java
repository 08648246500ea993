package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.RetryTime;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.HostCondition;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.RunStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One peer that says too much, and roads that are bad. */
final class QuotaCases {
  private QuotaCases() {}

  static List<Case> all() {
    return List.of(new Noisy(), new BadRoads());
  }

  /** One agent sends as much as it can, another reports as fast as it can, a script calls so. */
  static final class Noisy implements Case {
    private static final int RESULTS_AT_ONCE = 1_000;
    private static final int BATCH = 100;
    private static final int MESSAGES_AT_ONCE = 100;
    private static final int MESSAGES_A_SECOND = 20;

    /** What is on its way at once may have come beyond the quota: a window and a buffer. */
    private static final int ON_THE_WAY = 60;

    @Override
    public String id() {
      return "T06";
    }

    @Override
    public String claim() {
      return "who sends too much is slowed down or told when to come again, and the others do not"
          + " notice";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int honest = trial.scale().of(8, 40, 99);
      int seconds = trial.scale().of(8, 40, 120);
      Rig rig = Field.coordinator(trial, Field.AS_DELIVERED);
      Load load = Load.start(trial, rig, honest, 1, 1);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      long calm = store(rig);
      Reporter reporter = Reporter.of(rig, Field.handMade(trial, rig), load.association());
      Thread reports = Thread.ofVirtual().start(() -> report(reporter));
      long began = System.nanoTime();
      int messages = shout(trial, rig, seconds);
      double lasted = (System.nanoTime() - began) / 1e9;
      reporter.stop();
      trial.note("messages", messages);
      trial.note("results", reporter.acknowledged());
      trial.note("store-grew-mb", (store(rig) - calm) / (1024 * 1024));
      trial.require(
          messages <= MESSAGES_AT_ONCE + MESSAGES_A_SECOND * lasted + ON_THE_WAY,
          messages + " messages were read in " + Math.round(lasted) + " s");
      trial.require(messages > MESSAGES_AT_ONCE, "it was not read any more: " + messages);
      trial.require(
          reporter.acknowledged() <= RESULTS_AT_ONCE + lasted + 2 * BATCH,
          reporter.acknowledged() + " results were stored in " + Math.round(lasted) + " s");
      trial.requireInTime(
          reporter.acknowledged() >= RESULTS_AT_ONCE, "it may report much after it was offline");
      reconnect(trial, rig);
      call(trial, rig);
      reports.join(Duration.ofSeconds(150));
      trial.require(
          reporter.lost(rig, reporter.acknowledged(), 20) == 0,
          "of the slowed one something is lost");
      trial.figure(Figure.FAULTS, messages + reporter.acknowledged());
      load.judge(trial, 3);
      trial.requireInTime(
          trial.result().figures().getOrDefault(Figure.ACK_P99, 0.0) < 2_000,
          "honest agents waited 2 s and more for acknowledgements");
      trial.figure(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
    }

    private static void report(Reporter reporter) {
      try {
        reporter.report(BATCH, 1_000_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Messages of 6 KB, as many as the network takes; how many it took. */
    private static int shout(Trial trial, Rig rig, int seconds)
        throws IOException, GeneralSecurityException, InterruptedException {
      Heartbeat.Builder large = Heartbeat.newBuilder();
      for (int i = 0; i < 20; i++) {
        large.addConditions(HostCondition.newBuilder().setCode("C").setMessage("x".repeat(300)));
      }
      HandMade agent = Field.handMade(trial, rig);
      int sent = 0;
      try (Talk talk = Talk.hello(agent.channel(), "spool")) {
        trial.require(talk.set().isPresent(), "it was not linked");
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (System.nanoTime() < end) {
          if (talk.ready()) {
            talk.say(AgentMessage.newBuilder().setHeartbeat(large.setWorkLoopCount(++sent)));
          } else {
            TimeUnit.MILLISECONDS.sleep(1);
          }
        }
        trial.require(
            talk.end(Duration.ofMillis(10)).isEmpty(), "it was sent away, not slowed down");
      }
      return sent;
    }

    /** Links one after the other: some are taken, the next is told when to come. */
    private static void reconnect(Trial trial, Rig rig)
        throws IOException, GeneralSecurityException, InterruptedException {
      HandMade agent = Field.handMade(trial, rig);
      int taken = 0;
      Optional<Duration> retry = Optional.empty();
      for (int i = 0; i < 30 && retry.isEmpty(); i++) {
        try (Talk talk = Talk.hello(agent.channel(), "spool")) {
          if (talk.set().isPresent()) {
            taken++;
          } else {
            Optional<Status> end = talk.end(Duration.ofSeconds(5));
            trial.require(
                end.map(Status::getCode).equals(Optional.of(Status.Code.RESOURCE_EXHAUSTED)),
                "the link too many ended with " + end);
            retry = talk.retryAfter();
          }
        }
      }
      trial.note("links", taken);
      trial.require(taken >= 6 && taken <= 12, "links at once: " + taken);
      trial.require(
          retry.filter(time -> time.compareTo(Duration.ofSeconds(10)) <= 0).isPresent(),
          "it was told to come again after " + retry);
      TimeUnit.MILLISECONDS.sleep(retry.orElse(Duration.ZERO).toMillis());
      try (Talk talk = Talk.hello(agent.channel(), "spool")) {
        trial.require(talk.set().isPresent(), "after the time that it was told it is not let in");
      }
    }

    /** A script that calls without end. */
    private static void call(Trial trial, Rig rig) throws InterruptedException {
      var documents =
          DocumentServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      Optional<Duration> retry = Optional.empty();
      int answered = 0;
      for (int i = 0; i < 5_000 && retry.isEmpty(); i++) {
        try {
          var _ =
              documents.describeDocument(
                  DescribeDocumentRequest.newBuilder().setName("load").build());
          answered++;
        } catch (StatusRuntimeException e) {
          trial.require(e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED, "refused: " + e);
          retry = RetryTime.of(e);
        }
      }
      trial.note("calls", answered);
      trial.require(retry.isPresent(), "a script may call as often as it likes");
      TimeUnit.MILLISECONDS.sleep(retry.orElse(Duration.ZERO).toMillis() + 5_000);
    }

    private static long store(Rig rig) throws IOException {
      long bytes = 0;
      try (Stream<Path> files = Files.list(rig.data())) {
        for (Path file :
            files.filter(path -> path.getFileName().toString().contains(".db")).toList()) {
          bytes += Files.size(file);
        }
      }
      return bytes;
    }
  }

  /** A real agent whose road to the coordinator is bad in each of the ways that roads are. */
  static final class BadRoads implements Case {
    private static final Duration DETECTED = Duration.ofSeconds(65);
    private static final Duration CONVERGED = Duration.ofMinutes(2);

    @Override
    public String id() {
      return "R18";
    }

    @Override
    public String claim() {
      return "a road that drops one way, flaps, is slow or never answers is noticed, leaks nothing,"
          + " and all converges once it is good";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.AS_DELIVERED);
      Proxy road = trial.closing(Proxy.to(rig.agentAddress()));
      rig.agentsGoBy(road.address());
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      rig.createScript("road", List.of("true"));
      String association = AgentCases.associate(rig, instance, "road");
      trial.require(
          Field.await(CONVERGED, () -> !rig.executions(association).isEmpty()), "it never ran");
      int coordinatorFiles = files(rig.coordinator().pid());
      int agentFiles = files(rig.agent().pid());
      boolean all = trial.scale() != Scale.SMOKE;
      List<String> broken = new ArrayList<>();

      road.slow(1_000);
      broken.addAll(converges(trial, rig, association, "slow"));
      road.slow(Long.MAX_VALUE);
      for (int i = 0; i < trial.scale().of(3, 10, 120); i++) {
        road.cut();
        TimeUnit.SECONDS.sleep(trial.scale().of(1, 5, 5));
        trial.count(Figure.FAULTS, 1);
      }
      broken.addAll(converges(trial, rig, association, "flap"));
      if (all) {
        road.open(true, false);
        broken.addAll(noticed(rig, instance, "down"));
        road.open(true, true);
        broken.addAll(converges(trial, rig, association, "no way down"));
        road.open(false, true);
        broken.addAll(noticed(rig, instance, "up"));
        road.open(true, true);
        broken.addAll(converges(trial, rig, association, "no way up"));
        road.open(false, false);
        road.cut();
        TimeUnit.SECONDS.sleep(30);
        road.open(true, true);
        broken.addAll(converges(trial, rig, association, "taken and never answered"));
      }
      broken.forEach(what -> trial.require(false, what));
      trial.require(
          Field.await(
              Duration.ofSeconds(40),
              () ->
                  files(rig.coordinator().pid()) <= coordinatorFiles + 5
                      && files(rig.agent().pid()) <= agentFiles + 5),
          "open files grew: coordinator "
              + coordinatorFiles
              + " to "
              + files(rig.coordinator().pid())
              + ", agent "
              + agentFiles
              + " to "
              + files(rig.agent().pid()));
      long told =
          rig.agent().said().lines().filter(line -> line.contains("no link to the coord")).count();
      trial.note("log-lines", told);
    }

    /** Something that is wanted runs in time. */
    private static List<String> converges(Trial trial, Rig rig, String association, String after)
        throws InterruptedException {
      long began = System.nanoTime();
      String execution = AgentCases.start(rig, association);
      boolean ran =
          Field.await(
              CONVERGED,
              () ->
                  rig.targets(association, execution).stream()
                      .map(AssociationExecutionTarget::getStatus)
                      .anyMatch(RunStatus.RUN_STATUS_SUCCESS::equals));
      double seconds = (System.nanoTime() - began) / 1e9;
      trial.largest(Figure.RECOVERY, seconds);
      trial.count(Figure.FAULTS, 1);
      trial.note(after.replace(' ', '-') + "-s", Math.round(seconds));
      return ran ? List.of() : List.of("after a road that was '" + after + "' nothing runs");
    }

    private static List<String> noticed(Rig rig, String instance, String way)
        throws InterruptedException {
      return Field.await(
              DETECTED,
              () ->
                  Field.instances(rig).stream()
                      .anyMatch(
                          each ->
                              each.getInstanceId().equals(instance)
                                  && each.getPingStatus()
                                      == dev.holdfast.wire.v1.PingStatus
                                          .PING_STATUS_CONNECTION_LOST))
          ? List.of()
          : List.of("that nothing goes " + way + " was not noticed");
    }

    private static int files(long pid) {
      try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
        return (int) open.count();
      } catch (IOException e) {
        return 0;
      }
    }
  }
}
