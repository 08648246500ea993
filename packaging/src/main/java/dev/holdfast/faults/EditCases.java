package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.system.Launched;
import dev.holdfast.system.RateDrive;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wanted changes while somebody is away, and the coordinator goes while it decides. */
final class EditCases {
  private EditCases() {}

  static List<Case> all() {
    return List.of(new SecondProcess(), new Away(), new RateControl());
  }

  /** Two coordinators on one store. */
  static final class SecondProcess implements Case {
    @Override
    public String id() {
      return "R17";
    }

    @Override
    public String claim() {
      return "a second coordinator on a store that one has open ends within 5 s and says why; the"
          + " first goes on";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Load load = Load.start(trial, rig, 2, 4, 20);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      for (int i = 0; i < trial.scale().of(1, 5, 20); i++) {
        Path folder = Files.createTempDirectory(trial.folder(), "second");
        long began = System.nanoTime();
        try (Launched second =
            Launched.start(
                folder,
                "holdfast-coordinator",
                List.of(
                    "serve",
                    "--data",
                    rig.data().toString(),
                    "--agent-listen",
                    "127.0.0.1:0",
                    "--admin-listen",
                    "127.0.0.1:0",
                    "--metrics-listen",
                    "127.0.0.1:0"))) {
          int code = second.awaitEnd(Duration.ofSeconds(60));
          double seconds = (System.nanoTime() - began) / 1e9;
          trial.largest(Figure.RECOVERY, seconds);
          trial.requireInTime(seconds <= 5, "it ended after " + seconds + " s");
          trial.require(code == 1, "it ended with " + code);
          List<String> said = second.said().strip().lines().toList();
          trial.require(
              said.size() == 1
                  && said.getFirst().contains(rig.data().toString())
                  && said.getFirst().contains("another"),
              "it said: " + said);
        }
        trial.count(Figure.FAULTS, 1);
        trial.require(load.moves(Duration.ofSeconds(60)), "the first one does not go on");
      }
      load.judge(trial, 40);
    }
  }

  /** Edits, and a removal, that an agent learns of when it comes back. */
  static final class Away implements Case {
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    @Override
    public String id() {
      return "R19";
    }

    @Override
    public String claim() {
      return "back from being away an agent runs the newest version alone, what was removed never,"
          + " and what it ran under the old one is told as that";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      rig.startAgent();
      Script script = new Script(rig, trial.folder().resolve("log"));
      script.define(marked.mark());
      List<String> all = new ArrayList<>();
      for (int i = 0; i < trial.scale().of(3, 5, 20); i++) {
        all.add(
            marked.associate(
                "versioned",
                to ->
                    to.setScheduleExpression("cron(* * * * ? *)")
                        .setParameters(Script.version(1))));
      }
      String removed = script.unmarked();
      trial.require(
          Field.await(PATIENCE, () -> all.stream().allMatch(id -> script.ran(id, "change", 1))),
          "not all begins");
      for (int i = 0; i < trial.scale().of(1, 1, 5); i++) {
        away(trial, marked, script, all, removed);
        removed = script.unmarked();
      }
      marked.judge(trial);
    }

    private static void away(
        Trial trial, Marked marked, Script script, List<String> all, String removed)
        throws Exception {
      Rig rig = marked.rig();
      rig.coordinator().kill();
      int before = script.lines().size();
      trial.require(
          Field.await(
              PATIENCE,
              () ->
                  all.stream().allMatch(id -> script.ranSince(before, id, "tick"))
                      && script.ranSince(before, removed, "tick")),
          "offline it does not go by its schedule");
      rig.agent().kill();
      rig.startCoordinator();
      Map<String, Integer> newest = new HashMap<>();
      Set<String> dropped = new HashSet<>();
      for (int edit = 0; edit < trial.scale().of(8, 50, 50); edit++) {
        String id = all.get(trial.random().nextInt(all.size()));
        int version = script.next();
        script.edit(id, version);
        Integer older = newest.put(id, version);
        if (older != null) {
          dropped.add(id + " " + older);
        }
        trial.count(Figure.FAULTS, 1);
      }
      var _ =
          rig.associations()
              .deleteAssociation(
                  DeleteAssociationRequest.newBuilder().setAssociationId(removed).build());
      long began = System.nanoTime();
      rig.startAgent();
      trial.require(
          Field.await(
              PATIENCE,
              () ->
                  newest.entrySet().stream()
                      .allMatch(each -> script.ran(each.getKey(), "change", each.getValue()))),
          "not all is run in its newest version: " + newest + script.lines());
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      int back = script.lines().size();
      trial.require(
          Field.await(
              PATIENCE, () -> all.stream().allMatch(id -> script.ranSince(back, id, "tick"))),
          "it does not go on");
      trial.require(
          !script.ranSince(back, removed, ""), "what was removed runs: " + script.lines());
      for (Map.Entry<String, Integer> each : newest.entrySet()) {
        trial.require(
            script.lines().subList(back, script.lines().size()).stream()
                .filter(line -> line.startsWith(each.getKey() + " "))
                .allMatch(line -> line.endsWith(" " + each.getValue())),
            "an old version runs: " + script.lines());
      }
      trial.require(
          dropped.stream()
              .noneMatch(old -> script.lines().stream().anyMatch(line -> same(line, old))),
          "a version that was replaced before the agent knew it ran");
      // What ran offline is there, as what it was: each row names the version that ran.
      Map<Integer, Long> versions = new HashMap<>();
      for (AssociationExecutionTarget target : marked.known().values()) {
        versions.merge(target.getAssociationVersion(), 1L, Long::sum);
      }
      trial.require(versions.getOrDefault(1, 0L) > 0, "no run under the old version: " + versions);
    }

    private static boolean same(String line, String idAndVersion) {
      String[] words = line.split(" ");
      return (words[0] + " " + words[2]).equals(idAndVersion);
    }
  }

  /** A script that says which association and which version of it runs, and why. */
  private static final class Script {
    private final Rig rig;
    private final Path log;
    private int versions = 1;

    Script(Rig rig, Path log) {
      this.rig = rig;
      this.log = log;
    }

    void define(String mark) {
      create("versioned", mark);
      create("unmarked", "true");
    }

    private void create(String name, String first) {
      String content =
          """
          schemaVersion: '2.2'
          parameters:
            Version:
              type: String
          mainSteps:
          - action: aws:runShellScript
            name: say
            inputs:
              runCommand:
              - |-
                %s
              - echo "$HOLDFAST_ASSOCIATION_ID $HOLDFAST_TRIGGER {{ Version }}" >> %s
          """
              .formatted(first, log);
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder().setName(name).setContent(content).build());
    }

    /** One more association, that says what it does and leaves no mark. */
    String unmarked() {
      return rig.associations()
          .createAssociation(
              dev.holdfast.wire.v1.CreateAssociationRequest.newBuilder()
                  .setAssociation(
                      Association.newBuilder()
                          .setName("unmarked")
                          .setScheduleExpression("cron(* * * * ? *)")
                          .setParameters(version(1))
                          .addTargets(
                              dev.holdfast.wire.v1.Target.newBuilder()
                                  .setKey("InstanceIds")
                                  .addValues("*")))
                  .build())
          .getAssociationDescription()
          .getAssociationId();
    }

    static Struct version(int number) {
      return Struct.newBuilder()
          .putFields("Version", Value.newBuilder().setStringValue(Integer.toString(number)).build())
          .build();
    }

    int next() {
      return ++versions;
    }

    void edit(String association, int version) {
      var _ =
          rig.associations()
              .updateAssociation(
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("parameters"))
                      .setAssociation(Association.newBuilder().setParameters(version(version)))
                      .build());
    }

    List<String> lines() {
      try {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean ran(String association, String trigger, int version) {
      return lines().stream()
          .anyMatch(
              line -> line.startsWith(association + " " + trigger) && line.endsWith(" " + version));
    }

    boolean ranSince(int before, String association, String trigger) {
      return lines().stream()
          .skip(before)
          .anyMatch(line -> line.startsWith(association + " " + trigger));
    }
  }

  /** Limits of an execution, while the coordinator that keeps them is killed. */
  static final class RateControl implements Case {
    @Override
    public String id() {
      return "R20";
    }

    @Override
    public String claim() {
      return "with a coordinator that is killed every 10 s never more than two run at once, and"
          + " nothing starts 10 s after the second error";
    }

    @Override
    public void run(Trial trial) throws Exception {
      for (int i = 0; i < trial.scale().of(1, 1, 5); i++) {
        RateDrive.Outcome outcome = new RateDrive(trial.closing(new Rig())).drive();
        trial.count(Figure.FAULTS, outcome.kills());
        trial.require(outcome.over(), "not all has ended: " + outcome.targets());
        trial.require(
            outcome.targets().size() == RateDrive.AGENTS,
            outcome.targets().size() + " targets and not " + RateDrive.AGENTS);
        trial.note("at-once", outcome.atOnce());
        trial.require(outcome.atOnce() <= RateDrive.AT_ONCE, outcome.atOnce() + " ran at once");
        int failed = outcome.failed().size();
        trial.require(
            failed > RateDrive.ERRORS && failed <= RateDrive.ERRORS + RateDrive.AT_ONCE,
            failed + " failed");
        if (failed > RateDrive.ERRORS) {
          var second = outcome.failed().get(RateDrive.ERRORS).getEndTime();
          double seconds = Durations.toMillis(Timestamps.between(second, outcome.stopped())) / 1e3;
          trial.largest(Figure.RECOVERY, seconds);
          trial.require(
              outcome.startedAfter(Timestamps.add(second, Durations.fromSeconds(10))).isEmpty(),
              "started 10 s after the second error, of which was heard after " + seconds + " s");
        }
        trial.require(
            outcome.skipped() == RateDrive.AGENTS - outcome.ran().size(),
            outcome.skipped() + " skipped, " + outcome.ran().size() + " ran");
        trial.count(Figure.STARTED, outcome.ran().size());
        trial.count(Figure.STORED, outcome.targets().size());
      }
    }
  }
}
