package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.targeting.Target;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.task.Limits;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Checks whom an association names: everything that is wrong, at once. */
final class TargetCheck {
  private TargetCheck() {}

  /**
   * Tells what is wrong.
   *
   * @param group whether there is an instance group with a name
   * @param find takes a field of the association, and what is wrong with it
   */
  static void check(
      List<Target> targets, Predicate<String> group, BiConsumer<String, String> find) {
    if (targets.size() > Limits.MAX_TARGETS) {
      find.accept(
          "targets", targets.size() + " targets; at most " + Limits.MAX_TARGETS + " are allowed");
    }
    Set<String> keys = new HashSet<>();
    boolean ids = false;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      String path = "targets[" + i + "]";
      boolean names = TargetKeys.isInstanceIds(target.key());
      ids |= names;
      boolean several =
          target.key().equals(TargetKeys.TAG_KEY) || target.key().equals(TargetKeys.GROUP);
      if (!keys.add(names ? target.key().toLowerCase(Locale.ROOT) : target.key()) && !several) {
        find.accept(
            path + ".key",
            "'"
                + Findings.printable(target.key())
                + "' is there twice, and all targets must hold; give all values to one");
      }
      check(target, names, path, find);
      groups(target, group, path, find);
    }
    if (ids && keys.size() > 1) {
      find.accept("targets", "InstanceIds names instances by itself and goes with no other key");
    }
  }

  private static void groups(
      Target target, Predicate<String> group, String path, BiConsumer<String, String> find) {
    if (!target.key().equals(TargetKeys.GROUP)) {
      return;
    }
    for (int i = 0; i < target.values().size(); i++) {
      String name = target.values().get(i);
      if (name.length() <= Limits.MAX_TARGET_VALUE && !group.test(name)) {
        find.accept(
            path + ".values[" + i + "]",
            "there is no instance group '"
                + Findings.printable(name)
                + "'; make it with CreateInstanceGroup first");
      }
    }
  }

  private static void check(
      Target target, boolean ids, String path, BiConsumer<String, String> find) {
    boolean known =
        ids
            || TargetKeys.isTag(target.key())
            || target.key().equals(TargetKeys.TAG_KEY)
            || target.key().equals(TargetKeys.GROUP);
    if (!known) {
      find.accept(
          path + ".key",
          "'"
              + Findings.printable(target.key())
              + "'; allowed are InstanceIds, tag:KEY, tag-key and resource-groups:Name");
    }
    if (target.key().length() > Limits.MAX_TARGET_KEY) {
      find.accept(
          path + ".key",
          "has "
              + target.key().length()
              + " characters; at most "
              + Limits.MAX_TARGET_KEY
              + " are allowed");
    }
    if (target.values().size() > Limits.MAX_TARGET_VALUES) {
      find.accept(
          path + ".values",
          target.values().size() + " values; at most " + Limits.MAX_TARGET_VALUES + " are allowed");
    }
    boolean every = ids && target.values().contains(TargetKeys.EVERY);
    if (every && target.values().size() > 1) {
      find.accept(path + ".values", "'*' stands for all and must be alone");
    }
    for (int i = 0; i < target.values().size(); i++) {
      String value = target.values().get(i);
      if (ids && !every && !InstanceId.isValid(value)) {
        find.accept(
            path + ".values[" + i + "]",
            "'" + Findings.printable(value) + "' is no instance id (mi- and 17 hex digits)");
      } else if (value.length() > Limits.MAX_TARGET_VALUE) {
        find.accept(
            path + ".values[" + i + "]",
            "has "
                + value.length()
                + " characters; at most "
                + Limits.MAX_TARGET_VALUE
                + " are allowed");
      }
    }
  }
}
