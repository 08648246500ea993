package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.task.Limits;
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

  private static String value(String text) {
    return String.valueOf(new Attributes().with("A", text).entry().get("A"));
  }
}
