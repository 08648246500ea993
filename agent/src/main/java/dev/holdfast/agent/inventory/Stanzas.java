package dev.holdfast.agent.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads {@code Key: value} stanzas that blank lines part, as dpkg and apk keep them. One stanza is
 * in memory at a time, and only the keys that are wanted.
 */
final class Stanzas {
  private Stanzas() {}

  /**
   * Hands each stanza to the consumer: key to the first line of its value. Lines that continue a
   * value (they begin with a blank) are passed over.
   */
  static void read(
      BufferedReader reader, Set<String> keys, Consumer<Map<String, String>> consumer) {
    Map<String, String> stanza = new HashMap<>();
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.isBlank()) {
          hand(stanza, consumer);
          stanza = new HashMap<>();
          continue;
        }
        int colon = line.indexOf(':');
        if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
          String key = line.substring(0, colon);
          if (keys.contains(key)) {
            stanza.put(key, line.substring(colon + 1).strip());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hand(stanza, consumer);
  }

  private static void hand(Map<String, String> stanza, Consumer<Map<String, String>> consumer) {
    if (!stanza.isEmpty()) {
      consumer.accept(stanza);
    }
  }
}
