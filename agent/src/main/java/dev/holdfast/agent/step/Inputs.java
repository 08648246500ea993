package dev.holdfast.agent.step;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The inputs of a step that does one thing, read as loosely as people write them: a text may be a
 * number or a truth, a list of one text a text.
 */
record Inputs(Map<String, Value> fields) {

  /**
   * Of a step, with everything substituted: a map, or a list of just one (as in schema 1.2). Empty
   * if they are something else.
   */
  static Optional<Inputs> of(Value inputs) {
    return switch (inputs) {
      case Value.Fields(var fields) -> Optional.of(new Inputs(fields));
      case Value.Null _ -> Optional.of(new Inputs(Map.of()));
      case Value.Items(var items)
          when items.size() == 1 && items.getFirst() instanceof Value.Fields(var fields) ->
          Optional.of(new Inputs(fields));
      case Value.Items _, Value.Text _, Value.Num _, Value.Flag _ -> Optional.empty();
    };
  }

  /** A text; empty if there is none, or it is a list or map. */
  String text(String name) {
    Value value = fields.getOrDefault(name, new Value.Null());
    if (value instanceof Value.Items(var items) && items.size() == 1) {
      value = items.getFirst();
    }
    return switch (value) {
      case Value.Text(var text) -> text.strip();
      case Value.Num _, Value.Flag _ -> JsonText.inText(value);
      case Value.Null _, Value.Items _, Value.Fields _ -> "";
    };
  }

  /** Texts; those that are empty, and what is no text, are left out. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    Value value = fields.getOrDefault(name, new Value.Null());
    for (Value each : value instanceof Value.Items(var items) ? items : List.of(value)) {
      String text = each instanceof Value.Text(var written) ? written.strip() : "";
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** Whether it is true. */
  boolean flag(String name) {
    return text(name).equalsIgnoreCase("true");
  }

  /** Any value. */
  Value value(String name) {
    return fields.getOrDefault(name, new Value.Null());
  }
}
