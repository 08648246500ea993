package dev.holdfast.compliance;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What somebody says of one thing on one instance.
 *
 * @param id names it among those of its type on that instance
 * @param title in words, for people; may be empty
 * @param details what else there is to say, by name
 */
public record PutItem(
    String id, String title, Severity severity, Status status, Map<String, String> details) {
  /** Copies. */
  public PutItem {
    details = Map.copyOf(details);
  }

  /** What its texts take, in bytes of UTF-8. */
  int bytes() {
    int bytes = length(id) + length(title);
    for (Map.Entry<String, String> detail : details.entrySet()) {
      bytes += length(detail.getKey()) + length(detail.getValue());
    }
    return bytes;
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
