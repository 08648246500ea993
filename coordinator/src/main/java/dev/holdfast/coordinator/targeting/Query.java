package dev.holdfast.coordinator.targeting;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whom an association or a group names: those for whom all conditions hold. Without conditions:
 * nobody.
 */
public record Query(List<Condition> all) {
  /** Names nobody. */
  public static final Query NOBODY = new Query(List.of());

  /** Copies. */
  public Query {
    all = List.copyOf(all);
  }

  /** What the targets of an association mean. A key that is not known names nobody. */
  public static Query of(List<Target> targets) {
    List<Condition> all = new ArrayList<>();
    for (Target target : targets) {
      all.add(condition(target));
    }
    return new Query(all);
  }

  /** The groups that it rests on. */
  public Set<String> groups() {
    Set<String> names = new java.util.HashSet<>();
    for (Condition condition : all) {
      if (condition instanceof Condition.InGroup(var groups)) {
        names.addAll(groups);
      }
    }
    return names;
  }

  private static Condition condition(Target target) {
    String key = target.key();
    if (TargetKeys.isInstanceIds(key)) {
      return Condition.anyOf(
          target.values().contains(TargetKeys.EVERY) ? Field.EVERYBODY : Field.ID, unique(target));
    }
    if (key.equals(TargetKeys.TAG_KEY)) {
      return Condition.anyOf(Field.TAG_KEY, unique(target));
    }
    if (key.equals(TargetKeys.GROUP)) {
      return new Condition.InGroup(unique(target));
    }
    return TargetKeys.isTag(key)
        ? Condition.anyOf(Field.tag(key.substring(TargetKeys.TAG.length())), unique(target))
        : Condition.anyOf(Field.EVERYBODY, Set.of());
  }

  private static Set<String> unique(Target target) {
    return new java.util.HashSet<>(target.values());
  }
}
