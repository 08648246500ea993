package dev.holdfast.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The expected ids were computed with another implementation of name-based UUIDs. They must never
 * change.
 */
final class IdentityTest {
  private static final AssociationId ASSOCIATION =
      new AssociationId("0d5f1d0e-6f6a-4c58-9d3e-7a1f6f0c2b11");
  private static final InstanceId INSTANCE = new InstanceId("mi-0123456789abcdef0");

  @Test
  void idsAreTheOnesThatAnyOtherImplementationComputes() {
    assertEquals("4492c53c-331c-59c0-bc67-304010cc0165", Identity.HOLDFAST.toString());
    assertEquals(
        "e30a581d-a109-5753-89b8-e7dbfe80a050",
        Identity.executionId(ASSOCIATION, new Trigger.Tick(Instant.parse("2026-11-22T08:00:00Z"))));
    assertEquals(
        "4d9eafdf-f42f-542f-91d2-62751b620edb",
        Identity.runId(INSTANCE, ASSOCIATION, new Trigger.Change(1, 42)));
  }

  @Test
  void anExecutionAndARunOfTheSameTriggerHaveDifferentIds() {
    Trigger trigger = new Trigger.Enter(1, 3);

    assertNotEquals(
        Identity.executionId(ASSOCIATION, trigger), Identity.runId(INSTANCE, ASSOCIATION, trigger));
  }

  @Test
  void oneCharacterDecidesWhetherATextIsAnId() {
    Pattern instance = Pattern.compile("mi-[0-9a-f]{17}");
    Pattern association = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    Pattern sha256 = Pattern.compile("[0-9a-f]{64}");
    for (String text : others(INSTANCE.value())) {
      assertEquals(instance.matcher(text).matches(), InstanceId.isValid(text), text);
    }
    for (String text : others(ASSOCIATION.value())) {
      assertEquals(association.matcher(text).matches(), AssociationId.isValid(text), text);
    }
    for (String text : others("0123456789abcdef".repeat(4))) {
      assertEquals(sha256.matcher(text).matches(), isSha256(text), text);
    }
  }

  private static boolean isSha256(String text) {
    try {
      return new Sha256(text).hex().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The text, each of its characters replaced or left out, and more than it. */
  private static List<String> others(String text) {
    List<String> others = new ArrayList<>(List.of(text, "", text + "0", text + "\n", "0" + text));
    for (int i = 0; i < text.length(); i++) {
      others.add(text.substring(0, i) + text.substring(i + 1));
      for (char c : "09af-/:`gAF\u0660\u00e9".toCharArray()) {
        others.add(text.substring(0, i) + c + text.substring(i + 1));
      }
    }
    return others;
  }

  @Test
  void otherFormsOfIdsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new InstanceId("mi-0123456789ABCDEF0"));
    assertThrows(IllegalArgumentException.class, () -> new InstanceId("i-0123456789abcdef0"));
    assertThrows(IllegalArgumentException.class, () -> new AssociationId("../../etc/passwd"));
  }
}
