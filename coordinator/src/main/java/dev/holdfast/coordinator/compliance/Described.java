package dev.holdfast.coordinator.compliance;

import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Resource;
import dev.holdfast.state.Script;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@code state:} steps of a revision are about, in words that people know.
 *
 * @param titles of the steps, by their names, in their order
 */
public record Described(Map<String, String> titles) {
  /** Copies. */
  public Described {
    titles = Map.copyOf(titles);
  }

  /** Those of a revision; empty if it is not known what that executes. */
  public static Optional<Described> of(Read read, Sha256 revision) {
    return Bodies.find(read, revision)
        .map(AssignmentCodec::fromBytes)
        .flatMap(
            assignment ->
                Bodies.find(read, assignment.document())
                    .flatMap(bytes -> DocumentReader.read(bytes).document())
                    .map(document -> of(document, assignment.parameters())));
  }

  /** Those of a document with these parameters. */
  static Described of(Document document, Map<String, Value> parameters) {
    Map<String, Value> values = ParameterRules.check(document, parameters).values();
    Map<String, String> titles = new LinkedHashMap<>();
    for (Step step : document.steps()) {
      if (StateInputs.describes(step.action())) {
        Value inputs = Substitution.inputs(step, document, values);
        titles.put(
            step.name(),
            StateInputs.read(step.action(), inputs)
                .resource()
                .map(resource -> title(step.name(), resource))
                .orElseGet(() -> title(step.name(), step.action())));
      }
    }
    return new Described(titles);
  }

  /** What a step is about if nothing but its action is known. */
  static String title(String step, String action) {
    return cut(action.substring(action.indexOf(':') + 1) + " of step " + step);
  }

  private static String title(String step, Resource resource) {
    return switch (resource) {
      case ManagedFile file -> cut(word(file.form()) + " " + file.path());
      case Script _ -> cut("script " + step);
      default -> cut(resource.subject());
    };
  }

  private static String word(ManagedFile.Form form) {
    return switch (form) {
      case ManagedFile.Form.Folder _ -> "folder";
      case ManagedFile.Form.Link _ -> "link";
      case ManagedFile.Form.Present _,
          ManagedFile.Form.Content _,
          ManagedFile.Form.Copy _,
          ManagedFile.Form.Absent _,
          ManagedFile.Form.Part _ ->
          "file";
    };
  }

  private static String cut(String title) {
    return title.length() <= Limits.MAX_COMPLIANCE_TITLE_CHARS
        ? title
        : title.substring(0, Limits.MAX_COMPLIANCE_TITLE_CHARS - 3) + "...";
  }
}
