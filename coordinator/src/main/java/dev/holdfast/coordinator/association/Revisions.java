package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.coordinator.admin.CalendarDocuments;
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
import dev.holdfast.wire.RateCodec;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.OfflinePolicy;
import dev.holdfast.wire.v1.OnInterrupt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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

  /** Whether what an association executes now, or one of its children, is this version. */
  static boolean executes(
      Read read, Associations.Association row, String document, int documentVersion) {
    return row.revision()
        .map(revision -> assignment(read, revision))
        .filter(
            assignment ->
                (assignment.documentName().equals(document)
                        && assignment.documentVersion() == documentVersion)
                    || assignment.children().stream()
                        .anyMatch(
                            child ->
                                child.name().equals(document) && child.version() == documentVersion)
                    || assignment.window().calendars().stream()
                        .anyMatch(
                            calendar ->
                                calendar.name().equals(document)
                                    && calendar.version() == documentVersion))
        .isPresent();
  }

  private static Assignment assignment(Read read, Sha256 revision) {
    return Bodies.find(read, revision)
        .map(AssignmentCodec::fromBytes)
        .orElseThrow(
            () -> new StoreException("the bytes of the revision " + revision + " are missing"));
  }

  /** Resolves the revision in force and writes the row with it. */
  static Associations.Association settle(
      Write write, Associations.Association row, Association content) {
    Optional<Documents.Version> version = version(write.read(), content);
    Optional<References> references =
        version.map(found -> references(write.read(), found, content));
    Parameters.refer(
        write,
        row.id(),
        references
            .orElseGet(
                () ->
                    References.of(
                        write.read(),
                        Optional.empty(),
                        ValueCodec.fromProto(content.getParameters())))
            .names());
    Optional<Children.Found> children =
        version.map(found -> Children.of(write.read(), found, references.orElseThrow().values()));
    Set<String> names = new TreeSet<>();
    names.add(content.getName());
    names.addAll(content.getCalendarNamesList());
    Calendars calendars = Calendars.of(write.read(), content);
    children.ifPresent(found -> names.addAll(found.names()));
    Associations.setDocuments(write, row.id(), names);
    Optional<Assignment> assignment =
        children
            .filter(found -> found.problems().isEmpty() && calendars.problems().isEmpty())
            .map(
                found ->
                    assignment(row, content, version.orElseThrow(), found, references.orElseThrow())
                        .within(
                            new Assignment.Window(calendars.found(), content.getDurationHours())));
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

  /** Why an association can't run; empty if it can. */
  static Optional<String> problem(Read read, Association content) {
    Optional<Documents.Version> version = version(read, content);
    if (version.isEmpty()) {
      return Optional.of(
          "there is no document '" + content.getName() + "', or not the version that it asks for");
    }
    Optional<String> calendar =
        Calendars.of(read, content).problems().stream().map(Calendars.Problem::message).findFirst();
    if (calendar.isPresent()) {
      return calendar;
    }
    References references = references(read, version.get(), content);
    return Children.of(read, version.get(), references.values()).problems().stream()
        .map(Children.Problem::message)
        .findFirst();
  }

  private static Optional<Documents.Version> version(Read read, Association content) {
    return Documents.find(read, content.getName())
        .filter(document -> !CalendarDocuments.isCalendar(document))
        .flatMap(document -> DocumentForm.select(read, document, content.getDocumentVersion()));
  }

  private static References references(Read read, Documents.Version version, Association content) {
    return References.of(
        read, referring(read, version), ValueCodec.fromProto(content.getParameters()));
  }

  /** The assignment that instances execute now. */
  private static Assignment assignment(
      Associations.Association row,
      Association content,
      Documents.Version version,
      Children.Found children,
      References references) {
    return new Assignment(
        row.id(),
        row.version(),
        row.name(),
        content.getName(),
        version.version(),
        version.sha256(),
        children.documents(),
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
        RateCodec.of(content).limited(),
        content.getOfflinePolicy() == OfflinePolicy.OFFLINE_POLICY_RUN,
        Assignment.Window.ALWAYS);
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
      List<ChildDocument> children,
      Map<String, Value> parameters,
      boolean audit) {

    static Executed of(Read read, Sha256 revision) {
      Assignment assignment = assignment(read, revision);
      return new Executed(
          assignment.documentName(),
          assignment.documentVersion(),
          assignment.document(),
          assignment.children(),
          assignment.parameters(),
          assignment.audit());
    }
  }
}
