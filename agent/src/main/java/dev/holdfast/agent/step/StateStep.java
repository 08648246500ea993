package dev.holdfast.agent.step;

import dev.holdfast.document.Scripts;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Resource;
import dev.holdfast.state.StateReading;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The {@code state:} actions: what their inputs describe, kept by a task inside the agent. */
final class StateStep implements Plugin {
  /** Before the name of a parameter that is handed over as a variable. */
  private static final String VARIABLE = "SSM_";

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    StateReading reading = StateInputs.read(step.action(), inputs);
    if (reading.resource().isEmpty()) {
      return new Work.Refused(
          "InvalidInputs: "
              + reading.errors().stream()
                  .map(dev.holdfast.state.Finding::message)
                  .collect(Collectors.joining("; ")));
    }
    Resource resource = reading.resource().get();
    if (resource instanceof ManagedFile file && StateInputs.secret(step, variables(environment))) {
      resource = file.asSecret();
    }
    Map<String, Value> fields = inputs instanceof Value.Fields(var named) ? named : Map.of();
    return new Work.Inside(
        new Task.State(step.name(), resource, environment, false, false),
        Duration.ofSeconds(Scripts.timeoutSeconds(step.timeoutSeconds(), fields)),
        "");
  }

  private static Set<String> variables(Map<String, String> environment) {
    return environment.keySet().stream()
        .filter(name -> name.startsWith(VARIABLE))
        .map(name -> name.substring(VARIABLE.length()))
        .collect(Collectors.toSet());
  }
}
