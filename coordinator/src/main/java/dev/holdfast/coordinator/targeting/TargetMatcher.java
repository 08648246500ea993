package dev.holdfast.coordinator.targeting;

import dev.holdfast.association.InstanceId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Decides whether an association's targets name an instance: any of the values of a target, all of
 * the targets. No target, or a target without values, names nobody.
 */
public final class TargetMatcher {
  /** The key of a target of ids. */
  public static final String INSTANCE_IDS = "InstanceIds";

  /** The value that stands for all instances. */
  public static final String EVERY = "*";

  /** What the key of a target of tags begins with. */
  public static final String TAG = "tag:";

  private TargetMatcher() {}

  /** Whether all the targets name the instance. */
  public static boolean matches(
      List<Target> targets, InstanceId instance, Map<String, String> tags) {
    return !targets.isEmpty()
        && targets.stream().allMatch(target -> matches(target, instance, tags));
  }

  /** Those of the instances that the targets name, in the order of their ids. */
  public static NavigableSet<InstanceId> matching(
      List<Target> targets, Map<InstanceId, Map<String, String>> instances) {
    TreeSet<InstanceId> matching = new TreeSet<>();
    instances.forEach(
        (id, tags) -> {
          if (matches(targets, id, tags)) {
            matching.add(id);
          }
        });
    return matching;
  }

  /** Whether a key is that of a target of ids; its case does not matter, as in AWS. */
  public static boolean isInstanceIds(String key) {
    return key.toLowerCase(Locale.ROOT).equals(INSTANCE_IDS.toLowerCase(Locale.ROOT));
  }

  private static boolean matches(Target target, InstanceId instance, Map<String, String> tags) {
    if (isInstanceIds(target.key())) {
      return target.values().contains(EVERY) || target.values().contains(instance.value());
    }
    if (target.key().startsWith(TAG)) {
      String value = tags.get(target.key().substring(TAG.length()));
      return value != null && target.values().contains(value);
    }
    return false;
  }
}
