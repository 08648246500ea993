package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.GrpcParameters;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.OnInterrupt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an association resolves to at a moment: the document version and the parameter values in
 * effect.
 */
final class Revisions {
  private Revisions() {}

  /** The assignment that instances execute now; empty if the document or its version is gone. */
  static Optional<Assignment> resolve(
      Read read, Associations.Association row, Association content) {
    return Documents.find(read, content.getName())
        .flatMap(document -> DocumentForm.select(read, document, content.getDocumentVersion()))
        .map(
            version ->
                new Assignment(
                    row.id(),
                    row.version(),
                    row.name(),
                    content.getName(),
                    version.version(),
                    version.sha256(),
                    resolved(read, ValueCodec.fromProto(content.getParameters())),
                    new Assignment.Recurrence(
                        content.getScheduleExpression(),
                        content.getScheduleTimezone(),
                        content.getScheduleOffset(),
                        content.getScheduleSplaySeconds(),
                        row.anchor()),
                    content.getApplyOnlyAtCronInterval(),
                    enabled(content),
                    content.getMode() == AssociationMode.ASSOCIATION_MODE_AUDIT,
                    content.getOnInterrupt() == OnInterrupt.ON_INTERRUPT_RERUN,
                    false,
                    false));
  }

  /** Whether it is enabled; unset means it is. */
  static boolean enabled(Association content) {
    return !content.hasEnabled() || content.getEnabled();
  }

  /**
   * The parameters with the values of stored parameters in place of their references, where these
   * exist.
   */
  static Map<String, Value> resolved(Read read, Map<String, Value> parameters) {
    Value.Fields tree = new Value.Fields(parameters);
    Map<String, String> stored = new LinkedHashMap<>();
    for (String reference : Substitution.references(tree)) {
      GrpcParameters.find(reference)
          .flatMap(named -> Parameters.find(read, named.name(), named.version()))
          .ifPresent(parameter -> stored.put(reference, parameter.value()));
    }
    return stored.isEmpty()
            || !(Substitution.resolve(tree, stored) instanceof Value.Fields(var fields))
        ? parameters
        : fields;
  }

  /** A document as it is stored, read. */
  static Optional<Document> document(Read read, Documents.Version version) {
    return Bodies.find(read, version.sha256())
        .flatMap(bytes -> DocumentReader.read(bytes).document());
  }
}
