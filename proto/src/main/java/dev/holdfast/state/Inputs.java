package dev.holdfast.state;

import dev.holdfast.config.Closest;
import dev.holdfast.state.Written.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Takes the inputs of one step by their names and kinds, and notes what is wrong with each. Where a
 * token is still to be filled in, an input counts as given and right, and what is taken stands for
 * it; {@link #open} says so then. Text serves for a number and a flag, since parameters are text.
 */
final class Inputs {
  /** Inputs that every step has; control flow and time, not the resource. */
  private static final Map<String, Set<String>> GENERIC =
      Map.of(
          "onFailure", Set.of("exit", "successAndExit"),
          "onSuccess", Set.of("exit"),
          "finallyStep", Set.of("true", "false"),
          "timeoutSeconds", Set.of());

  private static final int MIN_TIMEOUT = 5;
  private static final int MAX_TIMEOUT = 172_800;

  private final String action;
  private final Written root;
  private final List<Finding> errors;
  private final Set<String> taken = new LinkedHashSet<>();
  private boolean open;

  Inputs(String action, Written root, List<Finding> errors) {
    this.action = action;
    this.root = root;
    this.errors = errors;
    generic();
  }

  /** Whether a token is left in an input that was taken. */
  boolean open() {
    return open;
  }

  /** Whether an input is given. */
  boolean has(String key) {
    taken.add(key);
    Written.Entry entry = root.fields().get(key);
    return entry != null && entry.value().kind() != Kind.NOTHING;
  }

  /** A text, a number or a flag as text. */
  Optional<String> text(String key) {
    return scalar(key).flatMap(value -> known(key, value));
  }

  /** A text that is given for sure; where it is missing, that is noted. */
  String needed(String key, String example) {
    if (!has(key)) {
      errors.add(
          root.finding(action + " needs the input '" + key + "', like " + key + ": " + example));
      return "";
    }
    return text(key).orElse("");
  }

  /** A text that has to be as the pattern says. */
  Optional<String> text(String key, Pattern pattern, String allowed) {
    return text(key).filter(value -> right(key, pattern.matcher(value).matches(), value, allowed));
  }

  /** One of some words. */
  <E> Optional<E> word(String key, Map<String, E> words) {
    return text(key)
        .flatMap(
            value -> {
              E meant = words.get(value);
              if (meant == null) {
                error(
                    key,
                    "'"
                        + key
                        + "' is '"
                        + value
                        + "'; allowed are "
                        + String.join(", ", new TreeMap<>(words).keySet())
                        + guess(value, words.keySet()));
              }
              return Optional.ofNullable(meant);
            });
  }

  /** True or false. */
  Optional<Boolean> flag(String key) {
    return word(key, Map.of("true", true, "false", false));
  }

  /** True or false; the fallback where it is not given. */
  boolean flag(String key, boolean fallback) {
    return flag(key).orElse(fallback);
  }

  /** A whole number within bounds. */
  Optional<Integer> number(String key, int min, int max) {
    return text(key).flatMap(value -> number(key, value, min, max));
  }

  /** One whole number, or a list of them. */
  List<Integer> numbers(String key, int min, int max) {
    List<Integer> numbers = new ArrayList<>();
    for (String value : texts(key).orElse(List.of())) {
      number(key, value, min, max).ifPresent(numbers::add);
    }
    return numbers;
  }

  /** One text, or a list of them; a list within the list is flattened, as parameters make it. */
  Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    Written value = value(key);
    List<String> texts = new ArrayList<>();
    if (value.kind() == Kind.LIST) {
      for (Written item : value.items()) {
        for (Written each : item.kind() == Kind.LIST ? item.items() : List.of(item)) {
          if (each.scalar()) {
            known(key, each).ifPresent(texts::add);
          } else {
            errors.add(each.finding("'" + key + "' is a list of texts; here is " + words(each)));
          }
        }
      }
    } else if (value.scalar()) {
      known(key, value).ifPresent(texts::add);
    } else {
      errors.add(value.finding("'" + key + "' is a text or a list of them, not " + words(value)));
    }
    return Optional.of(texts);
  }

  /** Each of some texts has to be right. */
  Optional<List<String>> texts(String key, Pattern pattern, String allowed) {
    return texts(key)
        .map(
            texts ->
                texts.stream()
                    .filter(text -> right(key, pattern.matcher(text).matches(), text, allowed))
                    .toList());
  }

  /** A script: a text, or a list of lines. */
  Optional<String> script(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    String joined = String.join("\n", texts(key).orElse(List.of()));
    return Optional.of(joined.endsWith("\n") ? joined : joined + "\n");
  }

  /** A map of names to texts. */
  Map<String, String> map(String key) {
    Map<String, String> map = new LinkedHashMap<>();
    if (!has(key)) {
      return map;
    }
    Written value = value(key);
    if (value.kind() != Kind.MAP) {
      // A token can stand for a whole map.
      if (!value.open()) {
        errors.add(value.finding("'" + key + "' is a map, not " + words(value)));
      }
      open |= value.open();
      return map;
    }
    value
        .fields()
        .forEach(
            (name, entry) -> {
              if (entry.value().scalar()) {
                known(key, entry.value()).ifPresent(text -> map.put(name, text));
              } else {
                errors.add(
                    entry
                        .value()
                        .finding(
                            "'" + key + "." + name + "' is a text, not " + words(entry.value())));
              }
            });
    return map;
  }

  /** Whether an input is a map. */
  boolean isMap(String key) {
    return has(key) && value(key).kind() == Kind.MAP;
  }

  /** Whether an input is written as a number and not as text. */
  boolean isNumber(String key) {
    return has(key) && value(key).kind() == Kind.NUMBER;
  }

  /** Notes what is wrong with an input, or with all where that one is not given. */
  void error(String key, String message) {
    Written.Entry entry = root.fields().get(key);
    errors.add(entry == null ? root.finding(message) : entry.value().finding(message));
  }

  /** Notes it if two inputs that exclude each other are both given. */
  void notBoth(String one, String other, String why) {
    if (has(one) && has(other)) {
      error(other, "'" + other + "' does not go with '" + one + "': " + why);
    }
  }

  /** Checks that an absolute path is one. */
  Optional<String> path(String key) {
    return text(key).filter(value -> path(key, value));
  }

  boolean path(String key, String value) {
    boolean right =
        value.startsWith("/")
            && value.indexOf('\0') < 0
            && value.indexOf('\n') < 0
            && List.of(value.substring(1).split("/", -1)).stream().noneMatch(odd(value));
    return right(key, right, value, "an absolute path without empty parts, '.' and '..'");
  }

  private static Predicate<String> odd(String value) {
    return part -> (part.isEmpty() && !value.equals("/")) || part.equals(".") || part.equals("..");
  }

  /** Notes every input that was given and never taken. To be called last. */
  void close() {
    root.fields()
        .forEach(
            (key, entry) -> {
              if (!taken.contains(key)) {
                errors.add(
                    new Finding(
                        entry.line(),
                        entry.column(),
                        "the input '" + key + "' is not known by " + action + guess(key, taken)));
              }
            });
  }

  private void generic() {
    GENERIC.forEach(
        (key, words) -> {
          if (!words.isEmpty()) {
            Map<String, String> same = new TreeMap<>();
            words.forEach(word -> same.put(word, word));
            word(key, same);
          }
        });
    number("timeoutSeconds", MIN_TIMEOUT, MAX_TIMEOUT);
    // Tokens in these say nothing of the resource.
    open = false;
  }

  private Optional<Written> scalar(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    Written value = value(key);
    // A parameter of one text may be declared as a list.
    Written one =
        value.kind() == Kind.LIST && value.items().size() == 1 ? value.items().getFirst() : value;
    if (!one.scalar()) {
      errors.add(value.finding("'" + key + "' is a text, not " + words(value)));
      return Optional.empty();
    }
    return Optional.of(one);
  }

  private Optional<String> known(String key, Written value) {
    if (value.open()) {
      open = true;
      return Optional.empty();
    }
    if (value.text().indexOf('\0') >= 0) {
      errors.add(value.finding("'" + key + "' holds a zero byte"));
      return Optional.empty();
    }
    return Optional.of(value.text());
  }

  private Optional<Integer> number(String key, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= min && number <= max) {
        return Optional.of(number);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    error(
        key,
        "'" + key + "' is '" + value + "'; allowed is a whole number from " + min + " to " + max);
    return Optional.empty();
  }

  private boolean right(String key, boolean right, String value, String allowed) {
    if (!right) {
      error(key, "'" + key + "' is '" + value + "'; allowed is " + allowed);
    }
    return right;
  }

  private Written value(String key) {
    return Objects.requireNonNull(root.fields().get(key), key).value();
  }

  private static String words(Written value) {
    return value.kind().words();
  }

  private static String guess(String word, Set<String> known) {
    return Closest.to(word, known).map(meant -> "; did you mean '" + meant + "'?").orElse("");
  }
}
