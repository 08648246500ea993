package dev.holdfast.agent.step;

import dev.holdfast.document.Document;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.state.StateReader;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Says what a step comes to: fills in its inputs and asks the plugin of its action. Pure. */
public final class StepPlanner {
  private final HostFacts host;
  private final Map<String, Plugin> plugins = plugins();

  /** For a host. */
  public StepPlanner(HostFacts host) {
    this.host = host;
  }

  private static Map<String, Plugin> plugins() {
    Map<String, Plugin> plugins = new TreeMap<>();
    plugins.put(Plugins.RUN_SHELL_SCRIPT, new ShellScript());
    plugins.put(Plugins.SOFTWARE_INVENTORY, new SoftwareInventory());
    StateReader.actions().forEach(action -> plugins.put(action, new StateStep()));
    return plugins;
  }

  /** The host. */
  public HostFacts host() {
    return host;
  }

  /** The inputs with the values in place of their tokens. */
  public Value inputs(Step step, Document document, Map<String, Value> values) {
    return Substitution.inputs(step, document, values);
  }

  /** What the step comes to. */
  public Work work(Step step, Document document, Map<String, Value> values) {
    Plugin plugin = plugins.get(step.action());
    if (plugin == null) {
      return new Work.Refused(
          "PluginNotAvailable: "
              + step.action()
              + " is a known plugin that this agent does not have; it has "
              + String.join(", ", plugins.keySet()));
    }
    Map<String, String> environment = new TreeMap<>(host.environment());
    environment.putAll(Substitution.environment(document, values));
    return plugin.work(step, inputs(step, document, values), environment);
  }

  /**
   * The stored parameters that the step still refers to: those in the document's own text, and
   * those in values that the coordinator did not resolve.
   */
  public Set<String> unresolved(Step step, Document document, Map<String, Value> values) {
    Set<String> names = Substitution.references(inputs(step, document, values));
    Substitution.environment(document, values)
        .values()
        .forEach(value -> names.addAll(Substitution.references(new Value.Text(value))));
    return names;
  }
}
