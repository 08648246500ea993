package dev.holdfast.coordinator.execution;

import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Scripts;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How long after an instance's last sign of life its run is lost: the timeouts of all its steps,
 * and ten minutes.
 */
public final class LostAfter {
  /** What is granted beyond the timeouts. */
  static final Duration GRACE = Duration.ofMinutes(10);

  /** For a run whose document is not known any more: the longest that one step can ask for. */
  static final Duration UNKNOWN = Duration.ofSeconds(Scripts.MAX_TIMEOUT_SECONDS).plus(GRACE);

  private LostAfter() {}

  /** That time for what a revision executes. */
  public static Duration of(Read read, String revisionSha256) {
    if (revisionSha256.isEmpty()) {
      return UNKNOWN;
    }
    return Bodies.find(read, new Sha256(revisionSha256))
        .map(AssignmentCodec::fromBytes)
        .flatMap(
            assignment ->
                Bodies.find(read, assignment.document())
                    .flatMap(bytes -> DocumentReader.read(bytes).document())
                    .map(document -> of(document, assignment.parameters())))
        .orElse(UNKNOWN);
  }

  /** That time for a document with these parameters. */
  static Duration of(Document document, Map<String, Value> parameters) {
    Map<String, Value> values = ParameterRules.check(document, parameters).values();
    Duration sum = GRACE;
    for (Step step : document.steps()) {
      long attempts = Math.max(1, step.maxAttempts().orElse(1));
      for (Value inputs : each(Substitution.inputs(step, document, values))) {
        Map<String, Value> fields = inputs instanceof Value.Fields(var given) ? given : Map.of();
        sum = sum.plusSeconds(attempts * Scripts.timeoutSeconds(step.timeoutSeconds(), fields));
      }
    }
    return sum;
  }

  private static List<Value> each(Value inputs) {
    return inputs instanceof Value.Items(var items) ? items : List.of(inputs);
  }
}
