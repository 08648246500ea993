package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.report.RunStatus;
import java.util.Map;
import java.util.Optional;

/** What several services say of instances. */
public final class InstanceForm {
  /** SSM's name of what is managed here. */
  public static final String RESOURCE_TYPE = "ManagedInstance";

  private InstanceForm() {}

  /** The instance with an id, if it is registered, or a refusal. */
  public static Instances.Instance required(Read read, String id) {
    return Optional.of(id)
        .filter(InstanceId::isValid)
        .filter(valid -> read.sees(new InstanceId(valid)))
        .flatMap(valid -> Instances.registered(read, new InstanceId(valid)))
        .orElseThrow(
            () ->
                new Refusal(
                    "InvalidInstanceId", "there is no instance '" + Findings.printable(id) + "'"));
  }

  /** Failed if any failed, else pending if any is, else success (spec.md 3.6). */
  public static String summary(Map<RunStatus, Integer> counts) {
    if (counts.keySet().stream().anyMatch(RunStatus::error)) {
      return "Failed";
    }
    return counts.containsKey(RunStatus.PENDING) || counts.containsKey(RunStatus.IN_PROGRESS)
        ? "Pending"
        : "Success";
  }
}
