package dev.holdfast.agent.inventory;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What programs of the host print as JSON. */
final class Json {
  private Json() {}

  /** The fields of an object; none if the text is something else. */
  static Map<String, Value> fields(String text) {
    return read(text).map(Json::fields).orElse(Map.of());
  }

  /** The fields of a value; none if it is no object. */
  static Map<String, Value> fields(Value value) {
    return value instanceof Value.Fields(var fields) ? fields : Map.of();
  }

  /** The elements of a list; none if the text is something else. */
  static List<Value> items(String text) {
    return read(text)
        .map(value -> value instanceof Value.Items(var items) ? items : List.<Value>of())
        .orElse(List.of());
  }

  /** A field as text: lists with commas; empty if it is not there. */
  static String text(Map<String, Value> fields, String name) {
    Value value = fields.get(name);
    return switch (value) {
      case null -> "";
      case Value.Null _ -> "";
      case Value.Items(var items) ->
          String.join(", ", items.stream().map(JsonText::inText).toList());
      case Value.Text _, Value.Num _, Value.Flag _, Value.Fields _ -> JsonText.inText(value);
    };
  }

  private static Optional<Value> read(String text) {
    List<Problem> problems = new ArrayList<>();
    Optional<Value> value =
        DocumentReader.readJson(text.getBytes(StandardCharsets.UTF_8), problems);
    return problems.isEmpty() ? value : Optional.empty();
  }
}
