package dev.holdfast.document;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads the keys of a map that the format defines. */
final class Keys {
  private static final int SHOWN = 100;

  private Keys() {}

  /** The fields of a map, or none with an error added. */
  static Map<String, Located.Entry> fields(Located map, String what, Problems problems) {
    if (map.value() instanceof Value.Fields) {
      return map.fields();
    }
    problems.error(map.problem(what + " is a map; this is " + map.kind()));
    return Map.of();
  }

  /**
   * The same, with a warning for each key that is not known. One that differs from a known key only
   * by its case is taken for it, since amazon-ssm-agent does so.
   *
   * @param besides keys that are known elsewhere and that the caller deals with
   */
  static Map<String, Located.Entry> known(
      Located map, String what, Set<String> known, Set<String> besides, Problems problems) {
    Map<String, Located.Entry> result = new LinkedHashMap<>();
    Map<String, Located.Entry> written = fields(map, what, problems);
    written.forEach(
        (key, entry) -> {
          if (known.contains(key) || besides.contains(key)) {
            result.put(key, entry);
            return;
          }
          String meant =
              known.stream()
                  .filter(k -> k.equalsIgnoreCase(key) && !written.containsKey(k))
                  .findFirst()
                  .orElse("");
          if (meant.isEmpty()) {
            problems.warning(
                entry
                    .key()
                    .problem(
                        "the key '"
                            + shortened(key)
                            + "' is not known in "
                            + what
                            + " and has no effect"));
          } else {
            result.putIfAbsent(meant, entry);
            problems.warning(
                entry.key().problem("the key '" + key + "' is taken for '" + meant + "'"));
          }
        });
    return result;
  }

  /** What somebody wrote, bounded, for a message. */
  static String shortened(String text) {
    return text.length() <= SHOWN
        ? text
        : text.substring(0, Character.isHighSurrogate(text.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN)
            + "...";
  }
}
