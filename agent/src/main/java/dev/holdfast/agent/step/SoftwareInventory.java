package dev.holdfast.agent.step;

import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.inventory.InventoryTypes;
import dev.holdfast.agent.inventory.PathFilter;
import dev.holdfast.agent.inventory.PathFilters;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code aws:softwareInventory}: each input switches a type on by the value {@code Enabled}
 * (spec.md section 5.1), or by a filter. What the instance is, is always gathered.
 */
final class SoftwareInventory implements Plugin {
  private static final String ENABLED = "Enabled";
  private static final String DISABLED = "Disabled";
  private static final String FILES = "files";
  private static final String CERTIFICATES = "certificates";
  private static final String REGISTRY = "windowsRegistry";
  private static final String FOLDER = "customInventoryDirectory";
  private static final String FREQUENCY = "changeDetectionFrequency";
  private static final String DETECTED = "changeDetectionTypes";

  /** Switched on by {@link #ENABLED}. */
  private static final Map<String, String> SWITCHES =
      Map.ofEntries(
          Map.entry("applications", InventoryTypes.APPLICATION),
          Map.entry("awsComponents", InventoryTypes.AWS_COMPONENT),
          Map.entry("networkConfig", InventoryTypes.NETWORK),
          Map.entry("billingInfo", InventoryTypes.BILLING_INFO),
          Map.entry("services", InventoryTypes.SERVICE),
          Map.entry("windowsRoles", InventoryTypes.WINDOWS_ROLE),
          Map.entry("windowsUpdates", InventoryTypes.WINDOWS_UPDATE),
          Map.entry("instanceDetailedInformation", InventoryTypes.INSTANCE_DETAILED_INFORMATION),
          Map.entry("customInventory", Gathering.CUSTOM),
          Map.entry("disks", InventoryTypes.DISK),
          Map.entry("ports", InventoryTypes.PORT),
          Map.entry("users", InventoryTypes.USER),
          Map.entry("kernel", InventoryTypes.KERNEL),
          Map.entry("containers", InventoryTypes.CONTAINER),
          Map.entry("pendingUpdates", InventoryTypes.PENDING_UPDATE));

  /** Switched on by a filter. */
  private static final Map<String, String> FILTERED =
      Map.of(
          FILES, InventoryTypes.FILE,
          CERTIFICATES, InventoryTypes.CERTIFICATE,
          REGISTRY, InventoryTypes.WINDOWS_REGISTRY);

  /** The types that the inputs name. */
  static Set<String> types(Value inputs) {
    Set<String> types = new TreeSet<>(Set.of(InventoryTypes.INSTANCE_INFORMATION));
    if (inputs instanceof Value.Fields(var fields)) {
      fields.forEach(
          (name, value) -> {
            String text = text(value);
            if (SWITCHES.containsKey(name) && text.equals(ENABLED)) {
              types.add(SWITCHES.get(name));
            } else if (FILTERED.containsKey(name) && !off(text)) {
              types.add(FILTERED.get(name));
            }
          });
    }
    return types;
  }

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    if (inputs instanceof Value.Null) {
      return gathering(Gathering.of(types(inputs)), "");
    }
    if (!(inputs instanceof Value.Fields(var fields))) {
      return refused("the inputs of aws:softwareInventory are a map");
    }
    for (String name : SWITCHES.keySet()) {
      String text = text(fields.get(name));
      if (!off(text) && !text.equals(ENABLED)) {
        return refused(name + " is '" + shortened(text) + "'; allowed are Enabled and Disabled");
      }
    }
    PathFilters.Reading files = filters(fields, FILES);
    PathFilters.Reading certificates =
        text(fields.get(CERTIFICATES)).equals(ENABLED)
            ? new PathFilters.Reading(List.of(), Optional.empty())
            : filters(fields, CERTIFICATES);
    String registry = text(fields.get(REGISTRY));
    Optional<String> mistake =
        files
            .mistake()
            .or(certificates::mistake)
            .or(() -> off(registry) ? Optional.empty() : PathFilters.registry(REGISTRY, registry));
    if (mistake.isPresent()) {
      return refused(mistake.get());
    }
    String folder = text(fields.get(FOLDER));
    if (!folder.isEmpty() && !folder.startsWith("/")) {
      return refused(FOLDER + " is '" + shortened(folder) + "'; it is an absolute path");
    }
    String frequency = text(fields.get(FREQUENCY));
    if (!frequency.isEmpty() && !frequency.matches("[1-9]\\d{0,5}")) {
      return refused(FREQUENCY + " is '" + shortened(frequency) + "'; it is a number from 1");
    }
    List<PathFilter> none = List.of();
    return gathering(
        new Gathering(
            types(inputs),
            off(text(fields.get(FILES))) ? none : files.filters(),
            off(text(fields.get(CERTIFICATES))) ? none : certificates.filters(),
            folder.isEmpty() ? Optional.empty() : Optional.of(folder)),
        note(frequency, text(fields.get(DETECTED))));
  }

  private static PathFilters.Reading filters(Map<String, Value> fields, String name) {
    String text = text(fields.get(name));
    return off(text)
        ? new PathFilters.Reading(List.of(), Optional.empty())
        : PathFilters.read(name, text);
  }

  private static String note(String frequency, String types) {
    List<String> given = new ArrayList<>();
    if (!frequency.isEmpty()) {
      given.add(FREQUENCY);
    }
    if (!types.isEmpty() && !types.equals("[]")) {
      given.add(DETECTED);
    }
    return given.isEmpty()
        ? ""
        : String.join(" and ", given)
            + " make no difference here: each gathering sends only what changed, so the schedule"
            + " alone says how often it is looked at";
  }

  private static boolean off(String text) {
    return text.isEmpty() || text.equals(DISABLED);
  }

  private static String text(@org.jspecify.annotations.Nullable Value value) {
    return value == null || value instanceof Value.Null ? "" : JsonText.inText(value).strip();
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }

  private static Work refused(String reason) {
    return new Work.Refused("InvalidInputs: " + reason);
  }

  private static Work gathering(Gathering what, String note) {
    return new Work.Inside(new Task.Gather(what), RunLimits.GATHERING, note);
  }
}
