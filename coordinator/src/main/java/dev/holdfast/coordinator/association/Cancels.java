package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.CancelAssociationExecutionResponse;
import dev.holdfast.wire.v1.Warning;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Cancels executions: what has not started never will, what runs is ended by its agent. */
final class Cancels {
  private final ExecutionQueries queries;

  Cancels(ExecutionQueries queries) {
    this.queries = queries;
  }

  /**
   * Cancels one for all its targets, or for some. A target that has reported its end keeps it; to
   * cancel what is cancelled changes nothing.
   */
  CancelAssociationExecutionResponse cancel(
      Write write, Associations.Association row, Execution execution, List<String> named) {
    Map<String, Targets.Target> targets = new TreeMap<>();
    queries.targets(write.read(), row, execution).stream()
        .filter(target -> write.read().sees(target.instance()))
        .forEach(target -> targets.put(target.instance().value(), target));
    Set<String> instances = check(named, targets);
    Set<String> open = new TreeSet<>(instances.isEmpty() ? targets.keySet() : instances);
    open.removeIf(instance -> ended(targets, instance));
    CancelAssociationExecutionResponse.Builder response =
        CancelAssociationExecutionResponse.newBuilder();
    if (open.isEmpty()) {
      return response
          .addWarnings(
              Warning.newBuilder()
                  .setCode("AlreadyEnded")
                  .setMessage("all its targets have ended: there is nothing to cancel"))
          .build();
    }
    boolean changed = false;
    if (instances.isEmpty()) {
      changed = Cancellations.cancel(write, execution.id());
    } else {
      for (String instance : open) {
        changed |= Cancellations.cancel(write, execution.id(), new InstanceId(instance));
      }
    }
    if (changed) {
      write.append(
          "ExecutionCancelled",
          List.of(row.id().value(), execution.id()),
          Map.of("targets", instances.isEmpty() ? "all" : Integer.toString(open.size())));
    }
    return response.build();
  }

  private static Set<String> check(List<String> named, Map<String, Targets.Target> targets) {
    Findings findings = new Findings();
    if (named.size() > Limits.MAX_NAMED_INSTANCES) {
      findings.add(
          "instance_ids",
          "has " + named.size() + " items; at most " + Limits.MAX_NAMED_INSTANCES + " are allowed");
      findings.refuse("ValidationError");
    }
    named.stream()
        .filter(instance -> !targets.containsKey(instance))
        .forEach(
            instance ->
                findings.add(
                    "instance_ids",
                    "'" + Findings.printable(instance) + "' is no target of the execution"));
    findings.refuse("InvalidInstanceId");
    return new TreeSet<>(named);
  }

  private static boolean ended(Map<String, Targets.Target> targets, String instance) {
    Targets.Target target = targets.get(instance);
    return target != null && !target.derived() && target.status().terminal();
  }
}
