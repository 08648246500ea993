package dev.holdfast.agent.step;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.SecretReferences;
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
  private final Map<String, Plugin> plugins;

  /** For a host. */
  public StepPlanner(HostFacts host) {
    this.host = host;
    this.plugins = new TreeMap<>();
    plugins.put(Plugins.RUN_SHELL_SCRIPT, new ShellScript(Work.Interpreter.SHELL));
    plugins.put(Plugins.RUN_POWERSHELL_SCRIPT, new PowerShell(host.powerShell()));
    plugins.put(Plugins.SOFTWARE_INVENTORY, new SoftwareInventory());
    plugins.put(Plugins.RUN_DOCUMENT, new RunDocument());
    plugins.put(Plugins.DOWNLOAD_CONTENT, new DownloadContent());
    plugins.put(Plugins.RUN_DOCKER_ACTION, new DockerAction());
    plugins.put(Plugins.REFRESH_ASSOCIATION, new RefreshAssociation());
    StateReader.actions().forEach(action -> plugins.put(action, new StateStep()));
  }

  /** The host. */
  public HostFacts host() {
    return host;
  }

  /** The inputs with the values in place of their tokens. */
  public Value inputs(Step step, Document document, Map<String, Value> values) {
    return Substitution.inputs(step, document, values);
  }

  /** What the step comes to; references to SecureStrings stay where they are. */
  public Work work(Step step, Document document, Map<String, Value> values) {
    return work(step, document, values, Map.of());
  }

  /**
   * What the step comes to.
   *
   * @param secrets values of SecureStrings, by their references
   */
  public Work work(
      Step step, Document document, Map<String, Value> values, Map<String, String> secrets) {
    Plugin plugin = plugins.get(step.action());
    if (plugin == null) {
      return new Work.Refused(
          "PluginNotAvailable: "
              + step.action()
              + " is a known plugin that is not built yet; built are "
              + String.join(", ", plugins.keySet()));
    }
    if (!Substitution.fits(step, document, values)) {
      return new Work.Refused(
          "InvalidInputs: the parameters add more than "
              + DocumentLimits.MAX_SUBSTITUTED_CHARS
              + " characters to the inputs of the step");
    }
    Map<String, String> environment = new TreeMap<>(host.environment());
    environment.putAll(
        Substitution.environment(
            document, SecretReferences.inEnvironment(document, values, secrets)));
    return plugin.work(
        step,
        SecretReferences.inSource(step, inputs(step, document, values), secrets),
        environment);
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
