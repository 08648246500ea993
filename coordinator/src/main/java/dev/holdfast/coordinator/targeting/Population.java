package dev.holdfast.coordinator.targeting;

import dev.holdfast.association.InstanceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntConsumer;
import org.roaringbitmap.RoaringBitmap;

/** The instances that may be targets, each with a number, and for each value those who have it. */
final class Population {
  private final Map<InstanceId, Integer> numbers = new HashMap<>();
  private final List<@Nullable Subject> subjects = new ArrayList<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final RoaringBitmap everybody = new RoaringBitmap();
  private final Map<Field, TreeMap<String, Few>> holders = new HashMap<>();

  Optional<Subject> subject(InstanceId id) {
    return Optional.ofNullable(numbers.get(id)).map(subjects::get);
  }

  int size() {
    return numbers.size();
  }

  /** The number of an instance; empty if it is not there. */
  Optional<Integer> number(InstanceId id) {
    return Optional.ofNullable(numbers.get(id));
  }

  Optional<Subject> put(Subject given) {
    Optional<Subject> before = remove(given.id());
    Subject subject = shared(given);
    int number = free.isEmpty() ? subjects.size() : free.pop();
    if (number == subjects.size()) {
      subjects.add(subject);
    } else {
      subjects.set(number, subject);
    }
    numbers.put(subject.id(), number);
    everybody.add(number);
    subject.traits(
        (field, value) -> {
          if (held(field)) {
            holders
                .computeIfAbsent(field, _ -> new TreeMap<>())
                .computeIfAbsent(value, _ -> new Few())
                .add(number);
          }
        });
    return before;
  }

  Optional<Subject> remove(InstanceId id) {
    Integer number = numbers.remove(id);
    Subject subject = number == null ? null : subjects.set(number, null);
    if (number == null || subject == null) {
      return Optional.empty();
    }
    free.push(number);
    everybody.remove(number);
    subject.traits(
        (field, value) -> {
          NavigableMap<String, Few> of = of(field);
          Few having = of.get(value);
          if (having != null) {
            having.remove(number);
            if (having.count() == 0) {
              of.remove(value);
              if (of.isEmpty()) {
                holders.remove(field);
              }
            }
          }
        });
    return Optional.of(subject);
  }

  /** Those of a bitmap. */
  void each(RoaringBitmap bits, Consumer<Subject> with) {
    bits.forEach((IntConsumer) number -> with.accept(at(number)));
  }

  /** Those for whom a condition holds that asks for no group; the bitmap is the caller's own. */
  RoaringBitmap bits(Condition condition) {
    RoaringBitmap bits = new RoaringBitmap();
    switch (condition) {
      case Condition.AnyOf(var field, var values) -> having(field, values, bits);
      case Condition.NoneOf(var field, var values) -> {
        RoaringBitmap some = new RoaringBitmap();
        having(field, values, some);
        bits.or(everybody);
        bits.andNot(some);
      }
      case Condition.BeginsWith(var field, var prefixes) -> {
        if (held(field)) {
          prefixes.forEach(prefix -> beginning(of(field), prefix, bits));
        } else {
          everybody.forEach(
              (IntConsumer)
                  number -> {
                    if (Matcher.holds(condition, at(number), Groups.NONE)) {
                      bits.add(number);
                    }
                  });
        }
      }
      case Condition.InGroup _ -> throw new IllegalArgumentException("groups are not known here");
    }
    return bits;
  }

  /** How many instances fulfil a condition, at most; a group counts as everybody. */
  long atMost(Condition condition) {
    return switch (condition) {
      case Condition.AnyOf(var field, var values) ->
          switch (field.kind()) {
            case EVERYBODY -> values.isEmpty() ? 0 : everybody.getLongCardinality();
            case ID -> values.size();
            case TAG, TAG_KEY, PLATFORM_TYPE, PLATFORM_NAME, PLATFORM_VERSION -> {
              NavigableMap<String, Few> of = of(field);
              long sum = 0;
              for (String value : values) {
                Few having = of.get(value);
                sum += having == null ? 0 : having.count();
              }
              yield sum;
            }
          };
      case Condition.NoneOf _, Condition.BeginsWith _, Condition.InGroup _ ->
          everybody.getLongCardinality();
    };
  }

  private void having(Field field, Set<String> values, RoaringBitmap into) {
    switch (field.kind()) {
      case EVERYBODY -> {
        if (values.contains(TargetKeys.EVERY)) {
          into.or(everybody);
        }
      }
      case ID -> {
        for (String value : values) {
          if (InstanceId.isValid(value)) {
            number(new InstanceId(value)).ifPresent(into::add);
          }
        }
      }
      case TAG, TAG_KEY, PLATFORM_TYPE, PLATFORM_NAME, PLATFORM_VERSION -> {
        NavigableMap<String, Few> of = of(field);
        for (String value : values) {
          Few having = of.get(value);
          if (having != null) {
            having.into(into);
          }
        }
      }
    }
  }

  private static void beginning(NavigableMap<String, Few> of, String prefix, RoaringBitmap into) {
    for (var value : of.tailMap(prefix, true).entrySet()) {
      if (!value.getKey().startsWith(prefix)) {
        return;
      }
      value.getValue().into(into);
    }
  }

  private Subject at(int number) {
    Subject subject = subjects.get(number);
    if (subject == null) {
      throw new IllegalStateException("a bitmap names " + number + ", and nobody has that number");
    }
    return subject;
  }

  private NavigableMap<String, Few> of(Field field) {
    NavigableMap<String, Few> of = holders.get(field);
    return of == null ? new TreeMap<>() : of;
  }

  private static boolean held(Field field) {
    return switch (field.kind()) {
      case EVERYBODY, ID -> false; // asked for by number
      case TAG, TAG_KEY, PLATFORM_TYPE, PLATFORM_NAME, PLATFORM_VERSION -> true;
    };
  }

  /** A fleet has few different keys and values: each text is kept once, while somebody has it. */
  private Subject shared(Subject given) {
    Map<String, String> tags = new HashMap<>();
    given
        .tags()
        .forEach(
            (key, value) -> tags.put(shared(Field.TAG_KEY, key), shared(Field.tag(key), value)));
    return new Subject(
        given.id(),
        tags,
        shared(Field.PLATFORM_TYPE, given.platformType()),
        shared(Field.PLATFORM_NAME, given.platformName()),
        shared(Field.PLATFORM_VERSION, given.platformVersion()));
  }

  private String shared(Field field, String text) {
    String same = of(field).floorKey(text);
    return text.equals(same) ? same : text;
  }
}
