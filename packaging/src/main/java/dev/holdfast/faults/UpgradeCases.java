package dev.holdfast.faults;

import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.association.Trigger;
import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The program is another version from one moment to the next; the peer is one already. */
final class UpgradeCases {
  private static final Duration ENDS = Duration.ofSeconds(60);
  private static final String NEXT = "0.1.1-next";

  /** Nobody knows it yet. */
  private static final int UNKNOWN = 2_047;

  private UpgradeCases() {}

  static List<Case> all() {
    return List.of(new Swap());
  }

  /** Swapped while a step runs, and a newer peer. */
  static final class Swap implements Case {
    @Override
    public String id() {
      return "R15";
    }

    @Override
    public String claim() {
      return "a script outlives the swap of the agent's program and its end is told by the new one;"
          + " what a newer peer says and nobody knows harms nothing";
    }

    @Override
    public void run(Trial trial) throws Exception {
      swap(trial);
      newerAgent(trial);
    }

    private static void swap(Trial trial) throws Exception {
      Path next = another(trial.folder().resolve("next"));
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      rig.createScript("long", List.of(marked.mark(), "sleep 6"));
      rig.startAgent();
      String association = marked.associate("long", to -> to);
      boolean newer = false;
      int times = trial.scale().of(1, 4, 40);
      for (int i = 0; i < times; i++) {
        if (i > 0) {
          AgentCases.start(rig, association);
        }
        int begun = i + 1;
        trial.require(Field.await(ENDS, () -> marked.begun() == begun), "it does not begin");
        if (trial.random().nextBoolean()) {
          rig.agent().kill();
        } else {
          trial.require(rig.agent().stop() == 0, "it does not stop");
        }
        newer = !newer;
        rig.agentWithin(newer ? inPlace(next) : Launched.Around.NOTHING);
        long began = System.nanoTime();
        rig.startAgent();
        trial.count(Figure.FAULTS, 1);
        String status =
            Launched.run(
                rig.folder(), "holdfast-agent", List.of("status", "--state", "" + rig.state()), 0);
        trial.require(status.contains(NEXT) == newer, "the version: " + status);
        trial.require(
            Field.await(ENDS, () -> AgentCases.over(List.copyOf(marked.known().values()))),
            "its end is not told");
        trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      }
      trial.require(
          marked.known().values().stream()
              .allMatch(target -> target.getStatus() == RunStatus.RUN_STATUS_SUCCESS),
          "not all went well: " + marked.known().values());
      marked.judge(trial);
    }

    /** The launcher there in place of the one that is called. */
    private static Launched.Around inPlace(Path root) {
      return new Launched.Around(
          List.of(
              "sh",
              "-c",
              "shift; exec \"$0\" \"$@\"",
              root.resolve("packaging/bin/holdfast-agent").toString()),
          Map.of());
    }

    /** The program in another place, of another version. */
    private static Path another(Path to) throws IOException {
      Path from = Path.of(System.getProperty("holdfast.root"));
      for (String folder : List.of("packaging/bin", "packaging/lib", "agent/target/lib")) {
        Files.createDirectories(to.resolve(folder));
        try (Stream<Path> files = Files.list(from.resolve(folder))) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            Files.copy(
                file,
                to.resolve(folder).resolve(String.valueOf(file.getFileName())),
                StandardCopyOption.COPY_ATTRIBUTES);
          }
        }
      }
      try (FileSystem jar =
          FileSystems.newFileSystem(to.resolve("agent/target/lib/holdfast-agent.jar"))) {
        Path manifest = jar.getPath("META-INF/MANIFEST.MF");
        Files.writeString(
            manifest,
            Files.readString(manifest)
                .replaceAll("Implementation-Version: \\S+", "Implementation-Version: " + NEXT));
      }
      return to;
    }

    private static void newerAgent(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      HandMade agent = Field.handMade(trial, rig);
      rig.createScript("nothing", List.of("true"));
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("nothing")
                              .setScheduleExpression("rate(1 minute)")
                              .addTargets(
                                  Target.newBuilder()
                                      .setKey("InstanceIds")
                                      .addValues(agent.instance())))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      try (Talk talk = Talk.hello(agent.channel(), "spool")) {
        Optional<AssignmentSet> set = talk.set();
        AssignmentReference reference =
            set.orElseThrow(() -> new IOException("no set came")).getAssignments(0);
        Instant anchor =
            Instant.ofEpochSecond(talk.body(reference).getScheduleAnchor().getSeconds());
        // A message of which nothing is known, and a report with a status of tomorrow.
        talk.say(AgentMessage.newBuilder().setUnknownFields(unknown()));
        Report strange = report(1, association, reference, anchor);
        Report known = report(2, association, reference, anchor);
        talk.say(
            AgentMessage.newBuilder()
                .setUnknownFields(unknown())
                .setReports(
                    ReportBatch.newBuilder()
                        .addReports(
                            strange.toBuilder()
                                .setRun(strange.getRun().toBuilder().setStatusValue(UNKNOWN)))
                        .addReports(
                            known.toBuilder()
                                .setRun(known.getRun().toBuilder().setUnknownFields(unknown())))));
        Optional<Ack> ack =
            talk.await(
                message ->
                    message.hasAck()
                            && message.getAck().getStoredThroughList().stream()
                                .anyMatch(position -> position.getSequence() == 2)
                        ? Optional.of(message.getAck())
                        : Optional.empty());
        trial.require(ack.isPresent(), "it is not answered: " + talk.end(Duration.ofMillis(10)));
        trial.count(Figure.REFUSED, ack.map(Ack::getRefusedCount).orElse(0));
        trial.require(
            ack.map(Ack::getRefusedCount).orElse(0) == 1, "not that one alone is refused: " + ack);
      }
      trial.require(
          Rows.count(rig.data().resolve("holdfast.db"), "run") == 1, "the known one is not there");
      trial.count(Figure.FAULTS, 3);
    }

    private static UnknownFieldSet unknown() {
      return UnknownFieldSet.newBuilder()
          .addField(UNKNOWN, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
          .build();
    }

    private static Report report(
        long sequence, String association, AssignmentReference reference, Instant anchor) {
      return Report.newBuilder()
          .setLane(Lane.LANE_RESULTS)
          .setSequence(sequence)
          .setRun(
              RunReport.newBuilder()
                  .setAssociationId(association)
                  .setTrigger(new Trigger.Tick(anchor.plusSeconds(60 * sequence)).text())
                  .setAttempt(1)
                  .setStartNumber(sequence)
                  .setStatus(RunStatus.RUN_STATUS_SUCCESS)
                  .setDetailedStatus("Success")
                  .setAssignmentSha256(reference.getSha256())
                  .setAssociationVersion(1)
                  .setDocumentVersion(1)
                  .setStartTime(Timestamps.fromMillis(System.currentTimeMillis()))
                  .setEndTime(Timestamps.fromMillis(System.currentTimeMillis())))
          .build();
    }
  }
}
