package dev.holdfast.faults;

import dev.holdfast.system.Marks;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * An instance whose scripts leave a mark each time they begin: a file {@code RUN.anything} outside
 * the agent's state, with the trigger in it.
 */
final class Marked {
  private static final Duration SETTLED = Duration.ofSeconds(90);

  private final Rig rig;
  private final String instance;
  private final Path marks;
  private final List<String> associations = new ArrayList<>();

  private Marked(Rig rig, String instance, Path marks) {
    this.rig = rig;
    this.instance = instance;
    this.marks = marks;
  }

  /** The instance of a rig whose coordinator is up; its agent is not started yet. */
  static Marked enroll(Trial trial, Rig rig) throws IOException {
    return new Marked(
        rig, rig.enroll(Map.of()), Files.createTempDirectory(trial.folder(), "marks"));
  }

  Rig rig() {
    return rig;
  }

  /** A line of a script that leaves a mark. */
  String mark() {
    return "mark=$(mktemp \""
        + marks
        + "/$HOLDFAST_RUN_ID.XXXXXXXX\") && echo \"$HOLDFAST_TRIGGER\" > \"$mark\"";
  }

  /** Makes a document of shell scripts, a step each: its name, then its lines. */
  void document(String name, Map<String, List<String>> steps) {
    StringBuilder content = new StringBuilder("schemaVersion: '2.2'\nmainSteps:\n");
    steps.forEach(
        (step, lines) -> {
          content.append("- action: aws:runShellScript\n  name: ").append(step);
          content.append("\n  inputs:\n    timeoutSeconds: 60\n    runCommand:\n");
          lines.forEach(line -> content.append("    - |-\n      ").append(line).append('\n'));
        });
    var _ =
        DocumentServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .createDocument(
                CreateDocumentRequest.newBuilder()
                    .setName(name)
                    .setContent(content.toString())
                    .build());
  }

  /** Associates it with a document; the association's id. */
  String associate(String document, UnaryOperator<Association.Builder> to) {
    String association =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        to.apply(
                            Association.newBuilder()
                                .setName(document)
                                .addTargets(
                                    Target.newBuilder().setKey("InstanceIds").addValues(instance))))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    associations.add(association);
    return association;
  }

  /** Starts it now; whether the run ended in that time. */
  boolean runs(String association, Duration atMost) throws InterruptedException {
    String execution = AgentCases.start(rig, association);
    return Field.await(atMost, () -> AgentCases.over(rig.targets(association, execution)));
  }

  /** How many times scripts began. */
  int begun() {
    return Marks.begun(marks).values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many times the script of each run began. */
  Map<String, Integer> byRun() {
    return Marks.begun(marks);
  }

  /** The triggers of the runs that began. */
  Set<String> triggers() throws IOException {
    Set<String> triggers = new HashSet<>();
    try (Stream<Path> files = Files.list(marks)) {
      for (Path file : files.toList()) {
        triggers.add(Files.readString(file).strip());
      }
    }
    return triggers;
  }

  /** What the coordinator knows of each run, by run. */
  Map<String, AssociationExecutionTarget> known() {
    Map<String, AssociationExecutionTarget> known = new HashMap<>();
    for (String association : associations) {
      for (AssociationExecution execution : rig.executions(association)) {
        rig.targets(association, execution.getExecutionId())
            .forEach(target -> known.put(target.getRunId(), target));
      }
    }
    return known;
  }

  /** What began, and what was known a moment later. */
  private record Look(Map<String, Integer> begun, Map<String, AssociationExecutionTarget> known) {
    /** Whether the end of all that began is known, and nothing is expected any more. */
    boolean settled() {
      return begun.keySet().stream()
              .allMatch(run -> known.containsKey(run) && !known.get(run).getDerived())
          && known.values().stream()
              .noneMatch(
                  target ->
                      target.getStatus() == RunStatus.RUN_STATUS_PENDING
                          || target.getStatus() == RunStatus.RUN_STATUS_IN_PROGRESS);
    }
  }

  /** Nothing began twice, and the coordinator comes to know the end of all that began. */
  void judge(Trial trial) throws InterruptedException {
    // What recurs goes on meanwhile, so both are of one moment: what began is looked at first.
    AtomicReference<Look> last = new AtomicReference<>(new Look(byRun(), known()));
    boolean settled =
        Field.await(
            SETTLED,
            () -> {
              last.set(new Look(byRun(), known()));
              return last.get().settled();
            });
    Map<String, AssociationExecutionTarget> known = last.get().known();
    Map<String, Integer> begun = last.get().begun();
    trial.require(settled, "not all has ended: " + known.values());
    trial.require(!begun.isEmpty(), "nothing ever began");
    trial.count(Figure.STARTED, begun.values().stream().mapToInt(Integer::intValue).sum());
    trial.count(Figure.STARTED_TWICE, begun.values().stream().filter(each -> each > 1).count());
    trial.count(
        Figure.LOST, begun.keySet().stream().filter(run -> !known.containsKey(run)).count());
    trial.count(Figure.STORED, known.size());
    trial.count(
        Figure.INTERRUPTED,
        known.values().stream()
            .filter(target -> target.getDetailedStatus().equals("Interrupted"))
            .count());
  }
}
