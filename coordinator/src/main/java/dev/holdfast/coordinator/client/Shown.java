package dev.holdfast.coordinator.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.coordinator.command.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers of the coordinator as people and scripts want them. */
final class Shown {
  /** Characters of a cell; what is longer is cut, and ends in dots. */
  static final int MAX_CELL = 60;

  private Shown() {}

  /** All pages of a list, as one answer. */
  @SuppressWarnings("unchecked") // a builder builds what its message is
  static <P extends Message> P all(Function<String, P> page) {
    P first = page.apply("");
    FieldDescriptor token = first.getDescriptorForType().findFieldByName("next_page_token");
    Message.Builder all = first.toBuilder();
    String next = (String) first.getField(token);
    while (!next.isEmpty()) {
      P more = page.apply(next);
      all.mergeFrom(more);
      next = (String) more.getField(token);
    }
    return (P) all.clearField(token).build();
  }

  /** As protobuf writes it, but nothing in it changes what a terminal does or shows. */
  static void json(PrintWriter out, Message message) {
    try {
      out.println(visible(JsonFormat.printer().print(message)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an answer of ours has only types that are known", e);
    }
  }

  /** The same JSON: characters that nobody sees are written by their numbers. */
  static String visible(String json) {
    StringBuilder visible = new StringBuilder();
    json.codePoints()
        .forEach(
            point -> {
              if (point == '\n' || !Table.hidden(point)) {
                visible.appendCodePoint(point);
              } else {
                for (char each : Character.toChars(point)) {
                  visible.append(String.format("\\u%04x", (int) each));
                }
              }
            });
    return visible.toString();
  }

  /** As a table, the first row its heading. */
  static void table(PrintWriter out, List<String> heading, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(heading);
    rows.forEach(row -> all.add(row.stream().map(Shown::cut).toList()));
    Table.lines(all).forEach(out::println);
  }

  /** A moment, to the second; a dash if it is not set. */
  static String time(boolean set, Timestamp time) {
    return set
        ? Instant.ofEpochSecond(time.getSeconds()).truncatedTo(ChronoUnit.SECONDS).toString()
        : "-";
  }

  /** {@code RUN_STATUS_TIMED_OUT} with the prefix {@code RUN_STATUS_} is {@code TimedOut}. */
  static String word(ProtocolMessageEnum value, String prefix) {
    String name = value.getValueDescriptor().getName();
    StringBuilder word = new StringBuilder();
    for (String part : name.substring(name.startsWith(prefix) ? prefix.length() : 0).split("_")) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  /** {@code Failed=1 Success=3}. */
  static String counts(Map<String, Integer> counts) {
    return new TreeMap<>(counts)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
  }

  /** A dash where there is nothing. */
  static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= MAX_CELL
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_CELL - 3)) + "...";
  }
}
