package dev.holdfast.coordinator.admin;

import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.calendar.CalendarReading;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.document.Problem;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.v1.CalendarState;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.GetCalendarStateRequest;
import dev.holdfast.wire.v1.GetCalendarStateResponse;
import dev.holdfast.wire.v1.Warning;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Documents of the type ChangeCalendar: iCalendar texts, kept as they were sent. */
public final class CalendarDocuments {
  /** The type as it is stored. */
  static final String TYPE = "CHANGE_CALENDAR";

  private static final String FORMAT = "TEXT";

  private CalendarDocuments() {}

  /** Whether a document is a change calendar. */
  public static boolean isCalendar(Documents.Name document) {
    return document.type().equals(TYPE);
  }

  /** Reads a calendar that somebody sent, or refuses it with every finding. */
  static DocumentContent read(String content, DocumentFormat format) {
    if (format != DocumentFormat.DOCUMENT_FORMAT_TEXT
        && format != DocumentFormat.DOCUMENT_FORMAT_UNSPECIFIED) {
      throw notText();
    }
    CalendarReading reading = ChangeCalendar.read(content.getBytes(StandardCharsets.UTF_8));
    if (reading.calendar().isEmpty()) {
      Problem first = reading.errors().getFirst();
      int more = reading.errors().size() - 1;
      throw new Refusal(
          first.message().startsWith("the text has ")
              ? "MaxDocumentSizeExceeded"
              : "InvalidDocumentContent",
          first.text() + (more > 0 ? " (and " + more + " more)" : ""),
          reading.errors().stream()
              .map(error -> new Refusal.Finding("content", error.text()))
              .toList());
    }
    return new DocumentContent(
        FORMAT,
        "",
        reading.warnings().stream()
            .map(
                warning ->
                    Warning.newBuilder()
                        .setCode("DocumentWarning")
                        .setMessage(warning.text())
                        .setField("content")
                        .build())
            .toList());
  }

  /** The text of a stored calendar; there is only one form of it. */
  static String text(byte[] stored, DocumentFormat asked) {
    if (asked != DocumentFormat.DOCUMENT_FORMAT_TEXT
        && asked != DocumentFormat.DOCUMENT_FORMAT_UNSPECIFIED) {
      throw notText();
    }
    return new String(stored, StandardCharsets.UTF_8);
  }

  /** What calendars are together at a moment, now unless the request names one. */
  static GetCalendarStateResponse state(Read read, GetCalendarStateRequest request, Instant now) {
    Findings findings = new Findings();
    int count = request.getCalendarNamesCount();
    if (count < 1 || count > CalendarLimits.MAX_CALENDARS) {
      findings.add(
          "calendar_names",
          count + " names; 1 to " + CalendarLimits.MAX_CALENDARS + " are allowed");
    }
    Instant at = now;
    try {
      at = request.hasAtTime() ? Times.fromProto(request.getAtTime()) : now;
    } catch (WireException e) {
      findings.add("at_time", String.valueOf(e.getMessage()));
    }
    findings.refuse("InvalidParameters");
    List<ChangeCalendar> calendars = new ArrayList<>();
    for (String name : request.getCalendarNamesList()) {
      calendars.add(calendar(read, name));
    }
    GetCalendarStateResponse.Builder response =
        GetCalendarStateResponse.newBuilder()
            .setState(
                switch (ChangeCalendar.state(calendars, at)) {
                  case OPEN -> CalendarState.CALENDAR_STATE_OPEN;
                  case CLOSED -> CalendarState.CALENDAR_STATE_CLOSED;
                })
            .setAtTime(Times.toProto(at));
    ChangeCalendar.nextTransition(calendars, at)
        .ifPresent(next -> response.setNextTransitionTime(Times.toProto(next)));
    return response.build();
  }

  private static ChangeCalendar calendar(Read read, String name) {
    Documents.Name document = DocumentForm.required(read, name);
    if (!document.type().equals(TYPE)) {
      throw new Refusal(
          "InvalidDocumentType",
          "the document '" + Findings.printable(name) + "' is no change calendar");
    }
    byte[] text =
        DocumentForm.select(read, document, DocumentForm.DEFAULT)
            .flatMap(version -> Bodies.find(read, version.sha256()))
            .orElseThrow(
                () -> new StoreException("the bytes of the calendar " + name + " are missing"));
    CalendarReading reading = ChangeCalendar.read(text);
    // It was right when it was stored; a later release may read it more strictly.
    return reading
        .calendar()
        .orElseThrow(
            () ->
                new Refusal(
                    "UnsupportedCalendar",
                    "the calendar '"
                        + Findings.printable(name)
                        + "' can't be read: "
                        + reading.errors().getFirst().text()
                        + "; store a new version of it"));
  }

  private static Refusal notText() {
    return new Refusal(
        "InvalidDocumentContent",
        "a change calendar is text",
        List.of(new Refusal.Finding("document_format", "allowed is TEXT, an iCalendar text")));
  }
}
