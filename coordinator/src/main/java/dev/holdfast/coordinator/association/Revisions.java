package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.OnInterrupt;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What an association resolves to at a moment: the document version and the parameter values in
 * effect.
 */
final class Revisions {
  private Revisions() {}

  /**
   * Whether two revisions execute something else; having none is something else than having one.
   */
  static boolean executeOtherwise(Read read, Optional<Sha256> one, Optional<Sha256> other) {
    return !one.equals(other)
        && !one.map(hash -> Executed.of(read, hash))
            .equals(other.map(hash -> Executed.of(read, hash)));
  }

  /** Resolves the revision in force and writes the row with it. */
  static Associations.Association settle(
      Write write, Associations.Association row, Association content) {
    Optional<Documents.Version> version =
        Documents.find(write.read(), content.getName())
            .flatMap(
                document ->
                    DocumentForm.select(write.read(), document, content.getDocumentVersion()));
    References references =
        References.of(
            write.read(),
            version.flatMap(found -> referring(write.read(), found)),
            ValueCodec.fromProto(content.getParameters()));
    Parameters.refer(write, row.id(), references.names());
    Optional<Assignment> assignment =
        version.map(found -> assignment(row, content, found, references));
    Optional<Sha256> revision =
        assignment.map(resolved -> Bodies.add(write, AssignmentCodec.toBytes(resolved)));
    Associations.Association settled =
        new Associations.Association(
            row.id(),
            row.name(),
            row.version(),
            row.documentName(),
            row.created(),
            row.updated(),
            row.deleted(),
            revision,
            row.effectiveFrom(),
            row.anchor());
    Associations.put(write, settled);
    assignment.ifPresent(
        resolved ->
            Associations.addRevision(
                write,
                row.id(),
                new Associations.Revision(
                    revision.orElseThrow(),
                    row.version(),
                    resolved.documentVersion(),
                    write.position())));
    return settled;
  }

  /** The assignment that instances execute now. */
  private static Assignment assignment(
      Associations.Association row,
      Association content,
      Documents.Version version,
      References references) {
    return new Assignment(
        row.id(),
        row.version(),
        row.name(),
        content.getName(),
        version.version(),
        version.sha256(),
        references.values(),
        new Assignment.Recurrence(
            content.getScheduleExpression(),
            content.getScheduleTimezone(),
            content.getScheduleOffset(),
            content.getScheduleSplaySeconds(),
            row.anchor()),
        content.getApplyOnlyAtCronInterval(),
        content.getEnabled(),
        content.getMode() == AssociationMode.ASSOCIATION_MODE_AUDIT,
        content.getOnInterrupt() == OnInterrupt.ON_INTERRUPT_RERUN,
        false,
        false);
  }

  /** A document that may refer to stored parameters by itself: most don't, and are not read. */
  private static Optional<Document> referring(Read read, Documents.Version version) {
    return Bodies.find(read, version.sha256())
        .filter(bytes -> new String(bytes, StandardCharsets.UTF_8).contains("ssm"))
        .flatMap(bytes -> DocumentReader.read(bytes).document());
  }

  /** A document as it is stored, read. */
  static Optional<Document> document(Read read, Documents.Version version) {
    return Bodies.find(read, version.sha256())
        .flatMap(bytes -> DocumentReader.read(bytes).document());
  }

  /**
   * What of a revision an instance executes. Its schedule, limits and names are no part of it: they
   * make a new revision, and run nothing.
   */
  private record Executed(
      String documentName,
      int documentVersion,
      Sha256 document,
      Map<String, Value> parameters,
      boolean audit) {

    static Executed of(Read read, Sha256 revision) {
      Assignment assignment =
          Bodies.find(read, revision)
              .map(AssignmentCodec::fromBytes)
              .orElseThrow(
                  () ->
                      new StoreException("the bytes of the revision " + revision + " are missing"));
      return new Executed(
          assignment.documentName(),
          assignment.documentVersion(),
          assignment.document(),
          assignment.parameters(),
          assignment.audit());
    }
  }
}
