package dev.holdfast.coordinator.targeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.testing.Cases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The index answers as looking at everybody by the rule does, whatever happened before. */
final class TargetIndexTest {
  private static final List<String> KEYS = List.of("Role", "Site", "Rack", "Name");
  private static final List<String> VALUES = List.of("web", "we", "db", "kiel", "", "é");
  private static final List<String> GROUPS = List.of("g1", "g2", "g3", "g4");
  private static final List<String> PLATFORMS = List.of("", "Linux", "Windows");

  /** The rows, kept as plainly as can be. */
  private static final class Plain {
    private final Map<InstanceId, Subject> subjects = new TreeMap<>();
    private final Map<AssociationId, Query> associations = new TreeMap<>();
    private final Map<String, Query> groups = new HashMap<>();

    Groups groups() {
      return name -> Optional.ofNullable(groups.get(name));
    }

    Set<InstanceId> named(Query query) {
      Set<InstanceId> named = new TreeSet<>();
      subjects
          .values()
          .forEach(
              subject -> {
                if (Matcher.matches(query, subject, groups())) {
                  named.add(subject.id());
                }
              });
      return named;
    }

    Set<AssociationId> naming(InstanceId id) {
      Set<AssociationId> naming = new TreeSet<>();
      Subject subject = subjects.get(id);
      if (subject != null) {
        associations.forEach(
            (association, query) -> {
              if (Matcher.matches(query, subject, groups())) {
                naming.add(association);
              }
            });
      }
      return naming;
    }

    Set<AssociationId> using(String group) {
      Set<AssociationId> using = new TreeSet<>();
      associations.forEach(
          (id, query) -> {
            if (query.groups().contains(group)) {
              using.add(id);
            }
          });
      return using;
    }
  }

  @Test
  void itAgreesWithLookingAtEverybodyAfterEveryEdit() {
    int[] questions = new int[2];
    Cases.check(
        300,
        random -> {
          Plain plain = new Plain();
          TargetIndex index = new TargetIndex();
          for (int edit = 0; edit < 60; edit++) {
            edit(random, plain, index);
            if (edit % 3 == 0) {
              agree(random, plain, index, questions);
            }
          }
        });
    System.out.printf(
        "index of targets: %,d questions of whom and %,d of by what, as by looking at all%n",
        questions[0], questions[1]);
  }

  @Test
  void whatIsPutTellsWhatWasThereBefore() {
    TargetIndex index = new TargetIndex();
    Subject first = new Subject(instance(1), Map.of("Role", "web"));
    Subject second = new Subject(instance(1), Map.of("Role", "db"));

    assertEquals(Optional.empty(), index.put(first));
    assertEquals(Optional.of(first), index.put(second));
    assertEquals(Optional.of(second), index.remove(instance(1)));
    assertEquals(Optional.empty(), index.remove(instance(1)));
    assertEquals(0, index.size());
  }

  private static void edit(RandomGenerator random, Plain plain, TargetIndex index) {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        Subject subject = subject(random);
        assertEquals(
            Optional.ofNullable(plain.subjects.put(subject.id(), subject)), index.put(subject));
      }
      case 3 -> {
        InstanceId id = instance(random.nextInt(20));
        assertEquals(Optional.ofNullable(plain.subjects.remove(id)), index.remove(id));
      }
      case 4, 5 -> {
        AssociationId id = association(random.nextInt(12));
        Query query = query(random, true);
        assertEquals(Optional.ofNullable(plain.associations.put(id, query)), index.put(id, query));
      }
      case 6 -> {
        if (random.nextBoolean()) {
          AssociationId id = association(random.nextInt(12));
          assertEquals(Optional.ofNullable(plain.associations.remove(id)), index.remove(id));
        } else {
          String name = pick(random, GROUPS);
          assertEquals(Optional.ofNullable(plain.groups.remove(name)), index.removeGroup(name));
        }
      }
      default -> {
        String name = pick(random, GROUPS);
        Query query = query(random, random.nextInt(10) == 0);
        assertEquals(
            Optional.ofNullable(plain.groups.put(name, query)), index.putGroup(name, query));
      }
    }
  }

  private static void agree(
      RandomGenerator random, Plain plain, TargetIndex index, int[] questions) {
    assertEquals(plain.subjects.size(), index.size());
    for (InstanceId id : plain.subjects.keySet()) {
      assertEquals(plain.naming(id), index.naming(id));
      questions[1]++;
    }
    List<Query> queries = new ArrayList<>(plain.associations.values());
    queries.add(query(random, true));
    for (Query query : queries) {
      Set<InstanceId> expected = plain.named(query);
      Set<InstanceId> found = new TreeSet<>();
      index.named(query, subject -> found.add(subject.id()));
      assertEquals(expected, found, query.toString());
      assertEquals(expected.size(), index.count(query));
      Set<InstanceId> members = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        if (random.nextBoolean()) {
          members.add(instance(i));
        }
      }
      TargetIndex.Difference difference = index.difference(query, members);
      Set<InstanceId> came = new TreeSet<>(expected);
      came.removeAll(members);
      Set<InstanceId> left = new TreeSet<>(members);
      left.removeAll(expected);
      assertEquals(new TargetIndex.Difference(came, left), difference);
      questions[0]++;
    }
    for (String group : GROUPS) {
      assertEquals(plain.using(group), index.using(group));
    }
  }

  private static Subject subject(RandomGenerator random) {
    Map<String, String> tags = new HashMap<>();
    for (String key : KEYS) {
      if (random.nextBoolean()) {
        tags.put(key, pick(random, VALUES));
      }
    }
    return new Subject(
        instance(random.nextInt(20)),
        tags,
        pick(random, PLATFORMS),
        pick(random, List.of("", "Debian", "Windows Server")),
        pick(random, List.of("", "13", "12")));
  }

  private static Query query(RandomGenerator random, boolean groups) {
    List<Condition> conditions = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      conditions.add(condition(random, groups));
    }
    return new Query(conditions);
  }

  private static Condition condition(RandomGenerator random, boolean groups) {
    Field field =
        switch (random.nextInt(8)) {
          case 0 -> Field.EVERYBODY;
          case 1 -> Field.ID;
          case 2 -> Field.TAG_KEY;
          case 3 -> Field.PLATFORM_TYPE;
          case 4 -> Field.PLATFORM_NAME;
          case 5 -> Field.PLATFORM_VERSION;
          default -> Field.tag(pick(random, KEYS));
        };
    Set<String> values = new HashSet<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      values.add(
          switch (field.kind()) {
            case EVERYBODY -> "*";
            case ID -> random.nextInt(10) == 0 ? "no id" : instance(random.nextInt(22)).value();
            case TAG_KEY -> pick(random, KEYS);
            case PLATFORM_TYPE -> pick(random, PLATFORMS);
            case PLATFORM_NAME -> pick(random, List.of("Deb", "Debian", "W"));
            case PLATFORM_VERSION -> pick(random, List.of("1", "13"));
            case TAG -> pick(random, VALUES);
          });
    }
    return switch (random.nextInt(groups ? 8 : 6)) {
      case 0 -> new Condition.NoneOf(field, values);
      case 1 -> new Condition.BeginsWith(field, values);
      case 6, 7 -> new Condition.InGroup(Set.of(pick(random, GROUPS)));
      default -> new Condition.AnyOf(field, values);
    };
  }

  private static InstanceId instance(int number) {
    return new InstanceId("mi-%017x".formatted(number));
  }

  private static AssociationId association(int number) {
    return new AssociationId(new UUID(0, number).toString());
  }

  private static <T> T pick(RandomGenerator random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
