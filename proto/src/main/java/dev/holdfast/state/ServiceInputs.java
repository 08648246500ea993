package dev.holdfast.state;

import dev.holdfast.state.Service.Startup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:service}. */
final class ServiceInputs {
  static final String RESTART_WHEN_CHANGED = "restartWhenChanged";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]*");
  private static final Pattern SUFFIX =
      Pattern.compile(".*\\.(service|socket|timer|path|mount|automount|swap|target|slice|scope)");

  private ServiceInputs() {}

  static Optional<Resource> read(Inputs inputs) {
    String name = inputs.needed("name", "ssh");
    if (!name.isEmpty() && !(NAME.matcher(name).matches() && name.length() <= 255)) {
      inputs.error("name", "'name' is '" + name + "'; allowed is the name of a systemd unit");
    }
    Optional<Boolean> running =
        inputs.word("state", Map.of("running", Boolean.TRUE, "stopped", Boolean.FALSE));
    Optional<Startup> startup =
        inputs.word(
            "startup",
            Map.of(
                "enabled", Startup.ENABLED,
                "disabled", Startup.DISABLED,
                "masked", Startup.MASKED));
    List<String> steps = inputs.texts(RESTART_WHEN_CHANGED).orElse(List.of());
    boolean reload = inputs.flag("reload", false);
    if (running.equals(Optional.of(true)) && startup.equals(Optional.of(Startup.MASKED))) {
      inputs.error("startup", "a unit that is masked can't be running; say 'state: stopped'");
    }
    if (running.equals(Optional.of(false)) && inputs.has(RESTART_WHEN_CHANGED)) {
      inputs.error(RESTART_WHEN_CHANGED, "a unit that is stopped is not restarted");
    }
    if (reload && !inputs.has(RESTART_WHEN_CHANGED)) {
      inputs.error("reload", "'reload' belongs to '" + RESTART_WHEN_CHANGED + "', not given");
    }
    if (!inputs.has("state") && !inputs.has("startup") && !inputs.has(RESTART_WHEN_CHANGED)) {
      inputs.error(
          "state",
          "state:service needs one of the inputs 'state', 'startup', '"
              + RESTART_WHEN_CHANGED
              + "'");
    }
    String unit = SUFFIX.matcher(name).matches() ? name : name + ".service";
    return Optional.of(new Service(unit, running, startup, steps, reload));
  }
}
