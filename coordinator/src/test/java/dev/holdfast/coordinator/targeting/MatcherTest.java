package dev.holdfast.coordinator.targeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class MatcherTest {
  private static final InstanceId A = new InstanceId("mi-0000000000000000a");
  private static final InstanceId B = new InstanceId("mi-0000000000000000b");
  private static final Subject WEB =
      new Subject(A, Map.of("Role", "web", "Site", "kiel"), "Linux", "Debian GNU/Linux", "13.2");

  private static final Groups GROUPS =
      name ->
          switch (name) {
            case "webs" -> Optional.of(query(any(Field.tag("Role"), "web")));
            case "dbs" -> Optional.of(query(any(Field.tag("Role"), "db")));
            case "nested" -> Optional.of(query(new Condition.InGroup(Set.of("webs"))));
            case "empty" -> Optional.of(Query.NOBODY);
            default -> Optional.empty();
          };

  private record Case(String name, boolean named, List<Target> targets) {}

  private record Rule(String name, boolean named, List<Condition> conditions) {
    Rule(String name, boolean named, Condition condition) {
      this(name, named, List.of(condition));
    }
  }

  @TestFactory
  List<DynamicTest> targets() {
    return List.of(
            new Case("no target names nobody", false, List.of()),
            new Case("a target without values names nobody", false, of("InstanceIds")),
            new Case("a tag without values names nobody", false, of("tag:Role")),
            new Case("tag keys without values name nobody", false, of("tag-key")),
            new Case("groups without names name nobody", false, of("resource-groups:Name")),
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
            new Case("a tag's key names, whatever the value", true, of("tag-key", "Rack", "Site")),
            new Case("another key does not", false, of("tag-key", "Rack")),
            new Case("a tag's value is no key", false, of("tag-key", "web")),
            new Case("a group names whom it has", true, of("resource-groups:Name", "webs")),
            new Case("one of several is enough", true, of("resource-groups:Name", "dbs", "webs")),
            new Case("another group does not", false, of("resource-groups:Name", "dbs")),
            new Case("one that is not there does not", false, of("resource-groups:Name", "x")),
            new Case(
                "one that asks for nothing does not", false, of("resource-groups:Name", "empty")),
            new Case("groups do not nest", false, of("resource-groups:Name", "nested")),
            new Case("an unknown key names nobody", false, of("ParameterValues", "*")),
            new Case("a tag's key is not empty", false, of("tag:", "web")),
            new Case(
                "all targets must hold",
                true,
                List.of(
                    new Target("tag:Role", List.of("web")),
                    new Target("resource-groups:Name", List.of("webs")),
                    new Target("tag-key", List.of("Site")))),
            new Case(
                "one that doesn't hold is enough not to",
                false,
                List.of(
                    new Target("tag:Role", List.of("web")),
                    new Target("resource-groups:Name", List.of("dbs")))))
        .stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name,
                    () -> assertEquals(c.named, Matcher.matches(Query.of(c.targets), WEB, GROUPS))))
        .toList();
  }

  @TestFactory
  List<DynamicTest> conditions() {
    return List.of(
            new Rule("not this value", true, none(Field.tag("Role"), "db")),
            new Rule("not that value", false, none(Field.tag("Role"), "db", "web")),
            new Rule("who lacks the tag has not its value", true, none(Field.tag("Rack"), "1")),
            new Rule("not this key", false, none(Field.TAG_KEY, "Role")),
            new Rule("not this id", false, none(Field.ID, A.value())),
            new Rule("the platform", true, any(Field.PLATFORM_TYPE, "Linux", "MacOS")),
            new Rule("another platform", false, any(Field.PLATFORM_TYPE, "Windows")),
            new Rule("not a platform", true, none(Field.PLATFORM_TYPE, "Windows")),
            new Rule("a prefix of a value", true, begins(Field.PLATFORM_NAME, "Debian")),
            new Rule("no prefix of it", false, begins(Field.PLATFORM_NAME, "debian")),
            new Rule("a prefix of a version", true, begins(Field.PLATFORM_VERSION, "12", "13.")),
            new Rule("any value", true, begins(Field.tag("Role"), "")),
            new Rule("no value at all", false, begins(Field.tag("Rack"), "")),
            new Rule("a prefix of an id", true, begins(Field.ID, "mi-000")),
            new Rule(
                "both",
                true,
                List.of(any(Field.PLATFORM_TYPE, "Linux"), none(Field.tag("Role"), "db"))),
            new Rule(
                "only one",
                false,
                List.of(any(Field.PLATFORM_TYPE, "Linux"), none(Field.tag("Role"), "web"))))
        .stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name,
                    () ->
                        assertEquals(
                            rule.named, Matcher.matches(new Query(rule.conditions), WEB, GROUPS))))
        .toList();
  }

  @Test
  void whatIsNotKnownYetIsNoValue() {
    Subject fresh = new Subject(A, Map.of());

    assertEquals(
        false, Matcher.matches(query(begins(Field.PLATFORM_TYPE, "")), fresh, Groups.NONE));
    assertEquals(
        true, Matcher.matches(query(none(Field.PLATFORM_TYPE, "Windows")), fresh, Groups.NONE));
  }

  @Test
  void theReasonsSayWhatHeldALineATarget() {
    List<Target> targets =
        List.of(
            new Target("tag:Role", List.of("db", "web")),
            new Target("tag-key", List.of("Site", "Role")),
            new Target("resource-groups:Name", List.of("dbs", "webs")));

    assertEquals(
        List.of("tag:Role=web", "tag-key=Role", "resource-groups:Name=webs"),
        Matcher.reasons(Query.of(targets), WEB, GROUPS));
    assertEquals(
        List.of("InstanceIds=*"),
        Matcher.reasons(Query.of(of("InstanceIds", "*")), WEB, Groups.NONE));
    assertEquals(
        List.of("InstanceIds=" + A),
        Matcher.reasons(Query.of(of("InstanceIds", A.value())), WEB, Groups.NONE));
    assertEquals(List.of(), Matcher.reasons(Query.of(of("tag:Role", "db")), WEB, Groups.NONE));
  }

  private static List<Target> of(String key, String... values) {
    return List.of(new Target(key, List.of(values)));
  }

  private static Query query(Condition... conditions) {
    return new Query(List.of(conditions));
  }

  private static Condition any(Field field, String... values) {
    return new Condition.AnyOf(field, Set.of(values));
  }

  private static Condition none(Field field, String... values) {
    return new Condition.NoneOf(field, Set.of(values));
  }

  private static Condition begins(Field field, String... prefixes) {
    return new Condition.BeginsWith(field, Set.of(prefixes));
  }
}
