package dev.holdfast.agent;

import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an agent is about at a moment, for people.
 *
 * @param generation of the set that is held whole
 * @param assignments what is followed, by association
 * @param queue what is due and waits; those that wait for a slot in the order in which they get one
 * @param lackingBodies how many bodies of the wanted set are not here yet, as far as is known
 * @param policy what the host allows
 * @param conditions what needs the attention of people
 */
public record AgentStatus(
    InstanceId instance,
    Generation generation,
    List<AssignmentStatus> assignments,
    List<Waiting> queue,
    int lackingBodies,
    Standing policy,
    List<Condition> conditions) {

  /** Copies the lists. */
  public AgentStatus {
    assignments = List.copyOf(assignments);
    queue = List.copyOf(queue);
    conditions = List.copyOf(conditions);
  }

  /**
   * One assignment.
   *
   * @param name of the association; empty if it has none
   * @param version of the association
   * @param nextRun when the next tick will start it, splay included
   * @param lastRun the one in progress, else the last that ended
   */
  public record AssignmentStatus(
      AssociationId association,
      String name,
      int version,
      Optional<Instant> nextRun,
      Optional<LastRun> lastRun) {}

  /**
   * A run.
   *
   * @param end empty while it is in progress
   */
  public record LastRun(String runId, RunStatus status, Optional<Instant> end) {}
}
