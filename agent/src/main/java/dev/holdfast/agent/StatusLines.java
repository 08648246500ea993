package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.assignment.Opened;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The lines of the status: a line an association. */
final class StatusLines {
  private final InstanceId instance;
  private final Holding holding;
  private final Ledger ledger;

  StatusLines(InstanceId instance, Holding holding, Ledger ledger) {
    this.instance = instance;
    this.holding = holding;
    this.ledger = ledger;
  }

  /**
   * What is followed, and how it went.
   *
   * @param nextRuns when each association's next tick starts it, as far as is known
   */
  List<AgentStatus.AssignmentStatus> now(Map<AssociationId, Instant> nextRuns) {
    Map<AssociationId, Opened> inProgress = new HashMap<>();
    ledger.open().stream()
        .filter(opened -> opened.skipped().isEmpty())
        .forEach(opened -> inProgress.put(opened.association(), opened));
    return holding.lines().stream()
        .map(
            line ->
                status(
                    line, Optional.ofNullable(inProgress.get(line.plan().association())), nextRuns))
        .toList();
  }

  private AgentStatus.AssignmentStatus status(
      Holding.Line line, Optional<Opened> inProgress, Map<AssociationId, Instant> nextRuns) {
    AssociationId association = line.plan().association();
    return new AgentStatus.AssignmentStatus(
        association,
        line.assignment().associationName(),
        line.assignment().associationVersion(),
        Optional.ofNullable(nextRuns.get(association)),
        inProgress
            .map(
                opened ->
                    new AgentStatus.LastRun(
                        runId(association, opened.trigger()),
                        RunStatus.IN_PROGRESS,
                        Optional.empty()))
            .or(
                () ->
                    ledger
                        .lastEnd(association)
                        .map(
                            ended ->
                                new AgentStatus.LastRun(
                                    runId(association, ended.trigger()),
                                    ended.status(),
                                    Optional.of(ended.end())))));
  }

  private String runId(AssociationId association, Trigger trigger) {
    return Identity.runId(instance, association, trigger);
  }
}
