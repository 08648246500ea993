package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.InstanceGroups;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.coordinator.targeting.TargetIndex;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the index of targets in step with the rows. It belongs to the one writer: it is asked and
 * changed within transactions alone, each change reads again the row that changed, and what a
 * transaction did is undone here when it is undone there. The first transaction that asks builds it
 * from the rows.
 */
final class Targeting {
  private @Nullable TargetIndex built;

  /** The index, as this transaction's rows are now. */
  TargetIndex index(Write write) {
    if (built == null) {
      built = build(write.read());
      write.onUndo(() -> built = null); // it may hold what this transaction did before
    }
    return built;
  }

  /** An index of what the rows say. */
  static TargetIndex build(Read read) {
    TargetIndex index = new TargetIndex();
    for (InstanceGroups.Group group : InstanceGroups.list(read, "", Integer.MAX_VALUE)) {
      var _ = index.putGroup(group.name(), GroupForm.query(GroupForm.read(group.content())));
    }
    for (Instances.Traits traits : Instances.traits(read)) {
      var _ =
          index.put(
              new Subject(
                  traits.id(),
                  traits.tags(),
                  traits.platformType(),
                  traits.platformName(),
                  traits.platformVersion()));
    }
    for (Associations.Current current : Associations.current(read, "", Integer.MAX_VALUE)) {
      var _ =
          index.put(
              current.row().id(), AssociationForm.query(AssociationForm.read(current.content())));
    }
    return index;
  }

  /** An instance as targets would see it, whether it may be one or not. */
  static Subject subject(Read read, Instances.Instance row) {
    return new Subject(
        row.id(),
        Instances.tags(read, row.id()),
        row.host().platformType(),
        row.host().platformName(),
        row.host().platformVersion());
  }

  /** The rows of an instance changed. */
  void instance(Write write, InstanceId instance) {
    TargetIndex index = index(write);
    Optional<Subject> now =
        Instances.targeted(write.read(), instance).map(row -> subject(write.read(), row));
    Optional<Subject> before = now.isPresent() ? index.put(now.get()) : index.remove(instance);
    write.onUndo(
        () -> {
          var _ = before.isPresent() ? index.put(before.get()) : index.remove(instance);
        });
  }

  /** An association has these targets now; none: it is gone. */
  void association(Write write, AssociationId id, Optional<Query> now) {
    TargetIndex index = index(write);
    Optional<Query> before = now.isPresent() ? index.put(id, now.get()) : index.remove(id);
    write.onUndo(
        () -> {
          var _ = before.isPresent() ? index.put(id, before.get()) : index.remove(id);
        });
  }

  /** The row of a group changed, or is gone. */
  void group(Write write, String name) {
    TargetIndex index = index(write);
    Optional<Query> now = GroupForm.groups(write.read()).query(name);
    Optional<Query> before =
        now.isPresent() ? index.putGroup(name, now.get()) : index.removeGroup(name);
    write.onUndo(
        () -> {
          var _ = before.isPresent() ? index.putGroup(name, before.get()) : index.removeGroup(name);
        });
  }
}
