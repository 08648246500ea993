package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.TargetIndex;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.v1.Association;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who comes into associations and who leaves them, in the transaction of the change that it follows
 * from, and what starts on those that came. The rows of members are the truth; the index says what
 * they have to become, so that nothing here looks at all instances or at all associations.
 */
final class Retargeting {
  /** More instances than this are not named or looked at one by one. */
  private static final int MAX_NAMED = 100;

  private static final TargetIndex.Difference NOBODY =
      new TargetIndex.Difference(Set.of(), Set.of());

  private final Targeting targeting = new Targeting();

  /** Builds the index from the rows now, rather than when it is first asked. */
  void prepare(Write write) {
    var _ = targeting.index(write);
  }

  /** The index, as this transaction's rows are now. */
  TargetIndex index(Write write) {
    return targeting.index(write);
  }

  /** An association is gone; its members have left. */
  void deleted(Write write, AssociationId id) {
    targeting.association(write, id, Optional.empty());
  }

  /** It came, went, or has other tags, by the newest event. */
  void instanceChanged(Write write, InstanceId instance) {
    targeting.instance(write, instance);
    long cause = write.position();
    Set<AssociationId> wanted = targeting.index(write).naming(instance);
    Set<AssociationId> now = new TreeSet<>();
    Memberships.of(write.read(), instance).forEach(m -> now.add(m.association()));
    for (AssociationId id : now) {
      if (!wanted.contains(id)) {
        Memberships.leave(write, instance, id);
      }
    }
    List<AssociationId> came = wanted.stream().filter(id -> !now.contains(id)).toList();
    came.forEach(id -> Memberships.enter(write, instance, id));
    if (!came.isEmpty()) {
      notCrowded(write, instance);
    }
    for (AssociationId id : came) {
      Associations.Association row = Associations.find(write.read(), id).orElseThrow();
      if (AssociationForm.startsByItself(AssociationDesk.content(write.read(), row))) {
        Starts.enter(write, row, cause, 1);
      }
    }
  }

  /** What an agent says of its host's platform changed: it may be another group's now. */
  void platformChanged(Write write, InstanceId instance) {
    targeting.instance(write, instance);
    Set<AssociationId> now = new TreeSet<>();
    Memberships.of(write.read(), instance).forEach(m -> now.add(m.association()));
    if (targeting.index(write).naming(instance).equals(now)) {
      return;
    }
    write.append("InstancePlatformChanged", List.of(instance.value()), Map.of());
    instanceChanged(write, instance);
  }

  /**
   * A group asks for others, or is gone, by the newest event.
   *
   * @param guard refuses if too many run by it
   */
  void groupChanged(Write write, String group, Guard guard) {
    targeting.group(write, group);
    TargetIndex index = targeting.index(write);
    long cause = write.position();
    Map<AssociationId, TargetIndex.Difference> moved = new TreeMap<>();
    for (AssociationId id : index.using(group)) {
      TargetIndex.Difference difference = move(write, id, index.query(id));
      if (!difference.came().isEmpty() || !difference.left().isEmpty()) {
        moved.put(id, difference);
      }
    }
    List<Associations.Association> starting = new ArrayList<>();
    moved.forEach(
        (id, difference) -> {
          Associations.Association row = Associations.find(write.read(), id).orElseThrow();
          Association content = AssociationDesk.content(write.read(), row);
          if (!difference.came().isEmpty() && AssociationForm.startsByItself(content)) {
            guard.enter(difference.came(), content);
            starting.add(row);
          }
        });
    guard.check();
    moved.forEach((id, difference) -> tell(write, id, difference));
    starting.forEach(
        row -> {
          int targets = moved.getOrDefault(row.id(), NOBODY).came().size();
          Starts.enter(write, row, cause, targets);
        });
  }

  /** How many instances a group has. */
  int inGroup(Write write, String group) {
    TargetIndex index = targeting.index(write);
    return index.groups().query(group).map(index::count).orElse(0);
  }

  /** The associations that a group is a target of, in the order of their ids. */
  Set<AssociationId> targeting(Write write, String group) {
    return targeting.index(write).using(group);
  }

  /** Says whose sets are others now: the instances, or if these are many, the association. */
  private static void tell(Write write, AssociationId id, TargetIndex.Difference difference) {
    Set<InstanceId> all = new TreeSet<>(difference.came());
    all.addAll(difference.left());
    write.append(
        "TargetsChanged",
        all.size() > MAX_NAMED ? List.of(id.value()) : all.stream().map(InstanceId::value).toList(),
        Map.of(
            "association", id.value(),
            "came", Integer.toString(difference.came().size()),
            "left", Integer.toString(difference.left().size())));
  }

  /**
   * Makes those whom it names members, by the newest event, and lets the others go; those that
   * came.
   */
  Set<InstanceId> retarget(Write write, AssociationId id, Association content) {
    Query query = AssociationForm.query(content);
    targeting.association(write, id, Optional.of(query));
    return move(write, id, query).came();
  }

  private TargetIndex.Difference move(Write write, AssociationId id, Query query) {
    TargetIndex.Difference difference =
        targeting.index(write).difference(query, Memberships.memberIds(write.read(), id));
    difference.left().forEach(instance -> Memberships.leave(write, instance, id));
    Memberships.enter(write, difference.came(), id);
    if (difference.came().size() <= MAX_NAMED) {
      difference.came().forEach(instance -> notCrowded(write, instance));
    } else {
      Memberships.crowded(write.read(), id, RunLimits.MAX_ASSIGNMENTS)
          .ifPresent(Retargeting::crowded);
    }
    return difference;
  }

  private static void notCrowded(Write write, InstanceId instance) {
    if (Memberships.count(write.read(), instance) > RunLimits.MAX_ASSIGNMENTS) {
      crowded(instance);
    }
  }

  private static void crowded(InstanceId instance) {
    throw new Refusal(
        "AssociationLimitExceeded",
        "the instance "
            + instance
            + " would have more than "
            + RunLimits.MAX_ASSIGNMENTS
            + " associations; no more are allowed");
  }
}
