package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AttributesTest {

  @Test
  void aLongValueIsCutAndNeverInsideACharacter() {
    String plain = "a".repeat(Limits.MAX_INVENTORY_VALUE_CHARS - 1);
    String pair = "\uD83D\uDEA2";

    assertEquals(plain + "b", value(plain + "b"));
    assertEquals(plain + "b", value(plain + "bc"));
    assertEquals(plain, value(plain + pair));
    assertEquals(plain.substring(1) + pair, value(plain.substring(1) + pair));
  }

  @Test
  void blankAndAbsentValuesAreNoAttributes() {
    assertEquals(
        Map.of("C", "x"), new Attributes().with("A", " ").with("B", null).with("C", " x ").entry());
  }

  @Test
  void theHashIsThatOfTheItemsAsCanonicalJsonLines() {
    List<Map<String, String>> items = List.of(Map.of("B", "2", "A", "1"), Map.of("A", "\"<"));

    assertEquals(
        Sha256.of(
            "{\"A\":\"1\",\"B\":\"2\"}\n{\"A\":\"\\\"\\u003c\"}\n"
                .getBytes(StandardCharsets.UTF_8)),
        ContentHash.of(items));
  }

  private static String value(String text) {
    return String.valueOf(new Attributes().with("A", text).entry().get("A"));
  }
}
