package dev.holdfast.coordinator.association;

import dev.holdfast.document.Document;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.state.Group;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Ports;
import dev.holdfast.state.Resource;
import dev.holdfast.state.Script;
import dev.holdfast.state.Service;
import dev.holdfast.state.Sysctl;
import dev.holdfast.state.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Names what the {@code state:} steps of a document keep on a host. */
final class StateWrites {
  private StateWrites() {}

  /**
   * The names, as people read them: {@code /etc/motd}, {@code package curl}.
   *
   * @param given parameter values
   */
  static Set<String> of(Document document, Map<String, Value> given) {
    Set<String> names = new TreeSet<>();
    Map<String, Value> values = ParameterRules.check(document, given).values();
    for (Step step : document.steps()) {
      if (StateInputs.describes(step.action())) {
        for (Value inputs : each(Substitution.inputs(step, document, values))) {
          StateInputs.read(step.action(), inputs)
              .resource()
              .ifPresent(resource -> names.addAll(names(resource)));
        }
      }
    }
    return names;
  }

  private static List<Value> each(Value inputs) {
    return inputs instanceof Value.Items(var items) ? items : List.of(inputs);
  }

  private static List<String> names(Resource resource) {
    return switch (resource) {
      case Packages packages ->
          packages.wanted().keySet().stream().map(name -> "package " + name).toList();
      case Ports ports -> ports.numbers().stream().map(ports::name).toList();
      case Script _ -> List.of(); // what it keeps only its text knows
      case ManagedFile _, Service _, User _, Group _, Sysctl _ -> List.of(resource.subject());
    };
  }
}
