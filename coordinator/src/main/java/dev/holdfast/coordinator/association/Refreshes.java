package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.execution.Openings;
import dev.holdfast.coordinator.link.Refresher;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.RunStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Starts associations because a run of {@code aws:refreshAssociation} asks for it (spec.md section
 * 2.1): on its own instance alone, by the trigger {@code manual:} and the id of the run that asks,
 * so that asking again starts nothing twice. Never the association that asks, and nothing for a run
 * that itself came from such a request: two associations could start each other for ever.
 */
public final class Refreshes implements Refresher {

  @Override
  public Reply refresh(Write write, InstanceId instance, Ask ask) {
    Optional<String> refusal = refusal(write.read(), instance, ask);
    if (refusal.isPresent()) {
      return Reply.refused(refusal.get());
    }
    Map<AssociationId, Associations.Association> members = members(write.read(), instance);
    List<AssociationId> started = new ArrayList<>();
    List<Left> left = new ArrayList<>();
    for (Associations.Association row : wanted(members, ask, left)) {
      if (startedBefore(write.read(), row, ask)) {
        started.add(row.id());
        continue;
      }
      Optional<String> reason = reason(write, instance, row, ask);
      if (reason.isPresent()) {
        left.add(new Left(row.id().value(), reason.get()));
      } else {
        Starts.refresh(write, row, instance, ask.runId(), ask.asking());
        started.add(row.id());
      }
    }
    return new Reply(started.stream().sorted().toList(), left, "");
  }

  private static Optional<String> refusal(Read read, InstanceId instance, Ask ask) {
    boolean own =
        Identity.runId(instance, ask.asking(), ask.trigger()).equals(ask.runId())
            && !Memberships.between(read, instance, ask.asking()).isEmpty();
    if (!own) {
      return Optional.of("RefreshRefused: the run that asks is none of this instance");
    }
    if (ask.trigger() instanceof Trigger.Manual) {
      Optional<Executions.Execution> execution =
          Executions.find(read, Identity.executionId(ask.asking(), ask.trigger()));
      if (execution.isEmpty()) {
        return Optional.of("RefreshRefused: nobody started the run that asks");
      }
      if (Starts.byRefresh(execution.get())) {
        return Optional.of(
            "StartedByRefresh: this run was itself started by a refresh, and starts no others");
      }
    }
    return Optional.empty();
  }

  private static Map<AssociationId, Associations.Association> members(
      Read read, InstanceId instance) {
    Map<AssociationId, Associations.Association> rows = new TreeMap<>();
    for (Membership membership : Memberships.of(read, instance)) {
      Associations.find(read, membership.association()).ifPresent(row -> rows.put(row.id(), row));
    }
    return rows;
  }

  /** Those that are named, each once; what is named and not there is left out. */
  private static List<Associations.Association> wanted(
      Map<AssociationId, Associations.Association> members, Ask ask, List<Left> left) {
    if (ask.associations().isEmpty()) {
      return members.values().stream().filter(row -> !row.id().equals(ask.asking())).toList();
    }
    Set<Associations.Association> wanted = new LinkedHashSet<>();
    for (String named : ask.associations()) {
      Optional<Associations.Association> row =
          members.values().stream()
              .filter(one -> one.id().value().equals(named) || one.name().equals(named))
              .findFirst();
      row.ifPresentOrElse(
          wanted::add,
          () ->
              left.add(new Left(Findings.printable(named), "is no association of this instance")));
    }
    return List.copyOf(wanted);
  }

  private static boolean startedBefore(Read read, Associations.Association row, Ask ask) {
    return Executions.find(read, Identity.executionId(row.id(), new Trigger.Manual(ask.runId())))
        .isPresent();
  }

  /** Why one is not started; empty if it is. */
  private static Optional<String> reason(
      Write write, InstanceId instance, Associations.Association row, Ask ask) {
    Read read = write.read();
    if (row.id().equals(ask.asking())) {
      return Optional.of("asks itself");
    }
    if (row.revision().isEmpty()) {
      return Optional.of("can't run: its document, or one that it names, is gone");
    }
    if (ask.associations().isEmpty() && !AssociationDesk.content(read, row).getEnabled()) {
      return Optional.of("is disabled; name it to start it all the same");
    }
    Optional<String> closed = new Openings(read).closed(row.revision().get().hex(), write.now());
    if (closed.isPresent()) {
      return Optional.of("may not start now: " + closed.get());
    }
    if (Runs.current(read, instance, row.id())
        .filter(run -> run.status() == RunStatus.IN_PROGRESS)
        .isPresent()) {
      return Optional.of("is running already");
    }
    boolean waits =
        Executions.waitsFor(read, row.id(), instance, write.now())
            || Memberships.between(read, instance, row.id()).stream()
                .filter(interval -> interval.leftPosition().isEmpty())
                .flatMap(interval -> Executions.newestFor(read, interval).stream())
                .filter(execution -> !execution.notAfter().isBefore(write.now()))
                .filter(execution -> execution.cancelled().isEmpty())
                .anyMatch(
                    execution ->
                        Runs.find(read, Identity.runId(instance, row.id(), execution.trigger()))
                            .isEmpty());
    return waits ? Optional.of("waits to start already") : Optional.empty();
  }
}
