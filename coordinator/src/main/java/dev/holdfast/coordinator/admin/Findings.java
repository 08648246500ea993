package dev.holdfast.coordinator.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Collects what is wrong with a request, so that all of it is told at once. */
public final class Findings {
  /** What documents and associations may be called. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{2,127}");

  /** Tags of one resource. */
  public static final int MAX_TAGS = 50;

  private static final Pattern TAG_TEXT = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  private final List<Refusal.Finding> findings = new ArrayList<>();

  /** Adds one. */
  public void add(String field, String description) {
    findings.add(new Refusal.Finding(field, description));
  }

  /** Adds what others found. */
  public void addAll(Findings others) {
    findings.addAll(others.findings);
  }

  /** All of them. */
  public List<Refusal.Finding> all() {
    return List.copyOf(findings);
  }

  /** Whether there are none. */
  public boolean none() {
    return findings.isEmpty();
  }

  /** Refuses if there are any. */
  public void refuse(String reason) {
    if (!findings.isEmpty()) {
      Refusal.Finding first = findings.getFirst();
      String message =
          (first.field().isEmpty() ? "" : first.field() + ": ")
              + first.description()
              + (findings.size() > 1 ? " (and " + (findings.size() - 1) + " more)" : "");
      throw new Refusal(reason, message, findings);
    }
  }

  /** Text of at most so many characters, without control characters. */
  public void text(String field, String value, int atMost) {
    if (value.codePointCount(0, value.length()) > atMost) {
      add(
          field,
          "has "
              + value.codePointCount(0, value.length())
              + " characters; at most "
              + atMost
              + " are allowed");
    }
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      add(field, "has a control character; none are allowed");
    }
  }

  /** A name of a document or an association. */
  public void name(String field, String value) {
    if (!NAME.matcher(value).matches() || value.contains("..")) {
      add(
          field,
          "'"
              + printable(value)
              + "'; allowed are 3 to 128 letters, digits, dots, underscores and dashes, the first a"
              + " letter or digit, without ..");
    }
  }

  /** Tags. */
  public void tags(String field, Map<String, String> tags) {
    if (tags.size() > MAX_TAGS) {
      add(field, tags.size() + " tags; at most " + MAX_TAGS + " are allowed");
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > 128 || !TAG_TEXT.matcher(key).matches()) {
            add(
                field,
                "the tag key '"
                    + printable(key)
                    + "'; allowed are 1 to 128 letters, digits, blanks and _ . : / = + - @");
          }
          if (value.length() > 256 || !TAG_TEXT.matcher(value).matches()) {
            add(
                field,
                "the value of the tag '"
                    + printable(key)
                    + "'; allowed are at most 256 letters, digits, blanks and _ . : / = + - @");
          }
        });
  }

  /** Text that somebody else wrote, fit for a message. */
  public static String printable(String text) {
    String start = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return start.replaceAll("\\p{C}", "?");
  }
}
