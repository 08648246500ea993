package dev.holdfast.agent.testing;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An assignment and its document with boring defaults, changed by what a test is about. */
public record Samples(
    int number,
    int version,
    String schedule,
    int splaySeconds,
    boolean enabled,
    boolean onlyTicks,
    boolean rerun,
    String action,
    String script,
    String child,
    Rate rate) {

  /** Whether its runs need a permit, and what they do when there is nobody to give one. */
  public enum Rate {
    /** They need none. */
    FREE,
    /** They wait. */
    WAIT,
    /** They run. */
    RUN
  }

  /** The instance that all samples are for. */
  public static final InstanceId INSTANCE = new InstanceId("mi-0123456789abcdef0");

  /** When every sample's schedule was set. */
  public static final Instant ANCHOR = Instant.parse("2026-03-01T00:00:00Z");

  /** An assignment of the association with this number: version 1, no schedule. */
  public static Samples assignment(int number) {
    return new Samples(
        number,
        1,
        "",
        0,
        true,
        false,
        false,
        "aws:runShellScript",
        "echo " + number,
        "",
        Rate.FREE);
  }

  /** The id of an association. */
  public static AssociationId association(int number) {
    return new AssociationId(String.format("00000000-0000-4000-8000-%012d", number));
  }

  /** The next version, with another script. */
  public Samples edited(String newScript) {
    return new Samples(
        number,
        version + 1,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        action,
        newScript,
        child,
        rate);
  }

  /** With ticks. */
  public Samples every(String expression) {
    return new Samples(
        number,
        version,
        expression,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        action,
        script,
        child,
        rate);
  }

  /** With a splay. */
  public Samples splayed(int seconds) {
    return new Samples(
        number, version, schedule, seconds, enabled, onlyTicks, rerun, action, script, child, rate);
  }

  /** Started again after an end that nobody saw. */
  public Samples rerunOnInterrupt() {
    return new Samples(
        number,
        version,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        true,
        action,
        script,
        child,
        rate);
  }

  /** Its document only describes a state. */
  public Samples state() {
    return new Samples(
        number,
        version,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        "state:script",
        script,
        child,
        rate);
  }

  /** Its document only reads inventory. */
  public Samples inventory() {
    return new Samples(
        number,
        version,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        "aws:softwareInventory",
        script,
        child,
        rate);
  }

  /** It names another document, called {@code Child}, that runs this script. */
  public Samples naming(String childScript) {
    return new Samples(
        number,
        version,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        action,
        script,
        childScript,
        rate);
  }

  /** Its runs need permits. */
  public Samples limited(Rate limited) {
    return new Samples(
        number,
        version,
        schedule,
        splaySeconds,
        enabled,
        onlyTicks,
        rerun,
        action,
        script,
        child,
        limited);
  }

  /** Its id. */
  public AssociationId association() {
    return association(number);
  }

  /** The bytes of its document. */
  public byte[] document() {
    return document(script);
  }

  /** The bytes of the documents that a run needs: its own, and the one that it names. */
  public List<byte[]> documents() {
    return child.isEmpty() ? List.of(document()) : List.of(document(), document(child));
  }

  private byte[] document(String runs) {
    String inputs =
        switch (action) {
          case "aws:runShellScript" -> "{\"runCommand\":[\"" + runs + "\"]}";
          case "state:script" -> "{\"check\":[\"" + runs + "\"]}";
          default -> "{\"applications\":\"Enabled\"}";
        };
    String text =
        "{\"schemaVersion\":\"2.2\",\"description\":\"a sample\",\"mainSteps\":[{\"action\":\""
            + action
            + "\",\"name\":\"only\",\"inputs\":"
            + inputs
            + "}]}";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** As a value. */
  public Assignment value() {
    List<ChildDocument> children =
        child.isEmpty()
            ? List.of()
            : List.of(new ChildDocument("Child:3", "Child", 3, Sha256.of(document(child))));
    return new Assignment(
        association(),
        version,
        "sample-" + number,
        "Sample" + number,
        version,
        Sha256.of(document()),
        children,
        Map.of("greeting", new Value.Text("hello")),
        new Assignment.Recurrence(schedule, "", 0, splaySeconds, ANCHOR),
        onlyTicks,
        enabled,
        false,
        rerun,
        rate != Rate.FREE,
        rate == Rate.RUN,
        Assignment.Window.ALWAYS);
  }

  /** Its bytes. */
  public byte[] bytes() {
    return AssignmentCodec.toBytes(value());
  }

  /** The name of its bytes. */
  public Sha256 body() {
    return Sha256.of(bytes());
  }

  /** A line of a set. */
  public AssignmentReference from(Instant effectiveFrom) {
    return new AssignmentReference(association(), body(), effectiveFrom);
  }
}
