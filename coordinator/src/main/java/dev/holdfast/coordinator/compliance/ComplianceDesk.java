package dev.holdfast.coordinator.compliance;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.Compliance.Severity;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Drift;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.SyncCompliance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
   * A run of a member has ended. The verdict moves forward only; an event tells if it changed.
   *
   * @param schedules of the association that were ever in force, oldest first
   */
  public static void ended(
      Write write,
      Associations.Association row,
      Terms terms,
      Executed executed,
      List<InForce> schedules,
      Runs.Run run,
      List<StepResult> steps) {
    if (!terms.automatic) {
      return;
    }
    Optional<Item> before =
        Compliance.find(write.read(), run.instance(), Compliance.ASSOCIATION, row.id().value());
    Verdicts.next(before, observation(row, terms, executed, schedules, run, steps))
        .ifPresent(
            after -> {
              Compliance.put(write, after);
              tell(write, before, after);
            });
  }

  /** An association was edited. */
  public static void edited(
      Write write, Associations.Association row, Association before, Association after) {
    Terms was = terms(row, before);
    Terms is = terms(row, after);
    if (!is.automatic) {
      if (was.automatic) {
        Compliance.removeAll(write, row.id());
      }
      return;
    }
    Compliance.rename(write, row.id(), is.title, is.severity);
    List<InForce> schedules = Associations.inForce(write.read(), row.id());
    Optional<InForce> now = Ticks.at(schedules, write.now());
    if (now.isPresent() && now.get().from().toEpochMilli() == write.now().toEpochMilli()) {
      Compliance.freshen(write, row.id(), Verdicts.freshUntil(now, write.now()));
    }
  }

  /** Tells of a verdict that came to be or changed. */
  static void tell(Write write, Optional<Item> before, Item after) {
    String was = before.map(item -> item.status().name()).orElse("");
    if (!was.equals(after.status().name())) {
      write.append(
          "ComplianceChanged",
          List.of(after.instance().value(), after.id()),
          Map.of(
              "type",
              after.type(),
              "before",
              was,
              "status",
              after.status().name(),
              "severity",
              after.severity().name()));
    }
  }

  static Verdicts.Observation observation(
      Associations.Association row,
      Terms terms,
      Executed executed,
      List<InForce> schedules,
      Runs.Run run,
      List<StepResult> steps) {
    Map<String, String> details = new HashMap<>();
    details.put("DocumentName", executed.documentName);
    details.put("DocumentVersion", Integer.toString(run.documentVersion()));
    details.put("AssociationVersion", Integer.toString(run.associationVersion()));
    details.put("DetailedStatus", run.detailedStatus());
    List<Drift> drift = steps.stream().flatMap(step -> step.drift().stream()).toList();
    Instant received = run.received();
    return new Verdicts.Observation(
        run.instance(),
        row.id(),
        terms.title,
        terms.severity,
        run.id(),
        run.status(),
        executed.audit,
        drift,
        details,
        run.spoolEpochNumber(),
        run.startNumber(),
        run.ended().orElse(received),
        received,
        Ticks.at(schedules, received));
  }

  private static Terms terms(Associations.Association row, Association content) {
    return new Terms(
        row.name().isEmpty() ? content.getName() : row.name(),
        severity(content.getComplianceSeverity()),
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

  private static Severity severity(ComplianceSeverity severity) {
    return switch (severity) {
      case COMPLIANCE_SEVERITY_CRITICAL -> Severity.CRITICAL;
      case COMPLIANCE_SEVERITY_HIGH -> Severity.HIGH;
      case COMPLIANCE_SEVERITY_MEDIUM -> Severity.MEDIUM;
      case COMPLIANCE_SEVERITY_LOW -> Severity.LOW;
      case COMPLIANCE_SEVERITY_INFORMATIONAL -> Severity.INFORMATIONAL;
      case COMPLIANCE_SEVERITY_UNSPECIFIED, UNRECOGNIZED -> Severity.UNSPECIFIED;
    };
  }
}
