package dev.holdfast.agent.inventory;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The hash by which two gatherings of a type are the same. */
final class ContentHash {
  private ContentHash() {}

  /**
   * SHA-256 over the items in their order, each as canonical JSON (keys sorted) and a line feed.
   */
  static Sha256 of(List<Map<String, String>> items) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Map<String, String> item : items) {
        digest.update(JsonText.canonical(fields(item)).getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
      }
      return Sha256.ofRaw(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** An item as a value. */
  static Value fields(Map<String, String> item) {
    Map<String, Value> fields = new LinkedHashMap<>();
    item.forEach((name, value) -> fields.put(name, new Value.Text(value)));
    return new Value.Fields(fields);
  }
}
