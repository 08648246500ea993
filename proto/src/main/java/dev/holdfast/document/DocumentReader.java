package dev.holdfast.document;

import dev.holdfast.document.DocumentReading.Format;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads Command documents, JSON and YAML, schemas 1.2, 2.0 and 2.2. All findings at once, each with
 * line and column, what was found and what is allowed. Keys that the format does not know are
 * warnings, since people's documents have them.
 */
public final class DocumentReader {
  /** The schema versions that can be read. */
  public static final List<String> SCHEMAS =
      List.of("1.2", "2.0", "2.0.1", "2.0.2", "2.0.3", "2.2");

  private static final Set<String> KEYS =
      Set.of("schemaVersion", "description", "parameters", "mainSteps", "runtimeConfig");

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  private DocumentReader() {}

  /** Reads a text whose format it finds out: what begins with a brace is JSON. */
  public static DocumentReading read(byte[] content) {
    return new DocumentReader().readText(content, Optional.empty());
  }

  /** Reads a text in a format. */
  public static DocumentReading read(byte[] content, Format format) {
    return new DocumentReader().readText(content, Optional.of(format));
  }

  /** Reads any JSON text to a value, within the same limits; the problems are added to the list. */
  public static Optional<Value> readJson(byte[] content, List<Problem> problems) {
    return TextReader.decode(content, problems)
        .flatMap(text -> TextReader.read(text, true, problems))
        .map(Located::value);
  }

  private DocumentReading readText(byte[] content, Optional<Format> wanted) {
    Optional<String> text = TextReader.decode(content, errors);
    Format format =
        wanted.orElse(
            text.map(String::stripLeading).orElse("").startsWith("{") ? Format.JSON : Format.YAML);
    Optional<Located> root = text.flatMap(t -> TextReader.read(t, format == Format.JSON, errors));
    String version = "";
    List<Step> steps = List.of();
    Optional<Document> document = Optional.empty();
    if (root.isPresent() && !(root.get().value() instanceof Value.Fields)) {
      errors.add(root.get().problem("a document is a map; this is " + root.get().kind()));
    } else if (root.isPresent()) {
      Located top = root.get();
      version = schemaVersion(top);
      String description = description(top);
      Map<String, ParameterDefinition> parameters =
          new ParameterReader(errors, warnings).read(top.fields().get("parameters"));
      steps = new StepReader(errors, warnings, parameters).read(top, version);
      unknownKeys(top);
      if (errors.isEmpty()) {
        document = Optional.of(new Document(version, description, parameters, steps));
      }
    }
    return new DocumentReading(
        document, sorted(errors), sorted(warnings), format, version, steps.size());
  }

  private String schemaVersion(Located top) {
    Located.Entry entry = top.fields().get("schemaVersion");
    if (entry == null) {
      errors.add(
          top.problem("schemaVersion is missing; allowed are " + String.join(", ", SCHEMAS)));
      return "";
    }
    Located written = entry.value();
    String version = JsonText.inText(written.value());
    // A YAML author's unquoted 2.0 or 2.2 arrives as a number.
    if (written.value() instanceof Value.Num && !version.contains(".")) {
      version = version + ".0";
    }
    if (!SCHEMAS.contains(version)) {
      errors.add(
          written.problem(
              "schemaVersion is '" + version + "'; allowed are " + String.join(", ", SCHEMAS)));
    }
    return version;
  }

  private String description(Located top) {
    Located.Entry entry = top.fields().get("description");
    if (entry == null || entry.value().value() instanceof Value.Null) {
      return "";
    }
    if (!(entry.value().value() instanceof Value.Text)) {
      warnings.add(
          entry.value().problem("description is " + entry.value().kind() + "; text is expected"));
    }
    return JsonText.inText(entry.value().value());
  }

  private void unknownKeys(Located top) {
    top.fields()
        .forEach(
            (key, entry) -> {
              if (!KEYS.contains(key)) {
                warnings.add(
                    entry
                        .key()
                        .problem("the key '" + key + "' is not known here and has no effect"));
              }
            });
  }

  private static List<Problem> sorted(List<Problem> problems) {
    List<Problem> sorted =
        new ArrayList<>(
            problems.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .distinct()
                .toList());
    int more = sorted.size() - DocumentLimits.MAX_PROBLEMS;
    if (more > 0) {
      sorted = new ArrayList<>(sorted.subList(0, DocumentLimits.MAX_PROBLEMS));
      sorted.add(new Problem(0, 0, "and " + more + " more"));
    }
    return sorted;
  }

  /** The fields of a map, or none with an error added. */
  static Map<String, Located.Entry> fields(Located.Entry entry, String what, List<Problem> errors) {
    if (entry.value().value() instanceof Value.Fields) {
      return new LinkedHashMap<>(entry.value().fields());
    }
    errors.add(entry.value().problem(what + " is a map; this is " + entry.value().kind()));
    return Map.of();
  }
}
