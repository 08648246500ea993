package dev.holdfast.coordinator.command;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, safe to show in a terminal. */
public final class Table {
  /** Blanks between columns. */
  private static final String GAP = "  ";

  private Table() {}

  /** The rows, one a line, each column as wide as its widest cell; the first row is the heading. */
  public static List<String> lines(List<List<String>> rows) {
    List<List<String>> shown =
        rows.stream().map(row -> row.stream().map(Table::printable).toList()).toList();
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : shown) {
      for (int i = 0; i < row.size(); i++) {
        int width = width(row.get(i));
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    return shown.stream().map(row -> line(row, widths)).toList();
  }

  /** Text that somebody else wrote, with control and other invisible characters escaped. */
  public static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              if (hidden(point)) {
                shown.append(escape(point));
              } else {
                shown.appendCodePoint(point);
              }
            });
    return shown.toString();
  }

  /** Whether nobody sees a character, or it moves what others see. */
  public static boolean hidden(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String escape(int point) {
    return switch (point) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default ->
          point < 0x10000 ? String.format("\\u%04x", point) : String.format("\\U%08x", point);
    };
  }

  private static String line(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i));
      if (i < row.size() - 1) {
        line.append(" ".repeat(widths.get(i) - width(row.get(i)))).append(GAP);
      }
    }
    return line.toString().stripTrailing();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
