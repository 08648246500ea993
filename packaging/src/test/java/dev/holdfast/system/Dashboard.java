package dev.holdfast.system;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads a dashboard of Grafana, as far as it asks for metrics. */
final class Dashboard {
  private Dashboard() {}

  /**
   * What a panel asks.
   *
   * @param legend how a series is named; words in double braces are labels
   */
  record Query(String panel, String expression, String legend) {}

  /** All queries of a file; fails if a panel says nothing, or two are in one place. */
  static List<Query> read(String json) {
    List<Query> queries = new ArrayList<>();
    Set<Object> places = new HashSet<>();
    Set<Object> ids = new HashSet<>();
    Object file = new Load(LoadSettings.builder().build()).loadFromString(json);
    for (Object panel : Fields.of(file, "panels", List.class)) {
      String title = Fields.of(panel, "title", String.class);
      Fields.require(
          ids.add(Fields.of(panel, "id", Integer.class)), "two panels have one id: " + title);
      Map<?, ?> place = Fields.of(panel, "gridPos", Map.class);
      Fields.require(
          places.add(
              List.of(Fields.of(place, "x", Integer.class), Fields.of(place, "y", Integer.class))),
          title);
      if (!Fields.of(panel, "type", String.class).equals("row")) {
        Fields.require(Fields.of(panel, "description", String.class).matches("\\S.{5,}\\."), title);
        List<?> targets = Fields.of(panel, "targets", List.class);
        Fields.require(!targets.isEmpty(), "a panel that asks nothing: " + title);
        for (Object target : targets) {
          queries.add(
              new Query(
                  title,
                  Fields.of(target, "expr", String.class),
                  Fields.of(target, "legendFormat", String.class)));
        }
      }
    }
    return queries;
  }
}
