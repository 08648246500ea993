package dev.holdfast.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One association's revision as an instance executes it. On the wire and on disk its bytes are
 * named by SHA-256.
 *
 * @param associationName empty if it has none
 * @param documentVersion the version in effect, not a selector
 * @param document the SHA-256 of the document's stored bytes
 * @param children the documents that it and its children name outright, each reference once, sorted
 *     by it
 * @param parameters as given, references to stored parameters resolved; of the document's defaults
 *     only those are filled in that refer to one. What the document's own text refers to is there
 *     under {@code ssm:NAME}. A reference to a SecureString stays one
 * @param schedule how and when it recurs
 * @param applyOnlyAtTicks {@code apply_only_at_cron_interval}: nothing but ticks and manual starts
 * @param enabled if not, no tick is due
 * @param audit report the drift, change nothing
 * @param rerunOnInterrupt start again, at most 3 attempts, when an end was not seen
 * @param needsPermit runs of it ask for a permit
 * @param runOffline under rate control, run without a permit when cut off
 * @param window what beside the schedule says when it may run
 */
public record Assignment(
    AssociationId association,
    int associationVersion,
    String associationName,
    String documentName,
    int documentVersion,
    Sha256 document,
    List<ChildDocument> children,
    Map<String, Value> parameters,
    Recurrence schedule,
    boolean applyOnlyAtTicks,
    boolean enabled,
    boolean audit,
    boolean rerunOnInterrupt,
    boolean needsPermit,
    boolean runOffline,
    Window window) {

  /** Copies what can change. */
  public Assignment {
    parameters = Map.copyOf(parameters);
    children = children.stream().sorted(Comparator.comparing(ChildDocument::reference)).toList();
  }

  /** One whose document names no other, and that may run at any time. */
  public Assignment(
      AssociationId association,
      int associationVersion,
      String associationName,
      String documentName,
      int documentVersion,
      Sha256 document,
      Map<String, Value> parameters,
      Recurrence schedule,
      boolean applyOnlyAtTicks,
      boolean enabled,
      boolean audit,
      boolean rerunOnInterrupt,
      boolean needsPermit,
      boolean runOffline) {
    this(
        association,
        associationVersion,
        associationName,
        documentName,
        documentVersion,
        document,
        List.of(),
        parameters,
        schedule,
        applyOnlyAtTicks,
        enabled,
        audit,
        rerunOnInterrupt,
        needsPermit,
        runOffline,
        Window.ALWAYS);
  }

  /** The same, executing other documents beside its own. */
  public Assignment withChildren(List<ChildDocument> others) {
    return new Assignment(
        association,
        associationVersion,
        associationName,
        documentName,
        documentVersion,
        document,
        others,
        parameters,
        schedule,
        applyOnlyAtTicks,
        enabled,
        audit,
        rerunOnInterrupt,
        needsPermit,
        runOffline,
        window);
  }

  /** The same, in a window. */
  public Assignment within(Window other) {
    return new Assignment(
        association,
        associationVersion,
        associationName,
        documentName,
        documentVersion,
        document,
        children,
        parameters,
        schedule,
        applyOnlyAtTicks,
        enabled,
        audit,
        rerunOnInterrupt,
        needsPermit,
        runOffline,
        other);
  }

  /** The bytes that a run of it needs beside its own: its document and all children. */
  public Set<Sha256> documents() {
    Set<Sha256> documents = new LinkedHashSet<>();
    documents.add(document);
    children.forEach(child -> documents.add(child.sha256()));
    return documents;
  }

  /** The bytes that have to be here before it holds: its documents and its calendars. */
  public Set<Sha256> bodies() {
    Set<Sha256> bodies = documents();
    window.calendars().forEach(calendar -> bodies.add(calendar.sha256()));
    return bodies;
  }

  /**
   * What beside the schedule says when it may run.
   *
   * @param calendars nothing starts while one of them is closed; in the order of the association
   * @param durationHours an execution is over so many hours after it began, 1 to 24; 0: never
   */
  public record Window(List<CalendarReference> calendars, int durationHours) {
    /** At any time. */
    public static final Window ALWAYS = new Window(List.of(), 0);

    /** Copies the list. */
    public Window {
      calendars = List.copyOf(calendars);
    }

    /** How long an execution lasts; empty: as long as it takes. */
    public Optional<Duration> lasts() {
      return durationHours == 0 ? Optional.empty() : Optional.of(Duration.ofHours(durationHours));
    }
  }

  /**
   * When it recurs.
   *
   * @param expression {@code cron(...)}, {@code rate(...)} or {@code at(...)}; empty: no ticks
   * @param timezone IANA zone; empty: UTC
   * @param offsetDays 0 to 6
   * @param splaySeconds 0 to 86,400
   * @param anchor when the schedule was set; rates count from it
   */
  public record Recurrence(
      String expression, String timezone, int offsetDays, int splaySeconds, Instant anchor) {}
}
