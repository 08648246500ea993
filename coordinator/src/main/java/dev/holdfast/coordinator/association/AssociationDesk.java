package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.compliance.ComplianceDesk;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.targeting.TargetIndex;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.Association;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes associations and all that follows from a change: the revision in force, who is a member,
 * and the executions that start. Contents are in the stored form of {@link AssociationForm}.
 */
public final class AssociationDesk implements Consequences {
  private final int guardInstances;
  private final Retargeting retargeting = new Retargeting();

  /**
   * Makes one.
   *
   * @param guardInstances a change that runs on more instances than this at once needs an
   *     acknowledgement; {@link Limits#GUARD_INSTANCES} unless configured
   */
  public AssociationDesk(int guardInstances) {
    this.guardInstances = guardInstances;
  }

  /** What somebody wrote, in the version in force. */
  static Association content(Read read, Associations.Association row) {
    return Associations.version(read, row.id(), row.version())
        .map(version -> AssociationForm.read(version.content()))
        .orElseThrow(
            () ->
                new StoreException("version " + row.version() + " of " + row.id() + " is missing"));
  }

  /** Reads what is asked again and again from the rows now, rather than when it is first asked. */
  public void prepare(Write write) {
    retargeting.prepare(write);
  }

  /** Who is named by what, as this transaction's rows are now. */
  TargetIndex index(Write write) {
    return retargeting.index(write);
  }

  /** Counts on how many instances one change runs at once. */
  Guard guard(int acknowledged) {
    return new Guard(guardInstances, acknowledged);
  }

  /**
   * Writes a new association.
   *
   * @param guard of the change that this is, or is a part of
   */
  Associations.Association create(Write write, AssociationId id, Association content, Guard guard) {
    Associations.Association row =
        new Associations.Association(
            id,
            content.getAssociationName(),
            1,
            content.getName(),
            write.now(),
            write.now(),
            Optional.empty(),
            Optional.empty(),
            write.now(),
            write.now());
    Associations.put(write, row);
    Associations.addVersion(write, id, 1, content.toByteArray());
    Associations.setScope(write, id, AssociationScope.of(content));
    write.append(
        "AssociationCreated", List.of(id.value(), content.getName()), Map.of("version", "1"));
    row = Revisions.settle(write, row, content);
    inForce(write, row, content);
    Set<InstanceId> came = retargeting.retarget(write, id, content);
    if (AssociationForm.startsByItself(content)) {
      guard.change(() -> came, content);
      guard.check();
      Starts.change(write, row, "created");
    }
    return row;
  }

  /** Refuses one more version if there are as many as there can be. */
  static void roomForVersion(Associations.Association row) {
    if (row.version() >= Limits.MAX_ASSOCIATION_VERSIONS) {
      throw new Refusal(
          "AssociationVersionLimitExceeded",
          "the association has "
              + Limits.MAX_ASSOCIATION_VERSIONS
              + " versions; no more are allowed");
    }
  }

  /** Writes a new version of one; the two contents differ. */
  Associations.Association update(
      Write write,
      Associations.Association old,
      Association before,
      Association after,
      int acknowledged) {
    int version = old.version() + 1;
    boolean rescheduled = !AssociationCheck.sameSchedule(before, after);
    boolean enabled = !before.getEnabled() && after.getEnabled();
    boolean disabled = before.getEnabled() && !after.getEnabled();
    Associations.Association row =
        new Associations.Association(
            old.id(),
            after.getAssociationName(),
            version,
            after.getName(),
            old.created(),
            write.now(),
            Optional.empty(),
            old.revision(),
            rescheduled || enabled ? write.now() : old.effectiveFrom(),
            rescheduled ? write.now() : old.anchor());
    Associations.addVersion(write, old.id(), version, after.toByteArray());
    Associations.setScope(write, old.id(), AssociationScope.of(after));
    long position =
        write.append(
            "AssociationUpdated",
            List.of(old.id().value(), after.getName()),
            Map.of("version", Integer.toString(version)));
    row = Revisions.settle(write, row, after);
    if (rescheduled || enabled || disabled) {
      inForce(write, row, after);
    }
    if (AssociationForm.startsByItself(before) && !AssociationForm.startsByItself(after)) {
      Executions.expire(write, row.id());
    }
    Set<InstanceId> came =
        before.getTargetsList().equals(after.getTargetsList())
                && before.getTagScope().equals(after.getTagScope())
            ? Set.of() // who is named follows from these and what the desk hears of
            : retargeting.retarget(write, row.id(), after);
    ComplianceDesk.edited(write, row, before, after);
    if (!old.revision().equals(row.revision())) {
      ComplianceDesk.revised(write, row);
    }
    if (AssociationForm.startsByItself(after)) {
      Guard guard = guard(acknowledged);
      if (enabled || Revisions.executeOtherwise(write.read(), old.revision(), row.revision())) {
        guard.change(() -> Memberships.memberIds(write.read(), old.id()), after);
        guard.check();
        Starts.change(write, row, enabled ? "enabled" : "changed");
      } else if (!came.isEmpty()) {
        guard.enter(came, after);
        guard.check();
        Starts.enter(write, row, position, came.size());
      }
    }
    return row;
  }

  /** Deletes one: what has not started is skipped, what runs finishes. */
  void delete(Write write, Associations.Association row) {
    write.append("AssociationDeleted", List.of(row.id().value(), row.documentName()), Map.of());
    Memberships.memberIds(write.read(), row.id())
        .forEach(instance -> Memberships.leave(write, instance, row.id()));
    Associations.setDocuments(write, row.id(), Set.of());
    Associations.delete(write, row.id());
    retargeting.deleted(write, row.id());
  }

  @Override
  public void instanceChanged(Write write, InstanceId instance) {
    retargeting.instanceChanged(write, instance);
  }

  /** What an agent says of its host's platform changed: it may be another group's now. */
  public void platformChanged(Write write, InstanceId instance) {
    retargeting.platformChanged(write, instance);
  }

  /**
   * An instance group asks for others now, or is gone; the newest event says so.
   *
   * @param acknowledged on how many instances at once whoever asks expects associations to run by
   *     it
   * @throws Refusal if they would run on more than that, and on more than may go unforeseen; or if
   *     an instance would have more associations than one can have
   */
  public void groupChanged(Write write, String group, int acknowledged) {
    retargeting.groupChanged(write, group, guard(acknowledged));
  }

  /** How many instances a group has. */
  public int inGroup(Write write, String group) {
    return retargeting.inGroup(write, group);
  }

  /** The associations that an instance group is a target of, as people call them. */
  public List<String> associationsTargeting(Write write, String group) {
    return retargeting.targeting(write, group).stream()
        .map(id -> called(Associations.find(write.read(), id).orElseThrow()))
        .toList();
  }

  @Override
  public void documentChanged(Write write, String document, int acknowledged) {
    documentChanged(write, document, guard(acknowledged), false);
  }

  @Override
  public void documentChanged(Write write, String document) {
    documentChanged(write, document, guard(Integer.MAX_VALUE), true);
  }

  private static void documentChanged(Write write, String document, Guard guard, boolean mayBreak) {
    for (Associations.Association row : Associations.using(write.read(), document)) {
      Association content = content(write.read(), row);
      String cause =
          content.getName().equals(document)
              ? "its document changed"
              : content.getCalendarNamesList().contains(document)
                  ? "its calendar " + document + " changed"
                  : "the document " + document + ", which its own names, changed";
      resolveAgain(write, row, content, cause, guard, mayBreak);
    }
    guard.check();
  }

  @Override
  public void parameterChanged(Write write, String parameter, int acknowledged) {
    Guard guard = guard(acknowledged);
    for (AssociationId id : Parameters.referring(write.read(), parameter, Optional.empty())) {
      Associations.Association row = Associations.find(write.read(), id).orElseThrow();
      String cause = "the parameter " + parameter + " changed";
      resolveAgain(write, row, content(write.read(), row), cause, guard, false);
    }
    guard.check();
  }

  @Override
  public List<String> associationsUsing(Read read, String document) {
    return called(Associations.using(read, document));
  }

  @Override
  public List<String> associationsUsing(Read read, String document, int version) {
    return called(
        Associations.using(read, document).stream()
            .filter(row -> Revisions.executes(read, row, document, version))
            .toList());
  }

  @Override
  public List<String> associationsReferring(
      Read read, String parameter, Optional<Integer> version) {
    return called(
        Parameters.referring(read, parameter, version).stream()
            .flatMap(id -> Associations.find(read, id).stream())
            .toList());
  }

  private static List<String> called(List<Associations.Association> rows) {
    return rows.stream().map(AssociationDesk::called).toList();
  }

  private static String called(Associations.Association row) {
    return row.name().isEmpty() ? row.id().value() : row.name();
  }

  /**
   * An instance whose newest change or enter expired before it could start gets one more, now that
   * it is back.
   */
  public void connected(Write write, InstanceId instance) {
    for (Membership membership : Memberships.of(write.read(), instance)) {
      AssociationId id = membership.association();
      Optional<Executions.Execution> expired =
          Executions.newestFor(write.read(), membership)
              .filter(execution -> execution.notAfter().isBefore(write.now()))
              .filter(execution -> !execution.revisionSha256().isEmpty())
              .filter(execution -> !cancelled(write.read(), execution, instance))
              .filter(
                  execution ->
                      Runs.find(write.read(), Identity.runId(instance, id, execution.trigger()))
                              .isEmpty()
                          && !EndedRuns.has(write.read(), execution.id(), instance));
      if (expired.isEmpty()) {
        continue;
      }
      Associations.Association row = Associations.find(write.read(), id).orElseThrow();
      if (AssociationForm.startsByItself(content(write.read(), row))) {
        long position =
            write.append("InstanceReturned", List.of(instance.value(), id.value()), Map.of());
        Memberships.leave(write, instance, id);
        Memberships.enter(write, instance, id);
        Starts.enter(write, row, position, 1);
      }
    }
  }

  private static boolean cancelled(Read read, Executions.Execution execution, InstanceId instance) {
    return execution.cancelled().isPresent()
        || Cancellations.cancelledFor(read, execution.id()).contains(instance);
  }

  private static void resolveAgain(
      Write write,
      Associations.Association row,
      Association content,
      String cause,
      Guard guard,
      boolean mayBreak) {
    Optional<Sha256> before = row.revision();
    Associations.Association after = Revisions.settle(write, row, content);
    if (before.equals(after.revision())) {
      return;
    }
    ComplianceDesk.revised(write, after);
    if (after.revision().isEmpty() && !mayBreak) {
      throw new Refusal(
          "InvalidDocumentOperation",
          "the association "
              + called(row)
              + " could not run any more: "
              + Revisions.problem(write.read(), content).orElse("its document is gone"));
    }
    write.append("RevisionChanged", List.of(row.id().value()), Map.of("cause", cause));
    if (AssociationForm.startsByItself(content)
        && Revisions.executeOtherwise(write.read(), before, after.revision())) {
      if (after.revision().isPresent()) {
        guard.change(() -> Memberships.memberIds(write.read(), row.id()), content);
      }
      Starts.change(write, after, cause);
    }
  }

  private static void inForce(Write write, Associations.Association row, Association content) {
    Associations.addInForce(
        write,
        row.id(),
        new Associations.InForce(
            write.now(),
            content.getEnabled() ? content.getScheduleExpression() : "",
            content.getScheduleTimezone(),
            content.getScheduleOffset(),
            row.anchor(),
            content.getEnabled()));
  }
}
