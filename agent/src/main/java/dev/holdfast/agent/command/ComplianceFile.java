package dev.holdfast.agent.command;

import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.PutRules.Kind;
import dev.holdfast.compliance.PutRules.Mistake;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.config.Closest;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of items: a JSON list of objects with SSM's {@code Id}, {@code Title}, {@code
 * Severity}, {@code Status} and {@code Details}; upper and lower case of these names does not
 * matter. Pure.
 */
public final class ComplianceFile {
  private static final List<String> KEYS = List.of("Id", "Title", "Severity", "Status", "Details");

  private ComplianceFile() {}

  /**
   * What a file holds.
   *
   * @param items empty if there is a mistake
   */
  public record Reading(List<PutItem> items, List<Mistake> mistakes) {
    /** Copies. */
    public Reading {
      items = List.copyOf(items);
      mistakes = List.copyOf(mistakes);
    }
  }

  /** Reads and checks all of it. */
  public static Reading read(byte[] content) {
    List<Problem> problems = new ArrayList<>();
    Optional<Value> tree =
        DocumentReader.readJson(
            content,
            Limits.MAX_COMPLIANCE_FILE_BYTES,
            // Each item has at most 5 fields and its details.
            Limits.MAX_COMPLIANCE_ITEMS * (Limits.MAX_COMPLIANCE_DETAILS + 10),
            problems);
    List<Mistake> mistakes = new ArrayList<>();
    problems.forEach(
        problem -> mistakes.add(new Mistake(Kind.CONTENT, place(problem), problem.message())));
    List<PutItem> items = new ArrayList<>();
    tree.ifPresent(value -> items(value, items, mistakes));
    if (mistakes.isEmpty()) {
      mistakes.addAll(PutRules.items(items));
    }
    if (mistakes.isEmpty()) {
      tooLarge(items).ifPresent(mistakes::add);
    }
    return new Reading(mistakes.isEmpty() ? items : List.of(), mistakes);
  }

  /** Whether there is no room for them in a report, packed, whatever their type is called. */
  private static Optional<Mistake> tooLarge(List<PutItem> items) {
    String longest = "x".repeat(Limits.MAX_COMPLIANCE_TYPE_CHARS);
    int bytes =
        ReportCodec.toBytes(Long.MAX_VALUE, new Report.Compliance(longest, Instant.EPOCH, items))
            .size();
    // the time of a report takes some bytes more than that one
    return bytes + 16 <= Limits.MAX_REPORT_BYTES
        ? Optional.empty()
        : Optional.of(
            new Mistake(
                Kind.TOTAL_SIZE,
                "items",
                "they don't pack well enough: "
                    + bytes
                    + " bytes packed; a message has room for "
                    + (Limits.MAX_REPORT_BYTES - 16)));
  }

  private static String place(Problem problem) {
    return problem.line() == 0 ? "the file" : problem.line() + ":" + problem.column();
  }

  private static void items(Value value, List<PutItem> items, List<Mistake> mistakes) {
    if (!(value instanceof Value.Items(var each))) {
      add(mistakes, "the file", "is no JSON list; [{\"Id\": ..., ...}, ...] is expected");
      return;
    }
    for (int i = 0; i < each.size(); i++) {
      item("items[" + i + "]", each.get(i), mistakes).ifPresent(items::add);
    }
  }

  /** The item; if there is a mistake in it, as far as it can be checked further. */
  private static Optional<PutItem> item(String path, Value value, List<Mistake> mistakes) {
    if (!(value instanceof Value.Fields(var fields))) {
      add(mistakes, path, "is no object");
      return Optional.empty();
    }
    Map<String, Value> known = new LinkedHashMap<>();
    fields.forEach(
        (name, field) -> {
          Optional<String> key = KEYS.stream().filter(name::equalsIgnoreCase).findFirst();
          if (key.isEmpty()) {
            add(mistakes, path, unknown(name));
          } else if (known.put(key.get(), field) != null) {
            add(mistakes, path + "." + key.get(), "is there twice");
          }
        });
    String id = text(path, "Id", known, true, mistakes);
    String title = text(path, "Title", known, false, mistakes);
    Optional<Severity> severity = word(path, "Severity", Severity.values(), known, mistakes);
    Optional<Status> status = word(path, "Status", Status.values(), known, mistakes);
    Map<String, String> details = details(path, known.get("Details"), mistakes);
    return severity.flatMap(
        howMuch -> status.map(how -> new PutItem(id, title, howMuch, how, details)));
  }

  private static String unknown(String name) {
    return "'"
        + PutRules.printable(name)
        + "' is not known"
        + Closest.to(name, KEYS).map(close -> "; did you mean " + close + "?").orElse("")
        + "; allowed are "
        + String.join(", ", KEYS);
  }

  private static String text(
      String path, String key, Map<String, Value> fields, boolean needed, List<Mistake> mistakes) {
    Value value = fields.get(key);
    if (value instanceof Value.Text(var text)) {
      return text;
    }
    if (value != null) {
      add(mistakes, path + "." + key, "is no text");
    } else if (needed) {
      add(mistakes, path + "." + key, "is missing");
    }
    return "";
  }

  private static <E extends Enum<E>> Optional<E> word(
      String path, String key, E[] words, Map<String, Value> fields, List<Mistake> mistakes) {
    String text = text(path, key, fields, true, mistakes);
    Optional<E> found = Stream.of(words).filter(word -> word.name().equals(text)).findFirst();
    if (found.isEmpty() && !text.isEmpty()) {
      add(
          mistakes,
          path + "." + key,
          "'"
              + PutRules.printable(text)
              + "'; allowed are "
              + Stream.of(words).map(Enum::name).collect(Collectors.joining(", ")));
    }
    return found;
  }

  private static Map<String, String> details(
      String path, @Nullable Value value, List<Mistake> mistakes) {
    Map<String, String> details = new LinkedHashMap<>();
    if (value instanceof Value.Fields(var fields)) {
      fields.forEach(
          (name, detail) -> {
            if (detail instanceof Value.Text(var text)) {
              details.put(name, text);
            } else {
              add(
                  mistakes,
                  path + ".Details",
                  "'" + PutRules.printable(name) + "' is no text; all details are");
            }
          });
    } else if (value != null) {
      add(mistakes, path + ".Details", "is no object");
    }
    return details;
  }

  private static void add(List<Mistake> mistakes, String field, String message) {
    mistakes.add(new Mistake(Kind.CONTENT, field, message));
  }
}
