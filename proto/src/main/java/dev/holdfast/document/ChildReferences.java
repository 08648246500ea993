package dev.holdfast.document;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The other documents that a document names outright: those that an {@code aws:runDocument} step
 * runs and those that an {@code aws:downloadContent} step downloads with the type {@code
 * SSMDocument} (spec.md sections 2.1 and 2.5).
 */
public final class ChildReferences {
  private static final String BY_NAME = "SSMDocument";

  private static final Pattern ARN = Pattern.compile("arn:[^:]*:ssm:[^:]*:[^:]*:document/(.*)");

  private static final Pattern NAMED =
      Pattern.compile("([A-Za-z0-9_.-]{3,128})(?::(\\$LATEST|\\$DEFAULT|[1-9][0-9]{0,8}))?");

  private ChildReferences() {}

  /**
   * One place where a document names another.
   *
   * @param step the name of the step
   * @param text the reference once the step's parameters are filled in; never empty
   * @param runs whether the other document is run; else it is only downloaded
   * @param parameters given for the other document; none if they can't be told yet
   * @param line where the step begins
   * @param column where the step begins
   */
  public record Reference(
      String step, String text, boolean runs, Map<String, Value> parameters, int line, int column) {
    /** Copies the map, in its order. */
    public Reference {
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Whether a token is left in it, so that nobody knows before the run what it names. */
    public boolean open() {
      return !Tokens.in(text).isEmpty();
    }

    /** Which document it names; empty if that is no name of a document. */
    public Optional<Named> named() {
      Matcher arn = ARN.matcher(text.strip());
      Matcher named = NAMED.matcher(arn.matches() ? arn.group(1) : text.strip());
      return named.matches()
          ? Optional.of(new Named(named.group(1), Optional.ofNullable(named.group(2)).orElse("")))
          : Optional.empty();
    }
  }

  /**
   * A document and a version of it.
   *
   * @param selector {@code $DEFAULT}, {@code $LATEST} or a number; empty: the default
   */
  public record Named(String name, String selector) {}

  /**
   * The references of a document, in the order of its steps.
   *
   * @param values of its parameters, defaults filled in
   */
  public static List<Reference> of(Document document, Map<String, Value> values) {
    List<Reference> references = new ArrayList<>();
    for (Step step : document.steps()) {
      boolean runs = step.action().equals("aws:runDocument");
      if (runs || step.action().equals("aws:downloadContent")) {
        Value inputs = Substitution.inputs(step, document, values);
        List<Value> each = inputs instanceof Value.Items(var items) ? items : List.of(inputs);
        for (Value one : each) {
          if (one instanceof Value.Fields(var fields)) {
            (runs ? ran(step, fields) : downloaded(step, fields)).ifPresent(references::add);
          }
        }
      }
    }
    return references;
  }

  private static Optional<Reference> ran(Step step, Map<String, Value> inputs) {
    if (!isText(inputs.get("documentType"), BY_NAME)) {
      return Optional.empty();
    }
    Map<String, Value> parameters = map(inputs.get("documentParameters")).orElse(Map.of());
    return reference(step, inputs.get("documentPath"), true, parameters);
  }

  private static Optional<Reference> downloaded(Step step, Map<String, Value> inputs) {
    if (!isText(inputs.get("sourceType"), BY_NAME)) {
      return Optional.empty();
    }
    return map(inputs.get("sourceInfo"))
        .flatMap(info -> reference(step, info.get("name"), false, Map.of()));
  }

  private static Optional<Reference> reference(
      Step step, @Nullable Value written, boolean runs, Map<String, Value> parameters) {
    return written instanceof Value.Text(var text) && !text.isBlank()
        ? Optional.of(
            new Reference(step.name(), text, runs, parameters, step.line(), step.column()))
        : Optional.empty();
  }

  private static boolean isText(@Nullable Value value, String expected) {
    return value instanceof Value.Text(var text) && text.equals(expected);
  }

  /** A map that is written as one, or as JSON or YAML in text. */
  static Optional<Map<String, Value>> map(@Nullable Value written) {
    return switch (written) {
      case Value.Fields(var fields) -> Optional.of(fields);
      case Value.Text(var text) -> {
        List<Problem> problems = new ArrayList<>();
        yield TextReader.decode(text.getBytes(StandardCharsets.UTF_8), problems)
            .flatMap(decoded -> TextReader.read(decoded, false, problems))
            .map(Located::value)
            .filter(_ -> problems.isEmpty())
            .flatMap(
                value -> value instanceof Value.Fields(var f) ? Optional.of(f) : Optional.empty());
      }
      case null -> Optional.empty();
      case Value.Null _, Value.Num _, Value.Flag _, Value.Items _ -> Optional.empty();
    };
  }
}
