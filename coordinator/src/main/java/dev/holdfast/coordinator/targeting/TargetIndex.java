package dev.holdfast.coordinator.targeting;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * Who is named by what, in both directions, without looking at everybody: which associations name
 * an instance, and which instances a query names. Both answers are exact, always those of {@link
 * Matcher}. It is a view of rows in memory, for one thread at a time.
 */
public final class TargetIndex {
  private final Population population = new Population();
  private final Map<AssociationId, Query> associations = new HashMap<>();
  private final Watchers<AssociationId> watchers = new Watchers<>();
  private final Map<String, Set<AssociationId>> users = new HashMap<>();
  private final Map<String, Query> groups = new HashMap<>();
  private final Watchers<String> groupWatchers = new Watchers<>();

  /** Those who come into a set, and those who leave it; in the order of their ids. */
  public record Difference(Set<InstanceId> came, Set<InstanceId> left) {}

  /** What is known of an instance that may be a target. */
  public Optional<Subject> subject(InstanceId id) {
    return population.subject(id);
  }

  /** How many instances there are. */
  public int size() {
    return population.size();
  }

  /** An instance is like this from now on; what was known of it before. */
  public Optional<Subject> put(Subject subject) {
    return population.put(subject);
  }

  /** An instance is no target any more; what was known of it. */
  public Optional<Subject> remove(InstanceId id) {
    return population.remove(id);
  }

  /** An association names these from now on; whom it named before. */
  public Optional<Query> put(AssociationId id, Query query) {
    Optional<Query> before = remove(id);
    associations.put(id, query);
    watchers.add(id, query, population::atMost);
    query.groups().forEach(name -> users.computeIfAbsent(name, _ -> new TreeSet<>()).add(id));
    return before;
  }

  /** An association names nobody any more; whom it named. */
  public Optional<Query> remove(AssociationId id) {
    Query before = associations.remove(id);
    if (before == null) {
      return Optional.empty();
    }
    watchers.remove(id);
    for (String name : before.groups()) {
      Set<AssociationId> of = users.getOrDefault(name, Set.of());
      if (of.remove(id) && of.isEmpty()) {
        users.remove(name);
      }
    }
    return Optional.of(before);
  }

  /** A group has these from now on; whom it had before. */
  public Optional<Query> putGroup(String name, Query query) {
    Optional<Query> before = removeGroup(name);
    groups.put(name, query);
    groupWatchers.add(name, query, population::atMost);
    return before;
  }

  /** There is no such group any more; whom it had. */
  public Optional<Query> removeGroup(String name) {
    Query before = groups.remove(name);
    groupWatchers.remove(name);
    return Optional.ofNullable(before);
  }

  /** The groups there are. */
  public Groups groups() {
    return name -> Optional.ofNullable(groups.get(name));
  }

  /** The associations that a group is a target of, in the order of their ids. */
  public Set<AssociationId> using(String group) {
    return new TreeSet<>(users.getOrDefault(group, Set.of()));
  }

  /** Whom an association names. */
  public Query query(AssociationId association) {
    return associations.getOrDefault(association, Query.NOBODY);
  }

  /** The associations that name an instance, in the order of their ids. */
  public Set<AssociationId> naming(InstanceId instance) {
    Set<AssociationId> naming = new TreeSet<>();
    subject(instance)
        .ifPresent(
            subject -> {
              for (AssociationId id : watchers.candidates(subject, groupsOf(subject))) {
                if (Matcher.matches(query(id), subject, groups())) {
                  naming.add(id);
                }
              }
            });
    return naming;
  }

  private List<String> groupsOf(Subject subject) {
    return groupWatchers.candidates(subject, List.of()).stream()
        .filter(name -> Matcher.in(name, subject, groups()))
        .toList();
  }

  /** Gives each instance that a query names, in no order. */
  public void named(Query query, Consumer<Subject> each) {
    population.each(bits(query), each);
  }

  /** How many instances a query names. */
  public int count(Query query) {
    return bits(query).getCardinality();
  }

  /** What has to change for those whom a query names to be the members. */
  public Difference difference(Query query, Collection<InstanceId> members) {
    RoaringBitmap wanted = bits(query);
    RoaringBitmap there = new RoaringBitmap();
    Set<InstanceId> left = new TreeSet<>();
    for (InstanceId member : members) {
      Optional<Integer> number = population.number(member).filter(wanted::contains);
      number.ifPresentOrElse(there::add, () -> left.add(member));
    }
    wanted.andNot(there);
    Set<InstanceId> came = new TreeSet<>();
    population.each(wanted, subject -> came.add(subject.id()));
    return new Difference(came, left);
  }

  /** Bitmaps of the caller's own. */
  private RoaringBitmap bits(Query query) {
    List<Condition> conditions = new ArrayList<>(query.all());
    conditions.sort(Comparator.comparingLong(population::atMost));
    RoaringBitmap all = new RoaringBitmap();
    for (int i = 0; i < conditions.size(); i++) {
      RoaringBitmap one = bits(conditions.get(i));
      if (i == 0) {
        all = one;
      } else {
        all.and(one);
      }
      if (all.isEmpty()) {
        break;
      }
    }
    return all;
  }

  private RoaringBitmap bits(Condition condition) {
    if (!(condition instanceof Condition.InGroup(var names))) {
      return population.bits(condition);
    }
    RoaringBitmap bits = new RoaringBitmap();
    for (String name : names) {
      Query query = groups.getOrDefault(name, Query.NOBODY);
      if (query.groups().isEmpty()) { // groups don't nest
        bits.or(bits(query));
      }
    }
    return bits;
  }
}
