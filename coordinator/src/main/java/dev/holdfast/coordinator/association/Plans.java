package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.OutOfSight;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.coordinator.targeting.TargetIndex;
import dev.holdfast.permit.RateLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.RateCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.PlanAssociationResponse;
import dev.holdfast.wire.v1.PlannedPermits;
import dev.holdfast.wire.v1.PlannedTarget;
import dev.holdfast.wire.v1.Warning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Says what an association that is not saved would do, or an edit of one: everything that creating
 * or editing would refuse is refused with all findings, and nothing is stored.
 */
final class Plans {
  /** Targets that an answer lists: those who enter, then those who leave, then those who stay. */
  static final int MAX_LISTED = 1_000;

  /** Bytes of the targets of an answer; those that are beyond are counted and not listed. */
  static final int MAX_LISTED_BYTES = Limits.MAX_PAGE_BYTES / 2;

  private final Calls calls;
  private final AssociationDesk desk;
  private final Predicate<InstanceId> connected;
  private final Presences presences;
  private final PlanWarnings warnings = new PlanWarnings();

  Plans(Calls calls, AssociationDesk desk, Predicate<InstanceId> connected, Presences presences) {
    this.calls = calls;
    this.desk = desk;
    this.connected = connected;
    this.presences = presences;
  }

  /** Who is listed with what becomes of it, and by what it is named. */
  private record Listed(InstanceId instance, String change, List<String> matchedBy) {}

  /**
   * What the index, which belongs to the one writer, says of a plan.
   *
   * @param anchor of the schedule that it would have
   * @param targets whom it would apply to
   * @param platforms how many of these there are of each platform type
   * @param running on whom it would run at once
   */
  record Draft(
      AssociationId id,
      Optional<Association> before,
      Association after,
      Instant now,
      Instant anchor,
      List<Warning> found,
      Set<InstanceId> targets,
      int came,
      int left,
      List<Listed> listed,
      Map<String, Integer> platforms,
      int running,
      String refusal) {}

  /** Looks, within a rehearsal, at what the writer knows. */
  Draft draft(Write write, PlanAssociationRequest request) {
    Findings findings = new Findings();
    PlanRuns.check(request, findings);
    Optional<Associations.Association> old =
        request.getAssociationId().isEmpty()
            ? Optional.empty()
            : Optional.of(Descriptions.required(write.read(), request.getAssociationId()));
    Optional<Association> before = old.map(row -> AssociationDesk.content(write.read(), row));
    Association after = AssociationScope.within(write.sight(), after(request, before));
    AssociationId id =
        old.map(Associations.Association::id).orElseGet(() -> new AssociationId(calls.newId()));
    List<Warning> found = check(write, id, before, after, findings);
    boolean changed = !before.equals(Optional.of(after));
    if (old.isEmpty()) {
      Creates.roomForOne(write.read());
    } else if (changed) {
      AssociationDesk.roomForVersion(old.get());
    }

    Query query = AssociationForm.query(after);
    TargetIndex index = desk.index(write);
    List<InstanceId> members =
        old.map(row -> Memberships.memberIds(write.read(), row.id())).orElse(List.of());
    if (!members.stream().allMatch(write.read()::sees)) {
      throw new OutOfSight("the association applies to instances that this token does not reach");
    }
    TargetIndex.Difference difference = index.difference(query, members);
    Set<InstanceId> targets = new HashSet<>();
    Map<String, Integer> platforms = new TreeMap<>();
    index.named(
        query,
        subject -> {
          targets.add(subject.id());
          if (!subject.platformType().isEmpty()) {
            platforms.merge(subject.platformType(), 1, Integer::sum);
          }
        });
    Guard guard = desk.guard(request.getAcknowledgeTargets());
    Set<InstanceId> running =
        changed ? running(write, old, before, after, targets, difference.came(), guard) : Set.of();
    boolean rescheduled = before.filter(one -> AssociationCheck.sameSchedule(one, after)).isEmpty();
    return new Draft(
        id,
        before,
        after,
        write.now(),
        rescheduled ? write.now() : old.orElseThrow().anchor(),
        found,
        targets,
        difference.came().size(),
        difference.left().size(),
        listed(index, query, difference, members),
        platforms,
        running.size(),
        refusal(guard));
  }

  private static Association after(PlanAssociationRequest request, Optional<Association> before) {
    if (before.isEmpty()) {
      if (!request.hasAssociation()) {
        throw new Refusal(
            "ValidationError",
            "nothing to plan: give an association, or an association_id, or both",
            List.of(new Refusal.Finding("association", "is missing")));
      }
      return AssociationForm.normal(request.getAssociation());
    }
    if (!request.hasAssociation()) {
      return before.get();
    }
    return request.getUpdateMask().getPathsCount() == 0
        ? AssociationForm.normal(request.getAssociation())
        : AssociationForm.edited(before.get(), request.getAssociation(), request.getUpdateMask());
  }

  /** All that is wrong with the association and with what is asked of its plan, at once. */
  private static List<Warning> check(
      Write write,
      AssociationId id,
      Optional<Association> before,
      Association after,
      Findings findings) {
    List<Warning> found = List.of();
    String reason = "ValidationError";
    try {
      found = AssociationCheck.check(write.read(), id, before, after, write.now());
    } catch (Refusal refusal) {
      reason = refusal.reason();
      Findings all = new Findings();
      refusal.findings().forEach(one -> all.add(one.field(), one.description()));
      all.addAll(findings);
      all.refuse(reason);
    }
    findings.refuse(reason);
    return found;
  }

  /** On whom it would run at once, by the same rules as when it is saved. */
  private static Set<InstanceId> running(
      Write write,
      Optional<Associations.Association> old,
      Optional<Association> before,
      Association after,
      Set<InstanceId> targets,
      Set<InstanceId> came,
      Guard guard) {
    if (!AssociationForm.startsByItself(after)) {
      return Set.of();
    }
    boolean all =
        old.isEmpty()
            || (!before.orElseThrow().getEnabled() && after.getEnabled())
            || Revisions.executeOtherwise(
                write.read(),
                old.get().revision(),
                Revisions.settle(write, old.get(), after).revision());
    if (all) {
      guard.change(() -> targets, after);
      return targets;
    }
    guard.enter(came, after);
    return came;
  }

  private static String refusal(Guard guard) {
    try {
      guard.check();
      return "";
    } catch (Refusal refusal) {
      return String.valueOf(refusal.getMessage());
    }
  }

  private static List<Listed> listed(
      TargetIndex index, Query query, TargetIndex.Difference difference, List<InstanceId> members) {
    List<Listed> listed = new ArrayList<>();
    difference.came().stream()
        .limit(MAX_LISTED)
        .forEach(id -> listed.add(named(index, query, id, "ENTERS")));
    difference.left().stream()
        .limit(MAX_LISTED - listed.size())
        .forEach(id -> listed.add(new Listed(id, "LEAVES", List.of())));
    members.stream()
        .filter(id -> !difference.left().contains(id))
        .limit(MAX_LISTED - listed.size())
        .forEach(id -> listed.add(named(index, query, id, "STAYS")));
    return listed;
  }

  private static Listed named(TargetIndex index, Query query, InstanceId id, String change) {
    Subject subject = index.subject(id).orElseThrow();
    return new Listed(id, change, Matcher.reasons(query, subject, index.groups()));
  }

  /** The answer. */
  PlanAssociationResponse answer(Read read, PlanAssociationRequest request, Draft draft) {
    PlanAssociationResponse.Builder answer =
        PlanAssociationResponse.newBuilder()
            .setTargetCount(draft.targets.size())
            .setEnterCount(draft.came)
            .setStayCount(draft.targets.size() - draft.came)
            .setLeaveCount(draft.left)
            .setOfflineCount((int) draft.targets.stream().filter(id -> !connected.test(id)).count())
            .setRunNowCount(draft.running)
            .setWouldRunNow(draft.running > 0)
            .setTargetsTruncated(draft.listed.size() < draft.targets.size() + draft.left)
            .setRefusal(refusal(read, draft))
            .setPermits(permits(RateCodec.of(draft.after), draft.targets.size()))
            .addAllWarnings(draft.found)
            .addAllWarnings(
                warnings.of(read, draft.id, draft.after, draft.targets, draft.platforms));
    draft.before.ifPresent(
        before -> answer.addAllDifference(Differences.between(before, draft.after)));
    PlanRuns.add(read, request, draft.after, draft.anchor, draft.now, answer);
    int bytes = 0;
    for (Listed one : draft.listed) {
      PlannedTarget.Builder target =
          PlannedTarget.newBuilder()
              .setInstanceId(one.instance.value())
              .setChange(one.change)
              .addAllMatchedBy(one.matchedBy);
      Instances.find(read, one.instance).ifPresent(row -> target.setPingStatus(presences.of(row)));
      bytes += target.build().getSerializedSize();
      if (bytes > MAX_LISTED_BYTES) {
        answer.setTargetsTruncated(true);
        break;
      }
      answer.addTargets(target);
    }
    return answer.build();
  }

  /** Why saving it would be refused though nothing is wrong with it. */
  private static String refusal(Read read, Draft draft) {
    if (!draft.refusal.isEmpty() || draft.came == 0) {
      return draft.refusal;
    }
    return Memberships.full(read, RunLimits.MAX_ASSIGNMENTS).stream()
        .filter(id -> draft.targets.contains(id))
        .filter(
            id ->
                draft.before.isEmpty()
                    || Memberships.of(read, id).stream()
                        .noneMatch(member -> member.association().equals(draft.id)))
        .findFirst()
        .map(
            id ->
                "the instance "
                    + id
                    + " would have more than "
                    + RunLimits.MAX_ASSIGNMENTS
                    + " associations; no more are allowed")
        .orElse("");
  }

  private static PlannedPermits permits(RateLimits limits, int targets) {
    PlannedPermits.Builder permits = PlannedPermits.newBuilder();
    limits.concurrency(targets).ifPresent(permits::setConcurrency);
    limits.errors(targets).ifPresent(permits::setErrors);
    return permits.build();
  }
}
