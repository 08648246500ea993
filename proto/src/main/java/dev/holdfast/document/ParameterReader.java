package dev.holdfast.document;

import dev.holdfast.document.ParameterDefinition.Type;
import dev.holdfast.pattern.Patterns;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the declared parameters of a document (spec.md section 1.4). */
final class ParameterReader {
  private static final Set<String> KEYS =
      Set.of(
          "type",
          "description",
          "default",
          "allowedValues",
          "allowedPattern",
          "displayType",
          "minChars",
          "maxChars",
          "minItems",
          "maxItems",
          "interpolationType");

  private final Problems problems;

  ParameterReader(Problems problems) {
    this.problems = problems;
  }

  Map<String, ParameterDefinition> read(Located.@Nullable Entry parameters) {
    Map<String, ParameterDefinition> definitions = new LinkedHashMap<>();
    if (parameters == null || parameters.value().value() instanceof Value.Null) {
      return definitions;
    }
    Map<String, Located.Entry> written = Keys.fields(parameters.value(), "parameters", problems);
    if (written.size() > DocumentLimits.MAX_PARAMETERS) {
      problems.error(
          parameters
              .key()
              .problem(
                  "a document of "
                      + written.size()
                      + " parameters; at most "
                      + DocumentLimits.MAX_PARAMETERS
                      + " are allowed"));
    }
    written.forEach((name, entry) -> definitions.put(name, definition(name, entry)));
    return definitions;
  }

  private ParameterDefinition definition(String name, Located.Entry entry) {
    String shown = Keys.shortened(name);
    if (!Tokens.NAME.matcher(name).matches()) {
      problems.error(
          entry
              .key()
              .problem(
                  "the parameter name '"
                      + shown
                      + "'; allowed are a letter, then at most 63 letters, digits and"
                      + " underscores"));
    }
    Map<String, Located.Entry> fields =
        new LinkedHashMap<>(
            Keys.known(entry.value(), "the parameter '" + shown + "'", KEYS, Set.of(), problems));
    fields.values().removeIf(field -> field.value().value() instanceof Value.Null);
    Type type = type(shown, entry, fields.get("type"));
    ParameterDefinition definition =
        new ParameterDefinition(
            name,
            type,
            text(fields.get("description")),
            defaultValue(shown, type, fields.get("default")),
            allowedValues(fields.get("allowedValues")),
            pattern(shown, type, fields.get("allowedPattern")),
            count(fields.get("minChars"), "minChars"),
            count(fields.get("maxChars"), "maxChars"),
            count(fields.get("minItems"), "minItems"),
            count(fields.get("maxItems"), "maxItems"),
            interpolation(fields.get("interpolationType")));
    bounds(definition.minChars(), definition.maxChars(), "Chars", fields);
    bounds(definition.minItems(), definition.maxItems(), "Items", fields);
    Located.Entry written = fields.get("default");
    if (written != null) {
      ParameterRules.inDefault(definition)
          .forEach(
              problem ->
                  problems.warning(
                      written
                          .value()
                          .problem(
                              "the default does not fit, and a run without another value is"
                                  + " refused: "
                                  + problem)));
    }
    return definition;
  }

  private void bounds(
      OptionalInt min, OptionalInt max, String of, Map<String, Located.Entry> fields) {
    Located.Entry written = fields.get("min" + of);
    if (written != null && min.isPresent() && max.isPresent() && min.getAsInt() > max.getAsInt()) {
      problems.error(
          written
              .value()
              .problem(
                  "min"
                      + of
                      + " is "
                      + min.getAsInt()
                      + ", more than max"
                      + of
                      + ", which is "
                      + max.getAsInt()));
    }
  }

  private Type type(String name, Located.Entry entry, Located.@Nullable Entry written) {
    String allowed = Arrays.stream(Type.values()).map(Type::text).collect(Collectors.joining(", "));
    if (written == null) {
      problems.error(
          entry.key().problem("the parameter '" + name + "' has no type; allowed are " + allowed));
      return Type.STRING;
    }
    String text = text(written);
    Optional<Type> type =
        Arrays.stream(Type.values()).filter(t -> t.text().equals(text)).findFirst();
    if (type.isEmpty()) {
      problems.error(
          written
              .value()
              .problem("the type '" + Keys.shortened(text) + "'; allowed are " + allowed));
    }
    return type.orElse(Type.STRING);
  }

  private Optional<Value> defaultValue(String name, Type type, Located.@Nullable Entry written) {
    if (written == null) {
      return Optional.empty();
    }
    Optional<Value> value = ParameterRules.typed(type, written.value().value());
    if (value.isEmpty()) {
      problems.error(
          written
              .value()
              .problem(
                  "the default of '"
                      + name
                      + "' is "
                      + written.value().kind()
                      + "; its type is "
                      + type.text()));
    }
    return value;
  }

  private List<String> allowedValues(Located.@Nullable Entry written) {
    if (written == null) {
      return List.of();
    }
    if (!(written.value().value() instanceof Value.Items(var items))) {
      problems.error(
          written.value().problem("allowedValues is a list; this is " + written.value().kind()));
      return List.of();
    }
    return items.stream().map(JsonText::inText).toList();
  }

  private Optional<String> pattern(String name, Type type, Located.@Nullable Entry written) {
    if (written == null) {
      return Optional.empty();
    }
    String text = text(written);
    if (type == Type.BOOLEAN || type == Type.INTEGER) {
      problems.error(
          written
              .key()
              .problem(
                  "'"
                      + name
                      + "' is of type "
                      + type.text()
                      + ", which can't have an allowedPattern"));
      return Optional.empty();
    }
    if (!(written.value().value() instanceof Value.Text)) {
      problems.error(
          written.value().problem("allowedPattern is text; this is " + written.value().kind()));
      return Optional.empty();
    }
    Optional<String> problem = Patterns.problem("the allowedPattern", text);
    problem.ifPresent(found -> problems.error(written.value().problem(found)));
    return problem.isPresent() ? Optional.empty() : Optional.of(text);
  }

  private OptionalInt count(Located.@Nullable Entry written, String key) {
    if (written == null) {
      return OptionalInt.empty();
    }
    String text = text(written).strip();
    if (text.matches("[0-9]{1,9}")) {
      return OptionalInt.of(Integer.parseInt(text));
    }
    problems.error(
        written
            .value()
            .problem(
                key
                    + " is '"
                    + Keys.shortened(text)
                    + "'; a whole number that is not negative is expected"));
    return OptionalInt.empty();
  }

  private boolean interpolation(Located.@Nullable Entry written) {
    if (written == null) {
      return false;
    }
    String text = text(written);
    if (!text.equals("ENV_VAR")) {
      problems.error(
          written.value().problem("the interpolationType '" + text + "'; only ENV_VAR is allowed"));
    }
    return true;
  }

  private static String text(Located.@Nullable Entry entry) {
    return entry == null ? "" : JsonText.inText(entry.value().value());
  }
}
