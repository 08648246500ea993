package dev.holdfast.agent.step;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading.Format;
import dev.holdfast.document.DocumentText;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A map that people give as one, or as JSON or YAML text. */
final class MapText {
  private MapText() {}

  /** The map; nothing and blank text are one without entries. Empty if it is none. */
  static Optional<Map<String, Value>> read(Value value) {
    return switch (value) {
      case Value.Fields(var fields) -> Optional.of(fields);
      case Value.Null _ -> Optional.of(Map.of());
      case Value.Text(var text) when text.isBlank() -> Optional.of(Map.of());
      case Value.Text(var text) -> parsed(text);
      case Value.Items(var items)
          when items.size() == 1 && items.getFirst() instanceof Value.Text text ->
          read(text);
      case Value.Items _, Value.Num _, Value.Flag _ -> Optional.empty();
    };
  }

  private static Optional<Map<String, Value>> parsed(String text) {
    String json;
    try {
      json =
          text.stripLeading().startsWith("{")
              ? text
              : DocumentText.convert(text, Format.YAML, Format.JSON);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    List<Problem> problems = new ArrayList<>();
    Optional<Value> read = DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems);
    return problems.isEmpty() && read.orElse(new Value.Null()) instanceof Value.Fields(var fields)
        ? Optional.of(fields)
        : Optional.empty();
  }
}
