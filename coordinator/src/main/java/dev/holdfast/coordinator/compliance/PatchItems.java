package dev.holdfast.coordinator.compliance;

import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.task.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the updates that an instance lacks say about it: one item an update, or one that says that
 * none is missing (spec.md section 4.4). Pure.
 *
 * <p>A critical update is CRITICAL. One that mends a hole is as bad as its maker says (important is
 * HIGH, moderate MEDIUM), HIGH if that is not said. Any other is MEDIUM.
 */
public final class PatchItems {
  /** The inventory type that they come from. */
  public static final String TYPE = "Host:PendingUpdate";

  /** The id of the item that is there when no update is missing. */
  static final String NONE = "no-updates-missing";

  /** The id of the item that stands for all updates for which there is no room. */
  static final String MORE = "more-updates";

  // So that an item stays within what an item may take.
  private static final int MAX_TITLE_CHARS = 200;
  private static final int MAX_DETAIL_CHARS = 100;

  private static final Comparator<PutItem> WORST_FIRST =
      Comparator.comparing(PutItem::severity).thenComparing(PutItem::id);

  private PatchItems() {}

  /** The kinds of updates, as SSM counts them. */
  private enum Kind {
    CRITICAL("Critical"),
    SECURITY("Security"),
    OTHER("Other");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  /**
   * The items of a scan.
   *
   * @param updates one a missing update: {@code Name}, {@code InstalledVersion}, {@code
   *     AvailableVersion}, {@code Security} ({@code true} or not), {@code Severity} (the maker's
   *     word), {@code Origin}, {@code Advisory}; any of them may be missing
   */
  public static List<PutItem> of(List<Map<String, String>> updates) {
    if (updates.isEmpty()) {
      return List.of(
          new PutItem(
              NONE,
              "no updates are missing",
              Severity.UNSPECIFIED,
              Status.COMPLIANT,
              Map.of("PatchState", "INSTALLED")));
    }
    Map<String, PutItem> worst = new HashMap<>();
    for (Map<String, String> update : updates) {
      PutItem item = item(update);
      worst.merge(
          item.id(), item, (one, other) -> WORST_FIRST.compare(one, other) <= 0 ? one : other);
    }
    List<PutItem> sorted = new ArrayList<>(worst.values());
    sorted.sort(WORST_FIRST);
    if (sorted.size() <= Limits.MAX_COMPLIANCE_ITEMS) {
      return List.copyOf(sorted);
    }
    int room = Limits.MAX_COMPLIANCE_ITEMS - 1;
    List<PutItem> items = new ArrayList<>(sorted.subList(0, room));
    items.add(
        new PutItem(
            MORE,
            (sorted.size() - room) + " more updates are missing",
            sorted.get(room).severity(),
            Status.NON_COMPLIANT,
            Map.of("PatchState", "MISSING")));
    return List.copyOf(items);
  }

  private static PutItem item(Map<String, String> update) {
    String name = cut(update.getOrDefault("Name", ""), Limits.MAX_COMPLIANCE_ID_CHARS);
    String from = update.getOrDefault("InstalledVersion", "");
    String to = update.getOrDefault("AvailableVersion", "");
    String said = update.getOrDefault("Severity", "").toLowerCase(Locale.ROOT);
    boolean security = update.getOrDefault("Security", "").equals("true");
    Kind kind = said.equals("critical") ? Kind.CRITICAL : security ? Kind.SECURITY : Kind.OTHER;
    Map<String, String> details = new HashMap<>();
    details.put("PatchState", "MISSING");
    details.put("Classification", kind.word);
    add(details, "PatchSeverity", update.getOrDefault("Severity", ""));
    add(details, "InstalledVersion", from);
    add(details, "AvailableVersion", to);
    add(details, "Repository", update.getOrDefault("Origin", ""));
    add(details, "Advisory", update.getOrDefault("Advisory", ""));
    return new PutItem(
        name.isEmpty() ? "unnamed" : name,
        cut(title(name, from, to), MAX_TITLE_CHARS),
        severity(kind, said),
        Status.NON_COMPLIANT,
        details);
  }

  private static String title(String name, String from, String to) {
    return name
        + (to.isEmpty() ? " has an update" : " " + to)
        + (from.isEmpty() ? "" : ", now " + from);
  }

  private static Severity severity(Kind kind, String said) {
    return switch (kind) {
      case CRITICAL -> Severity.CRITICAL;
      case SECURITY ->
          switch (said) {
            case "moderate", "medium" -> Severity.MEDIUM;
            case "low", "negligible", "minor" -> Severity.LOW;
            default -> Severity.HIGH;
          };
      case OTHER -> Severity.MEDIUM;
    };
  }

  private static void add(Map<String, String> details, String name, String value) {
    if (!value.isEmpty()) {
      details.put(name, cut(value, MAX_DETAIL_CHARS));
    }
  }

  private static String cut(String text, int atMost) {
    return text.length() <= atMost ? text : text.substring(0, atMost);
  }
}
