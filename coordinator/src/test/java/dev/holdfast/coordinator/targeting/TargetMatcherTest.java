package dev.holdfast.coordinator.targeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class TargetMatcherTest {
  private static final InstanceId A = new InstanceId("mi-0000000000000000a");
  private static final InstanceId B = new InstanceId("mi-0000000000000000b");
  private static final Map<String, String> WEB = Map.of("Role", "web", "Site", "kiel");

  private record Case(String name, boolean named, List<Target> targets) {}

  @TestFactory
  List<DynamicTest> names() {
    return List.of(
            new Case("no target names nobody", false, List.of()),
            new Case("a target without values names nobody", false, of("InstanceIds")),
            new Case("a tag without values names nobody", false, of("tag:Role")),
            new Case("an id names its instance", true, of("InstanceIds", A.value())),
            new Case("one of several ids is enough", true, of("InstanceIds", B.value(), A.value())),
            new Case("another's id does not", false, of("InstanceIds", B.value())),
            new Case("the star names all", true, of("InstanceIds", "*")),
            new Case("the key's case does not matter", true, of("instanceids", "*")),
            new Case("a tag's value names", true, of("tag:Role", "web")),
            new Case("one of several values is enough", true, of("tag:Role", "db", "web")),
            new Case("another value does not", false, of("tag:Role", "db")),
            new Case("a value's case matters", false, of("tag:Role", "Web")),
            new Case("a key's case matters", false, of("tag:role", "web")),
            new Case("a tag that is not there does not", false, of("tag:Rack", "1")),
            new Case("the star is no tag's value", false, of("tag:Role", "*")),
            new Case(
                "all targets must hold",
                true,
                List.of(
                    new Target("tag:Role", List.of("web")),
                    new Target("tag:Site", List.of("kiel")))),
            new Case(
                "one that doesn't hold is enough not to",
                false,
                List.of(
                    new Target("tag:Role", List.of("web")),
                    new Target("tag:Site", List.of("bonn")))),
            new Case("an unknown key names nobody", false, of("resource-groups:Name", "web")))
        .stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name, () -> assertEquals(c.named, TargetMatcher.matches(c.targets, A, WEB))))
        .toList();
  }

  @Test
  void thoseThatMatchComeInTheOrderOfTheirIds() {
    assertEquals(
        List.of(A, B),
        List.copyOf(TargetMatcher.matching(of("tag:Role", "web"), Map.of(B, WEB, A, WEB))));
    assertEquals(
        Set.of(B), TargetMatcher.matching(of("tag:Role", "web"), Map.of(B, WEB, A, Map.of())));
  }

  private static List<Target> of(String key, String... values) {
    return List.of(new Target(key, List.of(values)));
  }
}
