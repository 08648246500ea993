package dev.holdfast.compliance;

import dev.holdfast.task.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What items that somebody puts must keep to (spec.md sections 4.1 and 4.2): checked where they are
 * taken, and again where they are stored. Everything that is wrong is told at once. Pure.
 */
public final class PutRules {
  /** What the types begin with that anybody may put. */
  public static final String CUSTOM = "Custom:";

  private static final Pattern CUSTOM_TYPE = Pattern.compile("Custom:[A-Za-z0-9_-]\\w+");

  private PutRules() {}

  /** What kind of mistake; the first of several names them all. */
  public enum Kind {
    /** Something is missing, or not of its form. */
    CONTENT("InvalidItemContent"),
    /** One item is too large. */
    ITEM_SIZE("ItemSizeLimitExceeded"),
    /** All together are too many, or too large. */
    TOTAL_SIZE("TotalSizeLimitExceeded");

    private final String error;

    Kind(String error) {
      this.error = error;
    }

    /** SSM's name of the error. */
    public String error() {
      return error;
    }
  }

  /**
   * A mistake.
   *
   * @param field where: {@code items[3].severity}
   * @param message what was found, and what is allowed
   */
  public record Mistake(Kind kind, String field, String message) {
    /** In one line. */
    public String text() {
      return field + ": " + message;
    }
  }

  /** What is wrong with a type's name; empty if nothing is. */
  public static List<Mistake> type(String field, String type) {
    if (CUSTOM_TYPE.matcher(type).matches() && type.length() <= Limits.MAX_COMPLIANCE_TYPE_CHARS) {
      return List.of();
    }
    return List.of(
        new Mistake(
            Kind.CONTENT,
            field,
            "'"
                + printable(type)
                + "'; allowed is Custom: and a name of 2 or more letters, digits and underscores,"
                + " of at most "
                + Limits.MAX_COMPLIANCE_TYPE_CHARS
                + " characters in all"));
  }

  /** What is wrong with all items of a type; empty if nothing is. */
  public static List<Mistake> items(List<PutItem> items) {
    List<Mistake> mistakes = new ArrayList<>();
    if (items.size() > Limits.MAX_COMPLIANCE_ITEMS) {
      mistakes.add(
          new Mistake(
              Kind.TOTAL_SIZE,
              "items",
              items.size() + " items; at most " + Limits.MAX_COMPLIANCE_ITEMS + " are allowed"));
      return mistakes;
    }
    Map<String, Integer> ids = new HashMap<>();
    long total = 0;
    for (int i = 0; i < items.size(); i++) {
      PutItem item = items.get(i);
      String path = "items[" + i + "]";
      item(path, item, mistakes);
      Integer earlier = ids.putIfAbsent(item.id(), i);
      if (earlier != null) {
        add(
            mistakes,
            path + ".id",
            "'" + printable(item.id()) + "' is that of items[" + earlier + "]");
      }
      total += item.bytes();
    }
    if (total > Limits.MAX_COMPLIANCE_BYTES) {
      mistakes.add(
          new Mistake(
              Kind.TOTAL_SIZE,
              "items",
              total
                  + " bytes of text in all; at most "
                  + Limits.MAX_COMPLIANCE_BYTES
                  + " are allowed"));
    }
    return mistakes;
  }

  private static void item(String path, PutItem item, List<Mistake> mistakes) {
    if (item.id().isEmpty()) {
      add(mistakes, path + ".id", "is missing");
    }
    text(path + ".id", item.id(), Limits.MAX_COMPLIANCE_ID_CHARS, mistakes);
    text(path + ".title", item.title(), Limits.MAX_COMPLIANCE_TITLE_CHARS, mistakes);
    if (item.details().size() > Limits.MAX_COMPLIANCE_DETAILS) {
      add(
          mistakes,
          path + ".details",
          item.details().size()
              + " details; at most "
              + Limits.MAX_COMPLIANCE_DETAILS
              + " are allowed");
    }
    item.details()
        .forEach(
            (name, value) -> {
              String field = path + ".details";
              if (name.isEmpty()) {
                add(mistakes, field, "a detail has no name");
              }
              text(field, name, Limits.MAX_COMPLIANCE_DETAIL_NAME_CHARS, mistakes);
              if (value.length() > Limits.MAX_COMPLIANCE_DETAIL_CHARS) {
                add(
                    mistakes,
                    field,
                    "'"
                        + printable(name)
                        + "' has "
                        + value.length()
                        + " characters; at most "
                        + Limits.MAX_COMPLIANCE_DETAIL_CHARS
                        + " are allowed");
              }
            });
    int bytes = item.bytes();
    if (bytes > Limits.MAX_COMPLIANCE_ITEM_BYTES) {
      mistakes.add(
          new Mistake(
              Kind.ITEM_SIZE,
              path,
              bytes
                  + " bytes of id, title and details together; at most "
                  + Limits.MAX_COMPLIANCE_ITEM_BYTES
                  + " are allowed"));
    }
  }

  private static void text(String field, String text, int atMost, List<Mistake> mistakes) {
    if (text.length() > atMost) {
      add(mistakes, field, text.length() + " characters; at most " + atMost + " are allowed");
    }
    if (text.codePoints().anyMatch(Character::isISOControl)) {
      add(mistakes, field, "has a control character; none are allowed");
    }
  }

  private static void add(List<Mistake> mistakes, String field, String message) {
    mistakes.add(new Mistake(Kind.CONTENT, field, message));
  }

  /** Text that somebody else wrote, fit for a message. */
  public static String printable(String text) {
    String start = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return start.replaceAll("\\p{C}", "?");
  }
}
