package dev.holdfast.agent.download;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of somebody's credentials, or {@code {{ssm-secure:NAME}}} in its place until it is filled
 * in. It never shows in a text by accident.
 */
public record Secret(String value) {
  /** There is none. */
  public static final Secret NONE = new Secret("");

  private static final Pattern REFERENCE =
      Pattern.compile("\\{\\{\\s*ssm-secure:([^{}\\s]+)\\s*}}");

  /** Whether there is none. */
  public boolean absent() {
    return value.isEmpty();
  }

  /** The names of stored secrets that it still refers to. */
  Set<String> references() {
    Set<String> names = new TreeSet<>();
    Matcher matcher = REFERENCE.matcher(value);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /**
   * With the values of stored secrets in place of what refers to them.
   *
   * @param stored by name; all that {@link #references} names
   */
  Secret filled(Function<String, String> stored) {
    return new Secret(
        REFERENCE
            .matcher(value)
            .replaceAll(found -> Matcher.quoteReplacement(stored.apply(found.group(1)))));
  }

  @Override
  public String toString() {
    return absent() ? "" : "***";
  }
}
