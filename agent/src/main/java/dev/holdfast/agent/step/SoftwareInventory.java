package dev.holdfast.agent.step;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code aws:softwareInventory}: each input switches a type on by the value {@code Enabled}
 * (spec.md section 5.1). What the instance is, is always gathered.
 */
final class SoftwareInventory implements Plugin {
  private static final Map<String, String> TYPES =
      Map.of(
          "applications", "AWS:Application",
          "networkConfig", "AWS:Network",
          "services", "AWS:Service",
          "pendingUpdates", "Host:PendingUpdate",
          "instanceDetailedInformation", "AWS:InstanceDetailedInformation");

  /** Known to AWS; these do not exist here, or not yet. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "awsComponents",
          "billingInfo",
          "files",
          "windowsRoles",
          "windowsRegistry",
          "windowsUpdates",
          "customInventory");

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    if (inputs instanceof Value.Null) {
      return gathering(Set.of("AWS:InstanceInformation"), "");
    }
    if (!(inputs instanceof Value.Fields(var fields))) {
      return new Work.Refused("InvalidInputs: the inputs of aws:softwareInventory are a map");
    }
    Set<String> types = new TreeSet<>(Set.of("AWS:InstanceInformation"));
    Set<String> leftOut = new TreeSet<>();
    fields.forEach(
        (name, value) -> {
          String text = JsonText.inText(value);
          String type = TYPES.get(name);
          if (type != null && text.equals("Enabled")) {
            types.add(type);
          } else if (LEFT_OUT.contains(name) && !text.isEmpty() && !text.equals("Disabled")) {
            leftOut.add(name);
          }
        });
    return gathering(
        types,
        leftOut.isEmpty() ? "" : "not gathered by this agent: " + String.join(", ", leftOut));
  }

  private static Work gathering(Set<String> types, String note) {
    return new Work.Inside(new Task.Gathering(types), RunLimits.GATHERING, note);
  }
}
