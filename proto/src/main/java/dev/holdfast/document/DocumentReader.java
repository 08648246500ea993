package dev.holdfast.document;

import dev.holdfast.document.DocumentReading.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads Command documents, JSON and YAML, schemas 1.0, 1.2, 2.0 and 2.2 (spec.md sections 1.2 to
 * 1.6). All findings at once, each with line and column, what was found and what is allowed. Keys
 * that the format does not know are warnings, since people's documents have them.
 */
public final class DocumentReader {
  /** The schema versions that can be read. */
  public static final List<String> SCHEMAS =
      List.of("1.0", "1.2", "2.0", "2.0.1", "2.0.2", "2.0.3", "2.2");

  private static final Set<String> KEYS =
      Set.of("schemaVersion", "description", "parameters", "mainSteps", "runtimeConfig");

  private final Problems problems = new Problems();

  private DocumentReader() {}

  /**
   * Reads a text whose format it finds out: what begins with a brace and is JSON is JSON, all else
   * YAML.
   */
  public static DocumentReading read(byte[] content) {
    return new DocumentReader().readText(content, Optional.empty());
  }

  /** Reads a text in a format. */
  public static DocumentReading read(byte[] content, Format format) {
    return new DocumentReader().readText(content, Optional.of(format));
  }

  /** Reads any JSON text to a value, within the limits; the problems are added to the list. */
  public static Optional<Value> readJson(byte[] content, List<Problem> problems) {
    return TextReader.decode(content, problems)
        .flatMap(text -> TextReader.read(text, true, problems))
        .map(Located::value);
  }

  /**
   * Reads JSON that is no document and has bounds of its own.
   *
   * @param maxBytes of all
   * @param maxNodes values in it, lists and maps among them
   * @return empty with at least one problem added
   */
  public static Optional<Value> readJson(
      byte[] content, int maxBytes, int maxNodes, List<Problem> problems) {
    return TextReader.decode(content, maxBytes, problems)
        .flatMap(text -> TextReader.readJson(text, maxNodes, problems))
        .map(Located::value);
  }

  private DocumentReading readText(byte[] content, Optional<Format> wanted) {
    List<Problem> undecoded = new ArrayList<>();
    Optional<String> text = TextReader.decode(content, undecoded);
    undecoded.forEach(problems::error);
    boolean brace = text.map(String::stripLeading).orElse("").startsWith("{");
    Format format = wanted.orElse(brace ? Format.JSON : Format.YAML);
    Optional<Located> root = Optional.empty();
    if (text.isPresent()) {
      Problems asWritten = new Problems();
      root = TextReader.read(text.get(), format, DocumentLimits.MAX_DEPTH, asWritten);
      if (root.isEmpty() && wanted.isEmpty() && brace) {
        // Braces, comments and commas too many: what people call JSON is often YAML.
        root = TextReader.read(text.get(), Format.YAML, DocumentLimits.MAX_DEPTH, new Problems());
        if (root.isPresent()) {
          format = Format.YAML;
          asWritten.errors().forEach(p -> problems.warning(asYaml(p)));
        }
      }
      if (root.isEmpty()) {
        asWritten.errors().forEach(problems::error);
      }
    }
    String version = "";
    List<Step> steps = List.of();
    Optional<Document> document = Optional.empty();
    if (root.isPresent() && !(root.get().value() instanceof Value.Fields)) {
      problems.error(root.get().problem("a document is a map; this is " + root.get().kind()));
    } else if (root.isPresent()) {
      Located top = root.get();
      Map<String, Located.Entry> fields = Keys.known(top, "a document", KEYS, Set.of(), problems);
      version = schemaVersion(top, fields);
      String description = description(fields);
      Map<String, ParameterDefinition> parameters =
          new ParameterReader(problems).read(fields.get("parameters"));
      steps = new StepReader(problems, parameters).read(top, fields, version);
      secretsInDefaults(fields.get("parameters"), parameters, steps);
      if (!problems.failed()) {
        document = Optional.of(new Document(version, description, parameters, steps));
      }
    }
    return new DocumentReading(
        document, problems.errors(), problems.warnings(), format, version, steps.size());
  }

  private static Problem asYaml(Problem problem) {
    return new Problem(
        problem.line(), problem.column(), problem.message() + "; it is read as YAML instead");
  }

  /** A default may refer to a secret only where its value may. */
  private void secretsInDefaults(
      Located.@Nullable Entry written,
      Map<String, ParameterDefinition> parameters,
      List<Step> steps) {
    Set<String> carriers = SecretPlaces.carriers(parameters, steps);
    parameters.forEach(
        (name, definition) ->
            definition
                .defaultValue()
                .filter(value -> !carriers.contains(name))
                .filter(SecretPlaces::isIn)
                .ifPresent(
                    value -> {
                      Located.Entry entry =
                          written == null ? null : written.value().fields().get(name);
                      Located.Place place = entry == null ? new Located.Place(0, 0) : entry.key();
                      problems.error(
                          place.problem(
                              "the secret in the default of '"
                                  + name
                                  + "'"
                                  + SecretPlaces.ONLY_THERE));
                    }));
  }

  private String schemaVersion(Located top, Map<String, Located.Entry> fields) {
    String allowed = "; allowed are " + String.join(", ", SCHEMAS);
    Located.Entry entry = fields.get("schemaVersion");
    if (entry == null) {
      problems.error(top.problem("schemaVersion is missing" + allowed));
      return "";
    }
    Located written = entry.value();
    // An author's unquoted 2.2 is a number, and 2.0 another one than 2.
    String version =
        written.value() instanceof Value.Num ? written.raw() : JsonText.inText(written.value());
    if (!SCHEMAS.contains(version)) {
      problems.error(
          written.problem("schemaVersion is '" + Keys.shortened(version) + "'" + allowed));
    }
    return version;
  }

  private String description(Map<String, Located.Entry> fields) {
    Located.Entry entry = fields.get("description");
    if (entry == null || entry.value().value() instanceof Value.Null) {
      return "";
    }
    if (!(entry.value().value() instanceof Value.Text)) {
      problems.warning(
          entry.value().problem("description is " + entry.value().kind() + "; text is expected"));
    }
    return JsonText.inText(entry.value().value());
  }
}
