package dev.holdfast.agent.step;

import dev.holdfast.agent.step.Work.ChildSource;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * {@code aws:runDocument}: another document, from the coordinator or from a file (spec.md section
 * 2.1).
 */
final class RunDocument implements Plugin {
  /** A name that stands for nothing to do, wherever a document has to be named. */
  private static final String NOTHING = "AWS-Noop";

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    Optional<Inputs> read = Inputs.of(inputs);
    if (read.isEmpty()) {
      return refused("the inputs of aws:runDocument are one map");
    }
    String type = read.get().text("documentType");
    String path = read.get().text("documentPath");
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      return refused("documentPath is missing; it names the document to run");
    }
    Optional<Map<String, Value>> values = MapText.read(read.get().value("documentParameters"));
    if (values.isEmpty()) {
      return refused("documentParameters is a map of names to values, or JSON or YAML text of one");
    }
    Optional<Duration> timeout =
        step.timeoutSeconds().isPresent()
            ? Optional.of(Duration.ofSeconds(step.timeoutSeconds().getAsInt()))
            : Optional.empty();
    return switch (type) {
      case "SSMDocument" ->
          path.equals(NOTHING)
              ? new Work.Nothing(NOTHING + " stands for a document that does nothing")
              : new Work.Child(new ChildSource.Stored(path), values.get(), timeout);
      case "LocalPath" -> new Work.Child(new ChildSource.Local(path), values.get(), timeout);
      default -> refused("documentType is '" + type + "'; allowed are SSMDocument and LocalPath");
    };
  }

  private static Work refused(String reason) {
    return new Work.Refused("InvalidInputs: " + reason);
  }
}
