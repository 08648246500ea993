package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.agent.AssignmentBody;
import dev.holdfast.wire.agent.CalendarReference;
import dev.holdfast.wire.agent.ChildDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Assignments and sets to their bytes and messages, and back. */
public final class AssignmentCodec {
  private AssignmentCodec() {}

  /** The bytes that name the assignment. Equal assignments give equal bytes. */
  public static byte[] toBytes(Assignment assignment) {
    AssignmentBody body =
        AssignmentBody.newBuilder()
            .setAssociationId(assignment.association().value())
            .setAssociationVersion(assignment.associationVersion())
            .setAssociationName(assignment.associationName())
            .setDocumentName(assignment.documentName())
            .setDocumentVersion(assignment.documentVersion())
            .setDocumentSha256(raw(assignment.document()))
            .setParameters(ValueCodec.toProto(assignment.parameters()))
            .setScheduleExpression(assignment.schedule().expression())
            .setScheduleTimezone(assignment.schedule().timezone())
            .setScheduleOffset(assignment.schedule().offsetDays())
            .setScheduleSplaySeconds(assignment.schedule().splaySeconds())
            .setScheduleAnchor(Times.toProto(assignment.schedule().anchor()))
            .setApplyOnlyAtCronInterval(assignment.applyOnlyAtTicks())
            .setEnabled(assignment.enabled())
            .setAudit(assignment.audit())
            .setRerunOnInterrupt(assignment.rerunOnInterrupt())
            .setNeedsPermit(assignment.needsPermit())
            .setRunOffline(assignment.runOffline())
            .addAllChildren(assignment.children().stream().map(AssignmentCodec::toProto).toList())
            .addAllCalendars(
                assignment.window().calendars().stream().map(AssignmentCodec::toProto).toList())
            .setDurationHours(assignment.window().durationHours())
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.getSerializedSize());
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      body.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** From the bytes of a body; the caller has checked their hash. */
  public static Assignment fromBytes(byte[] bytes) {
    AssignmentBody body;
    try {
      body = AssignmentBody.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not an assignment: " + e.getMessage(), e);
    }
    return new Assignment(
        association(body.getAssociationId()),
        body.getAssociationVersion(),
        body.getAssociationName(),
        body.getDocumentName(),
        body.getDocumentVersion(),
        sha256(body.getDocumentSha256()),
        children(body),
        ValueCodec.fromProto(body.getParameters()),
        new Assignment.Recurrence(
            body.getScheduleExpression(),
            body.getScheduleTimezone(),
            body.getScheduleOffset(),
            body.getScheduleSplaySeconds(),
            Times.fromProto(body.getScheduleAnchor())),
        body.getApplyOnlyAtCronInterval(),
        body.getEnabled(),
        body.getAudit(),
        body.getRerunOnInterrupt(),
        body.getNeedsPermit(),
        body.getRunOffline(),
        window(body));
  }

  /** A set to the wire. */
  public static dev.holdfast.wire.agent.AssignmentSet toProto(AssignmentSet set) {
    return toProto(set, set.sha256());
  }

  /**
   * A set to the wire.
   *
   * @param hash that of the set, for who knows it already
   */
  public static dev.holdfast.wire.agent.AssignmentSet toProto(AssignmentSet set, Sha256 hash) {
    dev.holdfast.wire.agent.AssignmentSet.Builder message =
        dev.holdfast.wire.agent.AssignmentSet.newBuilder()
            .setGeneration(toProto(set.generation()))
            .setSha256(raw(hash))
            .addAllCancelled(set.cancelled())
            .addAllStopped(set.stopped());
    for (AssignmentReference reference : set.assignments()) {
      message.addAssignments(
          dev.holdfast.wire.agent.AssignmentReference.newBuilder()
              .setAssociationId(reference.association().value())
              .setSha256(raw(reference.body()))
              .setEffectiveFrom(Times.toProto(reference.effectiveFrom())));
    }
    for (PendingTrigger pending : set.pendingTriggers()) {
      message.addPendingTriggers(
          dev.holdfast.wire.agent.PendingTrigger.newBuilder()
              .setAssociationId(pending.association().value())
              .setTrigger(pending.trigger().text())
              .setCause(pending.cause())
              .setNotAfter(Times.toProto(pending.notAfter()))
              .setAssignmentSha256(raw(pending.assignment()))
              .setIgnoreCalendars(pending.ignoreCalendars())
              .mergeFrom(endBy(pending)));
    }
    set.freeze().ifPresent(freeze -> message.setFreeze(toProto(freeze)));
    return message.build();
  }

  /** A set from the wire; refuses one whose hash is not that of its content. */
  public static AssignmentSet fromProto(dev.holdfast.wire.agent.AssignmentSet message) {
    AssignmentSet set =
        new AssignmentSet(
            fromProto(message.getGeneration()),
            message.getAssignmentsList().stream()
                .map(
                    reference ->
                        new AssignmentReference(
                            association(reference.getAssociationId()),
                            sha256(reference.getSha256()),
                            Times.fromProto(reference.getEffectiveFrom())))
                .toList(),
            message.getCancelledList(),
            message.hasFreeze() ? Optional.of(fromProto(message.getFreeze())) : Optional.empty(),
            message.getPendingTriggersList().stream().map(AssignmentCodec::pending).toList(),
            message.getStoppedList());
    if (!set.sha256().equals(sha256(message.getSha256()))) {
      throw new WireException("the set's hash is not that of its content");
    }
    return set;
  }

  /** A set as bytes, to be kept on a disk. */
  public static byte[] setToBytes(AssignmentSet set) {
    return toProto(set).toByteArray();
  }

  /** A set from the bytes that a disk kept; refuses what {@link #setToBytes} does not make. */
  public static AssignmentSet setFromBytes(byte[] bytes) {
    try {
      return fromProto(dev.holdfast.wire.agent.AssignmentSet.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("not an assignment set: " + e.getMessage(), e);
    }
  }

  /** A generation to the wire. */
  public static dev.holdfast.wire.agent.Generation toProto(Generation generation) {
    return dev.holdfast.wire.agent.Generation.newBuilder()
        .setEpoch(generation.epoch())
        .setPosition(generation.position())
        .build();
  }

  /** A generation from the wire. */
  public static Generation fromProto(dev.holdfast.wire.agent.Generation message) {
    return new Generation(message.getEpoch(), message.getPosition());
  }

  private static dev.holdfast.wire.agent.PendingTrigger endBy(PendingTrigger pending) {
    dev.holdfast.wire.agent.PendingTrigger.Builder part =
        dev.holdfast.wire.agent.PendingTrigger.newBuilder();
    pending.endBy().ifPresent(end -> part.setEndBy(Times.toProto(end)));
    return part.build();
  }

  private static dev.holdfast.wire.agent.Freeze toProto(Freeze freeze) {
    dev.holdfast.wire.agent.Freeze.Builder message =
        dev.holdfast.wire.agent.Freeze.newBuilder()
            .setFrom(Times.toProto(freeze.from()))
            .setReason(freeze.reason())
            .setWho(freeze.who());
    freeze.until().ifPresent(until -> message.setUntil(Times.toProto(until)));
    return message.build();
  }

  private static Freeze fromProto(dev.holdfast.wire.agent.Freeze message) {
    return new Freeze(
        Times.fromProto(message.getFrom()),
        Times.fromProto(message.hasUntil(), message.getUntil()),
        message.getReason(),
        message.getWho());
  }

  private static CalendarReference toProto(dev.holdfast.assignment.CalendarReference calendar) {
    return CalendarReference.newBuilder()
        .setName(calendar.name())
        .setVersion(calendar.version())
        .setSha256(raw(calendar.sha256()))
        .build();
  }

  private static Assignment.Window window(AssignmentBody body) {
    if (body.getCalendarsCount() > CalendarLimits.MAX_CALENDARS) {
      throw new WireException(
          body.getCalendarsCount()
              + " calendars; an assignment has at most "
              + CalendarLimits.MAX_CALENDARS);
    }
    int hours = body.getDurationHours();
    if (hours < 0 || hours > RunLimits.MAX_DURATION_HOURS) {
      throw new WireException(
          "a duration of " + hours + " hours; at most " + RunLimits.MAX_DURATION_HOURS);
    }
    return new Assignment.Window(
        body.getCalendarsList().stream()
            .map(
                calendar ->
                    new dev.holdfast.assignment.CalendarReference(
                        calendar.getName(), calendar.getVersion(), sha256(calendar.getSha256())))
            .toList(),
        hours);
  }

  private static ChildDocument toProto(dev.holdfast.assignment.ChildDocument child) {
    return ChildDocument.newBuilder()
        .setReference(child.reference())
        .setName(child.name())
        .setVersion(child.version())
        .setSha256(raw(child.sha256()))
        .build();
  }

  private static List<dev.holdfast.assignment.ChildDocument> children(AssignmentBody body) {
    if (body.getChildrenCount() > RunLimits.MAX_CHILD_DOCUMENTS) {
      throw new WireException(
          body.getChildrenCount()
              + " child documents; an assignment has at most "
              + RunLimits.MAX_CHILD_DOCUMENTS);
    }
    Set<String> references = new HashSet<>();
    List<dev.holdfast.assignment.ChildDocument> children = new ArrayList<>();
    for (ChildDocument child : body.getChildrenList()) {
      if (!references.add(child.getReference())) {
        throw new WireException(
            "the child document " + quoted(child.getReference()) + " is named twice");
      }
      children.add(
          new dev.holdfast.assignment.ChildDocument(
              child.getReference(),
              child.getName(),
              child.getVersion(),
              sha256(child.getSha256())));
    }
    return children;
  }

  private static PendingTrigger pending(dev.holdfast.wire.agent.PendingTrigger message) {
    return new PendingTrigger(
        association(message.getAssociationId()),
        trigger(message.getTrigger()),
        message.getCause(),
        Times.fromProto(message.getNotAfter()),
        sha256(message.getAssignmentSha256()),
        message.getIgnoreCalendars(),
        Times.fromProto(message.hasEndBy(), message.getEndBy()));
  }

  static Trigger trigger(String text) {
    return Trigger.parse(text)
        .orElseThrow(() -> new WireException("not a trigger: " + quoted(text)));
  }

  static AssociationId association(String text) {
    if (!AssociationId.isValid(text)) {
      throw new WireException("not an association id: " + quoted(text));
    }
    return new AssociationId(text);
  }

  /** A hash from the wire. */
  public static Sha256 sha256(ByteString raw) {
    if (raw.size() != 32) {
      throw new WireException("a SHA-256 of " + raw.size() + " bytes");
    }
    return Sha256.ofRaw(raw.toByteArray());
  }

  static ByteString raw(Sha256 hash) {
    return ByteString.copyFrom(hash.raw());
  }

  private static String quoted(String text) {
    String start = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return "'" + start.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
