package dev.holdfast.state;

import dev.holdfast.config.Closest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the inputs of {@code state:} steps. Everything that is wrong is an error, and all errors
 * are told at once: a misspelt word in a description of what should be would otherwise leave the
 * host as it is and call it right.
 */
public final class StateReader {
  private interface Kind {
    Optional<Resource> read(Inputs inputs);
  }

  private static final Map<String, Kind> KINDS = kinds();

  private StateReader() {}

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put("state:file", FileInputs::read);
    kinds.put("state:package", PackageInputs::read);
    kinds.put("state:service", ServiceInputs::read);
    kinds.put("state:user", AccountInputs::user);
    kinds.put("state:group", AccountInputs::group);
    kinds.put("state:port", PortInputs::port);
    kinds.put("state:firewall", PortInputs::firewall);
    kinds.put("state:sysctl", SysctlInputs::read);
    kinds.put("state:script", ScriptInputs::read);
    return kinds;
  }

  /** The actions that are read here, in the order in which they are told. */
  public static Set<String> actions() {
    return KINDS.keySet();
  }

  /**
   * Reads the inputs of one step.
   *
   * @param action one of {@link #actions}
   * @param inputs a map
   * @throws IllegalArgumentException if the action is none of them
   */
  public static StateReading read(String action, Written inputs) {
    Kind kind = KINDS.get(action);
    if (kind == null) {
      throw new IllegalArgumentException(action + " describes no state");
    }
    List<Finding> errors = new ArrayList<>();
    if (inputs.kind() != Written.Kind.MAP && inputs.kind() != Written.Kind.NOTHING) {
      errors.add(inputs.finding("the inputs of " + action + " are a map, not " + words(inputs)));
      return new StateReading(Optional.empty(), errors);
    }
    Inputs taken = new Inputs(action, inputs, errors);
    Optional<Resource> resource = kind.read(taken);
    taken.close();
    boolean whole = errors.isEmpty() && !taken.open();
    return new StateReading(whole ? resource : Optional.empty(), errors);
  }

  /**
   * Checks that the steps whose changes a service follows are there.
   *
   * @param inputs of a {@code state:service} step
   * @param earlier the names of the {@code state:} steps before it
   */
  public static List<Finding> unknownSteps(Written inputs, Set<String> earlier) {
    List<Finding> errors = new ArrayList<>();
    Written.Entry entry = inputs.fields().get(ServiceInputs.RESTART_WHEN_CHANGED);
    if (entry == null) {
      return errors;
    }
    Written named = entry.value();
    for (Written name : named.kind() == Written.Kind.LIST ? named.items() : List.of(named)) {
      if (name.scalar() && !name.open() && !earlier.contains(name.text())) {
        errors.add(
            name.finding(
                "'"
                    + ServiceInputs.RESTART_WHEN_CHANGED
                    + "' names '"
                    + name.text()
                    + "', which is no earlier state: step"
                    + Closest.to(name.text(), earlier)
                        .map(meant -> "; did you mean '" + meant + "'?")
                        .orElse("")));
      }
    }
    return errors;
  }

  private static String words(Written inputs) {
    return inputs.kind().words();
  }
}
