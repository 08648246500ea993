package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.compliance.ComplianceDesk.Executed;
import dev.holdfast.coordinator.compliance.ComplianceDesk.Terms;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.document.StateInputs;
import dev.holdfast.report.Drift;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The end of a run, as what is to be judged: the association, and each of its {@code state:} steps.
 * Pure.
 *
 * @param schedule in force when the end was stored; empty: none ever was
 */
record Ended(
    AssociationId association,
    Terms terms,
    Executed executed,
    Runs.Run run,
    Optional<InForce> schedule) {
  /** All of it. */
  Verdicts.Observation ofRun(List<StepResult> steps) {
    Map<String, String> details = details();
    details.put("DetailedStatus", run.detailedStatus());
    return observation(
        Compliance.ASSOCIATION,
        association.value(),
        terms.title(),
        run.status(),
        steps.stream().flatMap(step -> step.drift().stream()).toList(),
        details);
  }

  /**
   * Its steps that keep a state; those that its association has no more are left out.
   *
   * @param inForce what the association executes now; empty: nobody knows
   * @param own what the run executed; empty: nobody knows
   */
  List<Verdicts.Observation> ofSteps(
      List<StepResult> steps, Optional<Described> inForce, Optional<Described> own) {
    return steps.stream()
        .filter(step -> StateInputs.describes(step.action()))
        .filter(step -> inForce.map(now -> now.titles().containsKey(step.name())).orElse(true))
        .map(step -> ofStep(step, own))
        .toList();
  }

  private Verdicts.Observation ofStep(StepResult step, Optional<Described> own) {
    Map<String, String> details = details();
    details.put("Step", step.name());
    details.put("Action", step.action());
    details.put("StepStatus", step.status().text());
    if (step.changed()) {
      details.put("Changed", "true");
    }
    String title =
        own.flatMap(known -> Optional.ofNullable(known.titles().get(step.name())))
            .orElseGet(() -> Described.title(step.name(), step.action()));
    return observation(
        Compliance.STATE,
        Compliance.within(association.value(), step.name()),
        title,
        step.status(),
        step.drift(),
        details);
  }

  private Map<String, String> details() {
    Map<String, String> details = new HashMap<>();
    details.put("DocumentName", executed.documentName());
    details.put("DocumentVersion", Integer.toString(run.documentVersion()));
    details.put("AssociationVersion", Integer.toString(run.associationVersion()));
    return details;
  }

  private Verdicts.Observation observation(
      String type,
      String id,
      String title,
      RunStatus status,
      List<Drift> drift,
      Map<String, String> details) {
    return new Verdicts.Observation(
        run.instance(),
        type,
        id,
        title,
        terms.severity(),
        run.id(),
        status,
        executed.audit(),
        drift,
        details,
        run.spoolEpochNumber(),
        run.startNumber(),
        run.ended().orElse(run.received()),
        run.received(),
        schedule);
  }
}
