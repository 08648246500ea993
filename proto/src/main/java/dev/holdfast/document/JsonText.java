package dev.holdfast.document;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as JSON. */
public final class JsonText {
  private JsonText() {}

  /**
   * On one line, keys sorted, no blanks, {@code <}, {@code >} and {@code &} escaped: the form that
   * a list or map takes inside text, and over which values are compared (spec.md section 1.5).
   */
  public static String canonical(Value value) {
    StringBuilder out = new StringBuilder();
    write(value, out, true, -1);
    return out.toString();
  }

  /** On one line, keys in their order: for programs that read a line at a time. */
  public static String line(Value value) {
    StringBuilder out = new StringBuilder();
    write(value, out, false, -1);
    return out.toString();
  }

  /** Over several lines, keys in their order: for people. */
  public static String pretty(Value value) {
    StringBuilder out = new StringBuilder();
    write(value, out, false, 0);
    return out.toString();
  }

  /** The text of a value inside other text: text as it is, everything else as canonical JSON. */
  public static String inText(Value value) {
    return value instanceof Value.Text(var text) ? text : canonical(value);
  }

  private static void write(Value value, StringBuilder out, boolean sorted, int indent) {
    switch (value) {
      case Value.Null _ -> out.append("null");
      case Value.Text(var text) -> quote(text, out, sorted);
      case Value.Num(var number) -> out.append(number(number));
      case Value.Flag(var flag) -> out.append(flag);
      case Value.Items(var items) -> list(items, out, sorted, indent);
      case Value.Fields(var fields) ->
          map(sorted ? new TreeMap<>(fields) : fields, out, sorted, indent);
    }
  }

  /** Without a power: all its digits. */
  static String number(BigDecimal number) {
    return number.stripTrailingZeros().scale() <= 0
        ? number.toBigInteger().toString()
        : number.stripTrailingZeros().toPlainString();
  }

  private static void list(List<Value> items, StringBuilder out, boolean sorted, int indent) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (Iterator<Value> each = items.iterator(); each.hasNext(); ) {
      newLine(out, deeper(indent));
      write(each.next(), out, sorted, deeper(indent));
      if (each.hasNext()) {
        out.append(',');
      }
    }
    newLine(out, indent);
    out.append(']');
  }

  private static void map(
      Map<String, Value> fields, StringBuilder out, boolean sorted, int indent) {
    if (fields.isEmpty()) {
      out.append("{}");
      return;
    }
    out.append('{');
    for (Iterator<Map.Entry<String, Value>> each = fields.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Value> field = each.next();
      newLine(out, deeper(indent));
      quote(field.getKey(), out, sorted);
      out.append(indent < 0 ? ":" : ": ");
      write(field.getValue(), out, sorted, deeper(indent));
      if (each.hasNext()) {
        out.append(',');
      }
    }
    newLine(out, indent);
    out.append('}');
  }

  private static int deeper(int indent) {
    return indent < 0 ? indent : indent + 1;
  }

  private static void newLine(StringBuilder out, int indent) {
    if (indent >= 0) {
      out.append('\n').repeat("  ", indent);
    }
  }

  private static void quote(String text, StringBuilder out, boolean escapeMarkup) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          boolean markup = escapeMarkup && (c == '<' || c == '>' || c == '&');
          if (c < 0x20 || markup || c == '\u2028' || c == '\u2029') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
