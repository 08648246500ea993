package dev.holdfast.agent.step;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.util.Map;
import java.util.Optional;

/** Says which inventory types a document names. Pure. */
public final class NamedTypes {
  private final StepPlanner planner;

  /** With what fills in inputs. */
  public NamedTypes(StepPlanner planner) {
    this.planner = planner;
  }

  /**
   * Whether a document names the type. Yes also where that can't be told: the document can't be
   * read, or runs another one, whose inputs are known only when it runs.
   *
   * @param given its parameters
   */
  public boolean names(byte[] document, Map<String, Value> given, String type) {
    Optional<Document> read = DocumentReader.read(document).document();
    return read.isEmpty()
        || read.get().steps().stream().anyMatch(step -> names(read.get(), step, given, type));
  }

  private boolean names(Document document, Step step, Map<String, Value> given, String type) {
    return switch (step.action()) {
      case Plugins.RUN_DOCUMENT -> true;
      case Plugins.SOFTWARE_INVENTORY ->
          SoftwareInventory.types(
                  planner.inputs(step, document, ParameterRules.check(document, given).values()))
              .contains(type);
      default -> false;
    };
  }
}
