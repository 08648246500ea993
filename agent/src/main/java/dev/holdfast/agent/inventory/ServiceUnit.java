package dev.holdfast.agent.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a systemd unit file says of its service.
 *
 * @param installable it has an {@code [Install]} section, so it can be enabled
 * @param needs services that it requires
 */
record ServiceUnit(String description, String type, boolean installable, Set<String> needs) {

  /** Reads a unit file; lines of other kinds are passed over. */
  static ServiceUnit read(BufferedReader reader) throws IOException {
    String description = "";
    String type = "simple";
    boolean installable = false;
    Set<String> needs = new TreeSet<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String text = line.strip();
      int equals = text.indexOf('=');
      String key = equals < 0 ? text : text.substring(0, equals).strip();
      String value = equals < 0 ? "" : text.substring(equals + 1).strip();
      switch (key) {
        case "[Install]" -> installable = true;
        case "Description" -> description = value;
        case "Type" -> type = value;
        case "Requires", "BindsTo" -> {
          for (String unit : value.split("\\s+")) {
            if (unit.endsWith(Services.SUFFIX)) {
              needs.add(Services.name(unit));
            }
          }
        }
        default -> {}
      }
    }
    return new ServiceUnit(description, type, installable, needs);
  }
}
