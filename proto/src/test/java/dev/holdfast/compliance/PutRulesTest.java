package dev.holdfast.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.task.Limits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PutRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"Custom:Backup", "Custom:cis_2", "Custom:-1", "Custom:AB"})
  void aTypeOfOnesOwnHasAName(String type) {
    assertEquals(List.of(), PutRules.type("type", type));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Patch",
        "Association",
        "State",
        "Custom:",
        "Custom:A",
        "custom:Backup",
        "Custom:a b",
        "Custom:a/b",
        "Custom:ab\n",
      })
  void otherTypesAreNobodys(String type) {
    assertEquals("InvalidItemContent", PutRules.type("type", type).getFirst().kind().error());
  }

  @Test
  void aTypesNameIsBounded() {
    String longest = "Custom:" + "a".repeat(Limits.MAX_COMPLIANCE_TYPE_CHARS - 7);

    assertEquals(List.of(), PutRules.type("type", longest));
    assertEquals(1, PutRules.type("type", longest + "a").size());
  }

  static Stream<Arguments> mistakes() {
    String id = "a".repeat(Limits.MAX_COMPLIANCE_ID_CHARS);
    return Stream.of(
        Arguments.of(item("", "", Map.of()), "InvalidItemContent items[0].id: is missing"),
        Arguments.of(
            item(id + "a", "", Map.of()),
            "InvalidItemContent items[0].id: 201 characters; at most 200 are allowed"),
        Arguments.of(
            item("a\u0007", "", Map.of()),
            "InvalidItemContent items[0].id: has a control character; none are allowed"),
        Arguments.of(
            item("a", "t".repeat(501), Map.of()),
            "InvalidItemContent items[0].title: 501 characters; at most 500 are allowed"),
        Arguments.of(
            item("a", "", Map.of("", "x")),
            "InvalidItemContent items[0].details: a detail has no name"),
        Arguments.of(
            item("a", "", Map.of("n".repeat(65), "x")),
            "InvalidItemContent items[0].details: 65 characters; at most 64 are allowed"),
        Arguments.of(
            item("a", "", Map.of("d", "x".repeat(1024))),
            "ItemSizeLimitExceeded items[0]: 1026 bytes of id, title and details together; at most"
                + " 1024 are allowed"),
        Arguments.of(
            item("a", "ä".repeat(500), Map.of("d", "x".repeat(25))),
            "ItemSizeLimitExceeded items[0]: 1027 bytes of id, title and details together; at most"
                + " 1024 are allowed"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void eachMistakeHasItsErrorAndItsPlace(PutItem item, String expected) {
    assertEquals(List.of(expected), texts(PutRules.items(List.of(item))));
  }

  @Test
  void aDetailAsLongAsSsmAllowsIsStillTooLargeAnItem() {
    assertEquals(
        List.of(
            "InvalidItemContent items[0].details: 'd' has 4097 characters; at most 4096 are"
                + " allowed",
            "ItemSizeLimitExceeded items[0]: 4099 bytes of id, title and details together; at most"
                + " 1024 are allowed"),
        texts(PutRules.items(List.of(item("a", "", Map.of("d", "x".repeat(4097)))))));
  }

  @Test
  void detailsAreCounted() {
    Map<String, String> details = new HashMap<>();
    IntStream.rangeClosed(0, Limits.MAX_COMPLIANCE_DETAILS).forEach(i -> details.put("d" + i, ""));

    assertEquals(
        List.of("InvalidItemContent items[0].details: 51 details; at most 50 are allowed"),
        texts(PutRules.items(List.of(item("a", "", details)))));
  }

  @Test
  void anIdIsThereOnceAndAllMistakesAreTold() {
    assertEquals(
        List.of(
            "InvalidItemContent items[1].id: 'a' is that of items[0]",
            "InvalidItemContent items[2].id: is missing"),
        texts(
            PutRules.items(
                List.of(
                    item("a", "", Map.of()), item("a", "", Map.of()), item("", "", Map.of())))));
  }

  @Test
  void itemsAreCountedAndWeighed() {
    assertEquals(List.of(), PutRules.items(many(Limits.MAX_COMPLIANCE_ITEMS, 1)));
    assertEquals(
        List.of("TotalSizeLimitExceeded items: 1001 items; at most 1000 are allowed"),
        texts(PutRules.items(many(Limits.MAX_COMPLIANCE_ITEMS + 1, 1))));
    assertEquals(
        List.of(
            "TotalSizeLimitExceeded items: 1004000 bytes of text in all; at most 786432 are"
                + " allowed"),
        texts(PutRules.items(many(Limits.MAX_COMPLIANCE_ITEMS, 1000))));
  }

  private static List<PutItem> many(int items, int bytes) {
    return IntStream.range(0, items)
        .mapToObj(i -> item(String.format("%03d", i), "", Map.of("d", "x".repeat(bytes))))
        .toList();
  }

  private static PutItem item(String id, String title, Map<String, String> details) {
    return new PutItem(id, title, Severity.LOW, Status.COMPLIANT, details);
  }

  private static List<String> texts(List<Mistake> mistakes) {
    return mistakes.stream().map(one -> one.kind().error() + " " + one.text()).toList();
  }
}
