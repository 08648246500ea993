package dev.holdfast.state;

import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:sysctl}. */
final class SysctlInputs {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_:@-]++)++");

  private static final Pattern VALUE = Pattern.compile("[^\\n]{1,1024}");

  private SysctlInputs() {}

  static Optional<Resource> read(Inputs inputs) {
    String key = inputs.needed("key", "net.ipv4.ip_forward");
    if (!key.isEmpty() && !KEY.matcher(key).matches()) {
      inputs.error(
          "key",
          "'key' is '" + key + "'; allowed is a name of sysctl(8), like net.ipv4.ip_forward");
    }
    inputs.needed("value", "\"1\"");
    String value = inputs.text("value", VALUE, "one line that is not empty").orElse("");
    return Optional.of(
        new Sysctl(key, value.strip().replaceAll("\\s+", " "), inputs.flag("persist", true)));
  }
}
