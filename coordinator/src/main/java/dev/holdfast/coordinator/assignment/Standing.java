package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.Addressees;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of one association concerns the sets of all its instances, arranged so that each instance's
 * part is found without looking at everybody's. An association may have an {@code enter:} for each
 * of thousands of instances.
 */
final class Standing {
  private final AssociationId association;
  private final Optional<Sha256> revision;
  private final Instant effectiveFrom;
  private final boolean startsByItself;
  private final List<Execution> changes = new ArrayList<>();
  private final Map<Long, Execution> enters = new HashMap<>();
  private final Set<Long> known = new HashSet<>();
  private final List<Execution> manualForAll = new ArrayList<>();
  private final Map<String, List<Execution>> manualForSome = new HashMap<>();
  private final List<Execution> cancelled;
  private final List<Execution> stopped;

  /**
   * @param revision in force; empty if the association is deleted or can't be resolved
   * @param effectiveFrom ticks count from here, for those who were members
   * @param startsByItself it is enabled, and not for ticks alone
   * @param startable its executions that may still start, but for ticks and enters
   * @param cancelled its executions that are cancelled for all their targets
   * @param stopped its executions that had too many errors
   */
  Standing(
      AssociationId association,
      Optional<Sha256> revision,
      Instant effectiveFrom,
      boolean startsByItself,
      List<Execution> startable,
      List<Execution> cancelled,
      List<Execution> stopped) {
    this.association = association;
    this.revision = revision;
    this.effectiveFrom = effectiveFrom;
    this.startsByItself = startsByItself;
    this.cancelled = List.copyOf(cancelled);
    this.stopped = List.copyOf(stopped);
    for (Execution execution : startable) {
      switch (execution.trigger()) {
        case Trigger.Change _ -> changes.add(execution);
        case Trigger.Manual _ -> addManual(execution);
        case Trigger.Enter _, Trigger.Tick _ -> {
          // enters are asked for; both sides compute ticks: none is ever pending
        }
      }
    }
    changes.sort(Comparator.comparingLong(Execution::position).reversed());
  }

  private void addManual(Execution execution) {
    if (execution.instanceIds().isEmpty()) {
      manualForAll.add(execution);
    } else {
      execution
          .instanceIds()
          .forEach(id -> manualForSome.computeIfAbsent(id, _ -> new ArrayList<>()).add(execution));
    }
  }

  AssociationId association() {
    return association;
  }

  /**
   * The positions of enters that must be known to say what is pending in some intervals: those of
   * members, for whom no newer change takes their place.
   *
   * @param own the intervals of instances in this association
   */
  Set<Long> unknownEnters(List<Membership> own) {
    if (!startsByItself) {
      return Set.of();
    }
    long change = changes.isEmpty() ? -1 : changes.getFirst().position();
    Set<Long> positions = new HashSet<>();
    for (Membership interval : own) {
      if (interval.enteredPosition() > change && !known.contains(interval.enteredPosition())) {
        positions.add(interval.enteredPosition());
      }
    }
    return positions;
  }

  /** These are the enters at positions that were asked for. */
  void entering(Set<Long> positions, List<Execution> executions) {
    known.addAll(positions);
    executions.forEach(execution -> enters.put(execution.position(), execution));
  }

  /** The revision that members hold. */
  Optional<Sha256> revision() {
    return revision;
  }

  /** From when ticks count for a member: since it came in, or since the schedule was set. */
  Instant effectiveFrom(Membership current) {
    return current.entered().isAfter(effectiveFrom) ? current.entered() : effectiveFrom;
  }

  /** Those of its executions that are cancelled for all their targets. */
  List<Execution> cancelled() {
    return cancelled;
  }

  /** Those of its executions that had too many errors, and could still start. */
  List<Execution> stopped() {
    return stopped;
  }

  /** Whether a trigger addresses an instance with these intervals. */
  boolean addresses(Execution execution, List<Membership> own) {
    return Addressees.addresses(execution, own, effectiveFrom);
  }

  /**
   * What may be pending for a member, if it was not reported: of change and enter only the newest,
   * since it takes the place of the older ones even when it is cancelled or can't run; of manual
   * starts all. The oldest come first.
   */
  List<Execution> offers(InstanceId instance, List<Membership> own, Instant now) {
    List<Execution> offers = new ArrayList<>();
    if (startsByItself) {
      newestAutomatic(own).ifPresent(offers::add);
    }
    for (Execution execution : manualForAll) {
      if (addresses(execution, own)) {
        offers.add(execution);
      }
    }
    for (Execution execution : manualForSome.getOrDefault(instance.value(), List.of())) {
      if (addresses(execution, own)) {
        offers.add(execution);
      }
    }
    offers.removeIf(
        execution ->
            execution.notAfter().isBefore(now)
                || execution.revisionSha256().isEmpty()
                || execution.cancelled().isPresent()
                || execution.rate().stopped().isPresent());
    offers.sort(Comparator.comparingLong(Execution::position).thenComparing(Execution::id));
    return offers;
  }

  private Optional<Execution> newestAutomatic(List<Membership> own) {
    Optional<Execution> change =
        changes.stream().filter(execution -> addresses(execution, own)).findFirst();
    Optional<Execution> enter =
        own.stream()
            .map(Membership::enteredPosition)
            .sorted(Comparator.reverseOrder())
            .map(position -> Optional.ofNullable(enters.get(position)))
            .flatMap(Optional::stream)
            .findFirst();
    if (change.isPresent() && enter.isPresent()) {
      return change.get().position() > enter.get().position() ? change : enter;
    }
    return change.or(() -> enter);
  }
}
