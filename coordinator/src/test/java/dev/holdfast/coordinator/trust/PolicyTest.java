package dev.holdfast.coordinator.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.TagScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may call what, written down twice: in the code, and in a table that nobody computes. */
final class PolicyTest {
  private static final String HEAD =
      "| capability | "
          + Arrays.stream(Role.values()).map(Role::text).collect(Collectors.joining(" | "))
          + " |";

  @Test
  void eachMethodIsOpenToExactlyWhomTheGoldenTableNames() throws IOException {
    Map<String, String> golden = new TreeMap<>();
    for (String line :
        new String(
                PolicyTest.class.getResourceAsStream("policy.golden").readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .filter(one -> !one.isBlank() && !one.startsWith("#"))
            .toList()) {
      String[] words = line.split(" ", 2);
      golden.put(words[0], words[1]);
    }
    Map<String, String> table = new TreeMap<>();
    new Policy().entries().forEach((method, entry) -> table.put(method, shown(entry)));

    assertEquals(golden, table);
  }

  private static String shown(Policy.Entry entry) {
    return switch (entry) {
      case Policy.Entry.Open _ -> "anybody";
      case Policy.Entry.Agents _ -> "agents";
      case Policy.Entry.People(var capability, var reach) ->
          Arrays.stream(Role.values())
                  .filter(capability.roles()::contains)
                  .map(Role::text)
                  .collect(Collectors.joining(","))
              + (reach == Policy.Reach.WHOLE ? " whole" : "");
    };
  }

  @Test
  void aMethodWithoutAnEntryIsMissed() {
    assertEquals(
        Set.of("holdfast.v1.TokenService/MintAnything"),
        new Policy()
            .missing(
                List.of(
                    "holdfast.v1.TokenService/MintAnything", "holdfast.v1.TokenService/WhoAmI")));
  }

  @Test
  void theTableOfThePageIsTheOneOfTheCode() throws IOException {
    List<String> page =
        Files.readAllLines(Path.of(System.getProperty("holdfast.root"), "docs", "security.md"));
    int head = page.indexOf(HEAD);
    assertTrue(head >= 0, "the page has no line " + HEAD);
    List<String> rows =
        page.subList(head + 2, page.size()).stream()
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertEquals(Arrays.stream(Capability.values()).map(PolicyTest::row).toList(), rows);
  }

  private static String row(Capability capability) {
    List<String> cells = new ArrayList<>();
    for (Role role : Role.values()) {
      cells.add(capability.roles().contains(role) ? "y" : "-");
    }
    return "| " + capability.text() + " | " + String.join(" | ", cells) + " |";
  }

  @Test
  void nobodyCoversMoreThanTheirOwnRights() {
    Caller.Person security = new Caller.Person("sec", Role.SECURITY, Optional.empty());
    for (Role role : Role.values()) {
      boolean below = role == Role.SECURITY || role == Role.AUDITOR || role == Role.VIEWER;
      assertEquals(below, security.covers(Set.of(new Grant(role, Sight.all()))), role.text());
    }
    Caller.Person shop = bound(Role.ADMIN, scope("Team", "shop", "till"));
    assertFalse(shop.covers(Set.of(new Grant(Role.VIEWER, Sight.all()))));
    assertFalse(shop.covers(Set.of(new Grant(Role.VIEWER, scope("Team", "bank")))));
    assertFalse(shop.covers(Set.of(new Grant(Role.VIEWER, scope("Site", "north")))));
    assertTrue(shop.covers(Set.of(new Grant(Role.ADMIN, scope("Team", "shop")))));
    assertTrue(shop.covers(Set.of()));
  }

  @Test
  void aScopeWithoutValuesOrKeysFitsNobody() {
    assertFalse(scope("Team").fits(Map.of("Team", "")));
    assertFalse(new Sight.Tagged(Set.of(TagScope.of(Map.of()))).fits(Map.of("Team", "shop")));
    assertFalse(Sight.none().fits(Map.of("Team", "shop")));
    assertFalse(new Sight.Tagged(Set.of(TagScope.of(Map.of()))).covers(scope("Team", "shop")));
  }

  private static Caller.Person bound(Role role, Sight sight) {
    return new Caller.Person("shop", role, Set.of(new Grant(role, sight)), Optional.empty());
  }

  private static Sight scope(String key, String... values) {
    return new Sight.Tagged(Set.of(TagScope.of(Map.of(key, Set.of(values)))));
  }
}
