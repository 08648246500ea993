package dev.holdfast.document;

import static java.util.stream.Collectors.joining;

import dev.holdfast.pattern.Patterns;
import dev.holdfast.task.Limits;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Checks values given for a document's parameters, and fills in the defaults (spec.md section 1.4).
 * All findings at once. Patterns are searched unanchored, as in AWS; lengths count code points.
 */
public final class ParameterRules {
  private static final int NAMED = 20;

  private ParameterRules() {}

  /**
   * What the check came to.
   *
   * @param values by name, with their declared types, defaults filled in; complete only if nothing
   *     is wrong. What is given under {@code ssm:NAME} passes through
   * @param errors what is wrong with the values given
   * @param missing required parameters without a value
   */
  public record Check(Map<String, Value> values, List<String> errors, List<String> missing) {
    /** Copies. */
    public Check {
      values = Map.copyOf(values);
      errors = List.copyOf(errors);
      missing = List.copyOf(missing);
    }

    /** Whether nothing is wrong. */
    public boolean ok() {
      return errors.isEmpty() && missing.isEmpty();
    }
  }

  /** Checks the values given for a document. */
  public static Check check(Document document, Map<String, Value> given) {
    Map<String, Value> values = new LinkedHashMap<>();
    List<String> errors = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : given.keySet()) {
      if (name.startsWith(Substitution.STORED)) {
        values.put(name, given.get(name));
      } else if (!document.parameters().containsKey(name)) {
        errors.add(
            "the document has no parameter '"
                + Keys.shortened(name)
                + "'; it has "
                + named(document.parameters().keySet()));
      }
    }
    long bytes = 0;
    for (ParameterDefinition definition : document.parameters().values()) {
      Optional<Value> value =
          Optional.ofNullable(given.get(definition.name())).filter(v -> !(v instanceof Value.Null));
      if (value.isEmpty()) {
        value = definition.defaultValue();
      }
      if (value.isEmpty()) {
        missing.add(definition.name());
        continue;
      }
      Optional<Value> typed = typed(definition.type(), value.get());
      if (typed.isEmpty()) {
        errors.add(
            "'"
                + definition.name()
                + "' is of type "
                + definition.type().text()
                + "; that can't be "
                + Keys.shortened(JsonText.canonical(value.get()))
                + why(definition.type(), value.get()));
        continue;
      }
      bytes += JsonText.inText(typed.get()).getBytes(StandardCharsets.UTF_8).length;
      constraints(definition, typed.get(), errors);
      values.put(definition.name(), typed.get());
    }
    if (bytes > DocumentLimits.MAX_VALUES_BYTES) {
      errors.add(
          "the values have "
              + bytes
              + " bytes; at most "
              + DocumentLimits.MAX_VALUES_BYTES
              + " are allowed");
    }
    return new Check(values, bounded(errors), missing);
  }

  /**
   * What is wrong with a default by its own parameter's constraints; empty if nothing is.
   *
   * @param definition whose default has its type
   */
  static List<String> inDefault(ParameterDefinition definition) {
    List<String> errors = new ArrayList<>();
    definition.defaultValue().ifPresent(value -> constraints(definition, value, errors));
    return bounded(errors);
  }

  private static List<String> bounded(List<String> errors) {
    int more = errors.size() - DocumentLimits.MAX_PROBLEMS;
    if (more <= 0) {
      return errors;
    }
    List<String> first = new ArrayList<>(errors.subList(0, DocumentLimits.MAX_PROBLEMS));
    first.add("and " + more + " more");
    return first;
  }

  /** Whether the value of one parameter keeps to what its definition asks of it. */
  public static boolean fits(Document document, String parameter, Map<String, Value> values) {
    ParameterDefinition definition =
        Optional.ofNullable(document.parameters().get(parameter)).orElseThrow();
    List<String> errors = new ArrayList<>();
    Optional<Value> typed =
        Optional.ofNullable(values.get(parameter)).flatMap(v -> typed(definition.type(), v));
    typed.ifPresent(value -> constraints(definition, value, errors));
    return typed.isPresent() && errors.isEmpty();
  }

  /**
   * The value as the type has it, if it can be. A list of one text may stand for a text, and a text
   * for a list of one, a number, a truth or JSON: callers that know only texts and lists need this.
   */
  static Optional<Value> typed(ParameterDefinition.Type type, Value value) {
    return switch (type) {
      case STRING -> string(value);
      case STRING_LIST -> stringList(value);
      case INTEGER -> integer(single(value));
      case BOOLEAN -> truth(single(value));
      case STRING_MAP -> parsed(single(value)).filter(Value.Fields.class::isInstance);
      case MAP_LIST -> mapList(value);
    };
  }

  private static String why(ParameterDefinition.Type type, Value value) {
    if (!(single(value) instanceof Value.Text(var text))) {
      return "";
    }
    return switch (type) {
      case STRING_MAP, MAP_LIST -> {
        List<Problem> problems = new ArrayList<>();
        var _ = TextReader.read(text, true, problems);
        yield problems.isEmpty() ? "" : ": " + problems.getFirst().message();
      }
      case INTEGER ->
          text.strip().length() > DocumentLimits.MAX_NUMBER_LENGTH
              ? ": " + TextReader.TOO_LONG
              : "";
      case STRING, STRING_LIST, BOOLEAN -> "";
    };
  }

  private static Optional<Value> string(Value value) {
    return switch (single(value)) {
      case Value.Text text -> Optional.of(text);
      case Value.Num _, Value.Flag _ -> Optional.of(new Value.Text(JsonText.inText(single(value))));
      case Value.Null _, Value.Items _, Value.Fields _ -> Optional.empty();
    };
  }

  private static Optional<Value> stringList(Value value) {
    if (value instanceof Value.Items(var items)) {
      List<Value> texts = new ArrayList<>();
      for (Value item : items) {
        Optional<Value> text = item instanceof Value.Items ? Optional.empty() : string(item);
        if (text.isEmpty()) {
          return Optional.empty();
        }
        texts.add(text.get());
      }
      return Optional.of(new Value.Items(texts));
    }
    return string(value).map(text -> new Value.Items(List.of(text)));
  }

  private static Optional<Value> integer(Value value) {
    return switch (value) {
      case Value.Num(var number) -> whole(number);
      case Value.Text(var text) -> whole(text.strip());
      case Value.Null _, Value.Flag _, Value.Items _, Value.Fields _ -> Optional.empty();
    };
  }

  private static Optional<Value> whole(String text) {
    try {
      return text.length() > DocumentLimits.MAX_NUMBER_LENGTH
          ? Optional.empty()
          : whole(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Value> whole(BigDecimal number) {
    // Else a short text could ask for a number that fills the memory.
    boolean bounded = Math.abs((long) number.scale()) <= DocumentLimits.MAX_NUMBER_LENGTH;
    return bounded && number.stripTrailingZeros().scale() <= 0
        ? Optional.of(new Value.Num(number.setScale(0)))
        : Optional.empty();
  }

  private static Optional<Value> truth(Value value) {
    return switch (value) {
      case Value.Flag flag -> Optional.of(flag);
      case Value.Text(var text) when text.equals("true") || text.equals("false") ->
          Optional.of(new Value.Flag(text.equals("true")));
      case Value.Text _, Value.Null _, Value.Num _, Value.Items _, Value.Fields _ ->
          Optional.empty();
    };
  }

  private static Optional<Value> mapList(Value value) {
    Value list = value instanceof Value.Text ? parsed(value).orElse(value) : value;
    if (!(list instanceof Value.Items(var items))) {
      return Optional.empty();
    }
    List<Value> maps = new ArrayList<>();
    for (Value item : items) {
      Optional<Value> map = parsed(item).filter(Value.Fields.class::isInstance);
      if (map.isEmpty()) {
        return Optional.empty();
      }
      maps.add(map.get());
    }
    return Optional.of(new Value.Items(maps));
  }

  private static Optional<Value> parsed(Value value) {
    if (value instanceof Value.Text(var text)) {
      return TextReader.read(text, true, new ArrayList<>()).map(Located::value);
    }
    return Optional.of(value);
  }

  private static Value single(Value value) {
    return value instanceof Value.Items(var items) && items.size() == 1 ? items.getFirst() : value;
  }

  private static void constraints(
      ParameterDefinition definition, Value value, List<String> errors) {
    String name = "'" + definition.name() + "'";
    if (value instanceof Value.Items(var items) && items.size() > DocumentLimits.MAX_LIST_ITEMS) {
      errors.add(
          name
              + " has "
              + items.size()
              + " items; at most "
              + DocumentLimits.MAX_LIST_ITEMS
              + " are allowed");
      return;
    }
    List<String> texts = texts(definition.type(), value);
    long bytes =
        texts.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
    if (bytes > DocumentLimits.MAX_VALUE_BYTES) {
      errors.add(
          name
              + " has "
              + bytes
              + " bytes; at most "
              + DocumentLimits.MAX_VALUE_BYTES
              + " are allowed");
      return;
    }
    for (String text : texts) {
      int control = firstControl(text);
      if (control >= 0) {
        errors.add(name + String.format(" has the control character U+%04X", control));
      }
    }
    if (texts.stream()
        .anyMatch(text -> Tokens.in(text).stream().anyMatch(t -> t.prefix().startsWith("ssm")))) {
      return; // judged when the stored parameter's value is known
    }
    if (!definition.allowedValues().isEmpty()) {
      Set<String> allowed = Set.copyOf(definition.allowedValues());
      texts.stream()
          .filter(text -> !allowed.contains(text))
          .forEach(
              text ->
                  errors.add(
                      name
                          + " is '"
                          + Keys.shortened(text)
                          + "'; allowed are "
                          + named(definition.allowedValues())));
    }
    definition
        .allowedPattern()
        .filter(pattern -> !pattern.isEmpty())
        .flatMap(pattern -> mismatch(pattern, texts))
        .ifPresent(mismatch -> errors.add(name + " " + mismatch));
    if (definition.type() != ParameterDefinition.Type.INTEGER
        && definition.type() != ParameterDefinition.Type.BOOLEAN) {
      texts.forEach(text -> length(definition, name, text, errors));
    }
    count(definition, name, value, errors);
  }

  private static Optional<String> mismatch(String pattern, List<String> texts) {
    long length = texts.stream().mapToLong(String::length).sum();
    if (Patterns.size(pattern) * length > Limits.MAX_MATCH_STEPS) {
      return Optional.of(
          "has "
              + length
              + " characters, which is too much to be matched against "
              + pattern
              + "; the product of both lengths can be at most "
              + Limits.MAX_MATCH_STEPS);
    }
    int at = Patterns.found(pattern, texts).indexOf(false);
    return at < 0
        ? Optional.empty()
        : Optional.of("is '" + Keys.shortened(texts.get(at)) + "'; it has to match " + pattern);
  }

  private static void length(
      ParameterDefinition definition, String name, String text, List<String> errors) {
    int length = text.codePointCount(0, text.length());
    atLeast(definition.minChars(), length)
        .ifPresent(
            min ->
                errors.add(
                    name + " has " + length + " characters; at least " + min + " are needed"));
    atMost(definition.maxChars(), length)
        .ifPresent(
            max ->
                errors.add(
                    name + " has " + length + " characters; at most " + max + " are allowed"));
  }

  private static void count(
      ParameterDefinition definition, String name, Value value, List<String> errors) {
    int size =
        switch (value) {
          case Value.Items(var items) -> items.size();
          case Value.Fields(var fields) -> fields.size();
          case Value.Null _, Value.Text _, Value.Num _, Value.Flag _ -> -1;
        };
    if (size >= 0) {
      atLeast(definition.minItems(), size)
          .ifPresent(
              min -> errors.add(name + " has " + size + " items; at least " + min + " are needed"));
      atMost(definition.maxItems(), size)
          .ifPresent(
              max -> errors.add(name + " has " + size + " items; at most " + max + " are allowed"));
    }
  }

  private static Optional<Integer> atLeast(OptionalInt bound, int actual) {
    return bound.isPresent() && actual < bound.getAsInt()
        ? Optional.of(bound.getAsInt())
        : Optional.empty();
  }

  private static Optional<Integer> atMost(OptionalInt bound, int actual) {
    return bound.isPresent() && actual > bound.getAsInt()
        ? Optional.of(bound.getAsInt())
        : Optional.empty();
  }

  /** The texts to which constraints apply: each item of a list; maps as canonical JSON. */
  private static List<String> texts(ParameterDefinition.Type type, Value value) {
    return switch (type) {
      case STRING_LIST, MAP_LIST ->
          value instanceof Value.Items(var items)
              ? items.stream().map(JsonText::inText).toList()
              : List.of(JsonText.inText(value));
      case STRING, INTEGER, BOOLEAN, STRING_MAP -> List.of(JsonText.inText(value));
    };
  }

  private static int firstControl(String text) {
    return text.codePoints()
        .filter(c -> Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r')
        .findFirst()
        .orElse(-1);
  }

  private static String named(Collection<String> names) {
    int more = names.size() - NAMED;
    String joined = names.stream().limit(NAMED).map(Keys::shortened).collect(joining(", "));
    return joined.isEmpty() ? "none" : more > 0 ? joined + " and " + more + " more" : joined;
  }
}
