package dev.holdfast.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads alert rules. */
final class AlertRules {
  private AlertRules() {}

  /** One rule. */
  record Rule(String name, String expression, Map<?, ?> annotations, Map<?, ?> labels) {}

  /** All rules of a file. */
  static List<Rule> read(String yaml) {
    List<Rule> rules = new ArrayList<>();
    Object file = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    for (Object group : Fields.of(file, "groups", List.class)) {
      for (Object each : Fields.of(group, "rules", List.class)) {
        Map<?, ?> rule = (Map<?, ?>) each;
        Fields.require(
            Set.of("alert", "expr", "for", "labels", "annotations").containsAll(rule.keySet()),
            "keys that no rule has: " + rule);
        rules.add(
            new Rule(
                Fields.of(rule, "alert", String.class),
                Fields.of(rule, "expr", String.class),
                Fields.of(rule, "annotations", Map.class),
                Fields.of(rule, "labels", Map.class)));
      }
    }
    return rules;
  }
}
