package dev.holdfast.coordinator.compliance;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.Severity;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.ComplianceLists;
import dev.holdfast.coordinator.store.ComplianceLists.Resource;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.document.StateInputs;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.ComplianceCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.SyncCompliance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes the compliance items of associations, in the transactions that change what they follow
 * from: the ends of runs, and the associations. Items of instances that leave go when the
 * membership ends ({@link dev.holdfast.coordinator.store.Memberships#leave}).
 */
public final class ComplianceDesk {
  private ComplianceDesk() {}

  /**
   * What an association says of compliance.
   *
   * @param automatic whether its runs decide; if not, it has no items of its runs
   */
  public record Terms(String title, Severity severity, boolean automatic) {}

  /**
   * What a run executed.
   *
   * @param audit whether it only looked
   */
  public record Executed(String documentName, boolean audit) {}

  /** The terms that are in force. */
  public static Terms terms(Read read, Associations.Association row) {
    return terms(row, content(read, row, row.version()));
  }

  /** What a run of one version executed. */
  public static Executed executed(Read read, Associations.Association row, int version) {
    Association content = content(read, row, version);
    return new Executed(
        content.getName(), content.getMode() == AssociationMode.ASSOCIATION_MODE_AUDIT);
  }

  /**
   * A run of a member has ended. Verdicts move forward only; events tell what changed.
   *
   * @param before the verdict on the association until now
   * @param executed what the run executed
   * @param described what the steps of a revision are about, empty if nobody knows; only asked
   *     where there is a step that keeps a state, since it takes as long as all else
   * @param schedules of the association that were ever in force, oldest first
   * @return the verdict on the association from now on, which the caller writes; empty: it stays
   */
  public static Optional<Item> ended(
      Write write,
      Optional<Item> before,
      Associations.Association row,
      Terms terms,
      Executed executed,
      List<InForce> schedules,
      Runs.Run run,
      List<StepResult> steps,
      Function<Sha256, Optional<Described>> described) {
    if (!terms.automatic) {
      return Optional.empty();
    }
    Ended end = new Ended(row.id(), terms, executed, run, Ticks.at(schedules, run.received()));
    Optional<Item> verdict = Verdicts.next(before, end.ofRun(steps));
    verdict.ifPresent(after -> tell(write, before, after));
    if (steps.stream().anyMatch(step -> StateInputs.describes(step.action()))) {
      steps(write, row, end, run, steps, described);
    }
    return verdict;
  }

  private static void steps(
      Write write,
      Associations.Association row,
      Ended end,
      Runs.Run run,
      List<StepResult> steps,
      Function<Sha256, Optional<Described>> described) {
    List<Verdicts.Observation> ofSteps =
        end.ofSteps(
            steps,
            row.revision().flatMap(described),
            described.apply(new Sha256(run.revisionSha256())));
    if (!ofSteps.isEmpty()) {
      Map<String, Item> known = new HashMap<>();
      Compliance.of(write.read(), run.instance(), Compliance.STATE, row.id())
          .forEach(item -> known.put(item.id(), item));
      telling(
          write,
          run.instance(),
          Compliance.STATE,
          () ->
              Compliance.put(
                  write,
                  ofSteps.stream()
                      .flatMap(
                          seen ->
                              Verdicts.next(Optional.ofNullable(known.get(seen.id())), seen)
                                  .stream())
                      .toList()));
    }
  }

  /** An association was edited. */
  public static void edited(
      Write write, Associations.Association row, Association before, Association after) {
    Terms was = terms(row, before);
    Terms is = terms(row, after);
    if (was.automatic != is.automatic) {
      Compliance.removeAll(write, row.id());
    }
    if (!is.automatic) {
      return;
    }
    Compliance.rename(write, row.id(), is.title, is.severity);
    List<InForce> schedules = Associations.inForce(write.read(), row.id());
    Optional<InForce> now = Ticks.at(schedules, write.now());
    if (now.isPresent() && now.get().from().toEpochMilli() == write.now().toEpochMilli()) {
      Compliance.freshen(write, row.id(), Verdicts.freshUntil(now, write.now()));
    }
  }

  /** An association executes something else now: steps that it has no more are judged no more. */
  public static void revised(Write write, Associations.Association row) {
    row.revision()
        .flatMap(revision -> Described.of(write.read(), revision))
        .ifPresent(now -> Compliance.removeOtherSteps(write, row.id(), now.titles().keySet()));
  }

  /** Tells of the verdict on an association that came to be or changed. */
  static void tell(Write write, Optional<Item> before, Item after) {
    String was = before.map(item -> item.status().name()).orElse("");
    if (!was.equals(after.status().name())) {
      tell(
          write,
          List.of(after.instance().value(), after.id()),
          after.type(),
          was,
          after.status().name(),
          after.severity().name());
    }
  }

  /**
   * Does what changes items of one type of one instance, however many, and tells in one event where
   * the instance stands in it, if that changed.
   */
  static void telling(Write write, InstanceId instance, String type, Runnable change) {
    Optional<Resource> before = ComplianceLists.resource(write.read(), instance, type);
    change.run();
    Optional<Resource> after = ComplianceLists.resource(write.read(), instance, type);
    if (!before.map(ComplianceDesk::standing).equals(after.map(ComplianceDesk::standing))) {
      tell(
          write,
          List.of(instance.value()),
          type,
          before.map(resource -> resource.status().name()).orElse(""),
          after.map(resource -> resource.status().name()).orElse(""),
          after.map(resource -> resource.severity().name()).orElse(""));
    }
  }

  private static Rollup.Standing standing(Resource resource) {
    return new Rollup.Standing(resource.status(), resource.severity());
  }

  static void tell(
      Write write,
      List<String> resources,
      String type,
      String before,
      String status,
      String severity) {
    write.append(
        "ComplianceChanged",
        resources,
        Map.of("type", type, "before", before, "status", status, "severity", severity));
  }

  private static Terms terms(Associations.Association row, Association content) {
    return new Terms(
        row.name().isEmpty() ? content.getName() : row.name(),
        severity(content),
        content.getSyncCompliance() != SyncCompliance.SYNC_COMPLIANCE_MANUAL);
  }

  private static Association content(Read read, Associations.Association row, int version) {
    try {
      return Association.parseFrom(
          Associations.version(read, row.id(), version)
              .orElseThrow(
                  () ->
                      new StoreException("version " + version + " of " + row.id() + " is missing"))
              .content());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("an association's version can't be read", e);
    }
  }

  private static Severity severity(Association content) {
    return content.getComplianceSeverity() == ComplianceSeverity.UNRECOGNIZED
        ? Severity.UNSPECIFIED
        : ComplianceCodec.fromProto(content.getComplianceSeverity());
  }
}
