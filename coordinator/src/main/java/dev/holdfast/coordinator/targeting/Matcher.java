package dev.holdfast.coordinator.targeting;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Decides whether an instance is named, and says why: the rule that an index has to agree with. */
public final class Matcher {
  private Matcher() {}

  /** Whether all conditions hold. */
  public static boolean matches(Query query, Subject subject, Groups groups) {
    for (Condition condition : query.all()) {
      if (!holds(condition, subject, groups)) {
        return false;
      }
    }
    return !query.all().isEmpty();
  }

  /**
   * By what an instance is named, a line a condition: {@code tag:Role=web}, {@code InstanceIds=*},
   * {@code resource-groups:Name=shops}. Empty if it is not.
   */
  public static List<String> reasons(Query query, Subject subject, Groups groups) {
    if (!matches(query, subject, groups)) {
      return List.of();
    }
    List<String> reasons = new ArrayList<>(query.all().size());
    query.all().forEach(condition -> reasons.add(reason(condition, subject, groups)));
    return reasons;
  }

  static boolean holds(Condition condition, Subject subject, Groups groups) {
    return switch (condition) {
      case Condition.AnyOf(var field, var values) -> has(subject, field, values);
      case Condition.NoneOf(var field, var values) -> !has(subject, field, values);
      case Condition.BeginsWith(var field, var prefixes) -> {
        for (String value : subject.values(field)) {
          if (prefixes.stream().anyMatch(value::startsWith)) {
            yield true;
          }
        }
        yield false;
      }
      case Condition.InGroup(var names) -> {
        for (String name : names) {
          if (in(name, subject, groups)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /** Groups don't nest: a group that asks for a group has nobody by that. */
  static boolean in(String group, Subject subject, Groups groups) {
    return groups.query(group).filter(query -> matches(query, subject, Groups.NONE)).isPresent();
  }

  private static boolean has(Subject subject, Field field, Set<String> values) {
    for (String value : subject.values(field)) {
      if (values.contains(value)) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Condition condition, Subject subject, Groups groups) {
    return switch (condition) {
      case Condition.AnyOf(var field, var values) ->
          field.text()
              + "="
              + subject.values(field).stream()
                  .filter(values::contains)
                  .min(String::compareTo)
                  .orElse("");
      case Condition.NoneOf(var field, _) ->
          subject.values(field).stream()
              .min(String::compareTo)
              .map(value -> field.text() + "=" + value)
              .orElse("no " + field.text());
      case Condition.BeginsWith(var field, var prefixes) ->
          field.text()
              + "="
              + subject.values(field).stream()
                  .filter(value -> prefixes.stream().anyMatch(value::startsWith))
                  .min(String::compareTo)
                  .orElse("");
      case Condition.InGroup(var names) ->
          TargetKeys.GROUP
              + "="
              + names.stream()
                  .filter(name -> in(name, subject, groups))
                  .min(String::compareTo)
                  .orElse("");
    };
  }
}
