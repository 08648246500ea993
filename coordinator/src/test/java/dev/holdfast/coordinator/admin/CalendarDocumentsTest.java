package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.CalendarState;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetCalendarStateRequest;
import dev.holdfast.wire.v1.GetCalendarStateResponse;
import dev.holdfast.wire.v1.GetDocumentRequest;
import dev.holdfast.wire.v1.GetDocumentResponse;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalendarDocumentsTest {
  private static final Instant NOW = Instant.parse("2026-12-24T12:00:00Z");

  @TempDir Path folder;
  private Estate estate;
  private GrpcDocuments service;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    AtomicLong numbers = new AtomicLong();
    service =
        new GrpcDocuments(
            new Calls(estate.store, () -> new UUID(0, numbers.incrementAndGet())),
            new AssociationDesk(100),
            () -> NOW);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void aCalendarIsKeptAsItWasSent() {
    String text = calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D");

    DocumentDescription made = create("freeze", text).getDocumentDescription();
    assertEquals(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR, made.getDocumentType());
    assertEquals(DocumentFormat.DOCUMENT_FORMAT_TEXT, made.getDocumentFormat());
    assertEquals("", made.getSchemaVersion());
    assertEquals(
        made,
        call(
                service::describeDocument,
                DescribeDocumentRequest.newBuilder().setName("freeze").build())
            .getDocument());

    GetDocumentResponse got = get(DocumentFormat.DOCUMENT_FORMAT_UNSPECIFIED);
    assertEquals(text, got.getContent());
    assertEquals(DocumentFormat.DOCUMENT_FORMAT_TEXT, got.getDocumentFormat());
    assertEquals(got, get(DocumentFormat.DOCUMENT_FORMAT_TEXT));
    assertEquals(
        "InvalidDocumentContent: a change calendar is text",
        refusal(
            service::getDocument,
            GetDocumentRequest.newBuilder()
                .setName("freeze")
                .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_YAML)
                .build()));
    assertEquals(
        List.of("freeze"),
        call(
                service::listDocuments,
                ListDocumentsRequest.newBuilder()
                    .addFilters(
                        Filter.newBuilder().setKey("DocumentType").addValues("ChangeCalendar"))
                    .build())
            .getDocumentIdentifiersList()
            .stream()
            .map(DocumentDescription::getName)
            .toList());
  }

  @Test
  void whatIsWrongIsToldAndNothingIsStored() {
    String wrong = calendar("SHUT", "tomorrow", "P3D");

    assertTrue(
        refusal(service::createDocument, request("freeze", wrong).build())
            .startsWith("InvalidDocumentContent: 3:1 the calendar needs a line X-CALENDAR-TYPE"));
    assertTrue(
        refusal(service::createDocument, request("freeze", "x".repeat(70_000)).build())
            .startsWith("MaxDocumentSizeExceeded: 0:0"));
    assertTrue(
        refusal(
                service::createDocument,
                request("freeze", calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D"))
                    .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_JSON)
                    .build())
            .startsWith("InvalidDocumentContent: a change calendar is text"));
    assertTrue(
        refusal(
                service::createDocument,
                request("freeze", calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D"))
                    .setDocumentType(DocumentType.DOCUMENT_TYPE_COMMAND)
                    .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_UNSPECIFIED)
                    .build())
            .startsWith("InvalidDocumentContent: "));
    assertEquals(Optional.empty(), estate.store.read(read -> Documents.find(read, "freeze")));
  }

  @Test
  void warningsComeWithTheAnswer() {
    CreateDocumentResponse made =
        create("freeze", calendar("DEFAULT_OPEN", "20261224T000000", "P3D"));

    assertEquals(1, made.getWarningsCount());
    assertTrue(made.getWarnings(0).getMessage().contains("X-WR-TIMEZONE"));
  }

  @Test
  void theStateIsThatOfTheDefaultVersionNowOrWhenAsked() {
    create("freeze", calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D"));

    assertEquals(
        "CLOSED at 2026-12-24T12:00:00Z until 2026-12-27T00:00:00Z", state(null, "freeze"));
    assertEquals(
        "OPEN at 2026-12-01T00:00:00Z until 2026-12-24T00:00:00Z",
        state("2026-12-01T00:00:00Z", "freeze"));
    assertEquals("OPEN at 2027-01-01T00:00:00Z", state("2027-01-01T00:00:00Z", "freeze"));

    call(
        service::updateDocument,
        UpdateDocumentRequest.newBuilder()
            .setName("freeze")
            .setContent(calendar("DEFAULT_OPEN", "20261224T000000Z", "P9D"))
            .build());
    assertTrue(state(null, "freeze").endsWith("until 2026-12-27T00:00:00Z"));
    call(
        service::updateDocumentDefaultVersion,
        UpdateDocumentDefaultVersionRequest.newBuilder()
            .setName("freeze")
            .setDocumentVersion(2)
            .build());
    assertTrue(state(null, "freeze").endsWith("until 2027-01-02T00:00:00Z"));
  }

  @Test
  void severalAreOpenOnlyIfEveryOneIs() {
    create("freeze", calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D"));
    create("window", calendar("DEFAULT_CLOSED", "20261226T220000Z", "PT4H"));

    assertEquals(
        "CLOSED at 2026-12-24T12:00:00Z until 2026-12-27T00:00:00Z",
        state(null, "freeze", "window"));
    assertEquals(
        "OPEN at 2026-12-27T01:00:00Z until 2026-12-27T02:00:00Z",
        state("2026-12-27T01:00:00Z", "freeze", "window"));
    assertEquals(
        "CLOSED at 2026-12-27T02:00:00Z", state("2026-12-27T02:00:00Z", "freeze", "window"));
  }

  @Test
  void whatIsNoCalendarIsRefusedBySsmsNameOfTheError() {
    call(
        service::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName("greet")
            .setContent(
                """
                schemaVersion: "2.2"
                mainSteps:
                - action: aws:runShellScript
                  name: hello
                  inputs:
                    runCommand: [echo hello]
                """)
            .build());
    estate.store.write(
        write -> {
          Documents.add(write, "older", CalendarDocuments.TYPE, "Self", Map.of());
          Documents.addVersion(
              write, "older", "", "", "TEXT", "", "no calendar".getBytes(StandardCharsets.UTF_8));
          return true;
        });

    assertEquals("InvalidDocument: there is no document 'nothing'", refused("nothing"));
    assertEquals(
        "InvalidDocumentType: the document 'greet' is no change calendar", refused("greet"));
    assertTrue(
        refused("older").startsWith("UnsupportedCalendar: the calendar 'older' can't be read"));
    assertTrue(refused().startsWith("InvalidParameters: calendar_names: 0 names; 1 to 20"));
    String[] many = new String[CalendarLimits.MAX_CALENDARS + 1];
    Arrays.fill(many, "greet");
    assertTrue(refused(many).startsWith("InvalidParameters: calendar_names: 21 names"));
    assertTrue(
        refusal(
                service::getCalendarState,
                GetCalendarStateRequest.newBuilder()
                    .addCalendarNames("greet")
                    .setAtTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                    .build())
            .startsWith("InvalidParameters: at_time: a time outside"));
  }

  @Test
  void aCalendarStaysOneAndACommandDocumentToo() {
    create("freeze", calendar("DEFAULT_OPEN", "20261224T000000Z", "P3D"));

    assertTrue(
        refusal(
                service::updateDocument,
                UpdateDocumentRequest.newBuilder()
                    .setName("freeze")
                    .setContent("schemaVersion: \"2.2\"\nmainSteps: []\n")
                    .build())
            .startsWith("InvalidDocumentContent: 1:1"));
  }

  private CreateDocumentResponse create(String name, String text) {
    return call(service::createDocument, request(name, text).build());
  }

  private static CreateDocumentRequest.Builder request(String name, String text) {
    return CreateDocumentRequest.newBuilder()
        .setName(name)
        .setContent(text)
        .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_TEXT)
        .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR);
  }

  private GetDocumentResponse get(DocumentFormat format) {
    return call(
        service::getDocument,
        GetDocumentRequest.newBuilder().setName("freeze").setDocumentFormat(format).build());
  }

  private String state(@Nullable String at, String... names) {
    GetCalendarStateRequest.Builder request =
        GetCalendarStateRequest.newBuilder().addAllCalendarNames(List.of(names));
    if (at != null) {
      request.setAtTime(Times.toProto(Instant.parse(at)));
    }
    GetCalendarStateResponse response = call(service::getCalendarState, request.build());
    assertFalse(response.getState() == CalendarState.CALENDAR_STATE_UNSPECIFIED);
    return response.getState().name().replace("CALENDAR_STATE_", "")
        + " at "
        + Times.fromProto(response.getAtTime())
        + (response.hasNextTransitionTime()
            ? " until " + Times.fromProto(response.getNextTransitionTime())
            : "");
  }

  private String refused(String... names) {
    return refusal(
        service::getCalendarState,
        GetCalendarStateRequest.newBuilder().addAllCalendarNames(List.of(names)).build());
  }

  private static <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    return asAuthor(() -> Answer.of(method, request));
  }

  private static <Q, P> String refusal(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    return asAuthor(() -> Answer.refusal(method, request));
  }

  private static <T> T asAuthor(Callable<T> work) {
    try {
      return Context.current()
          .withValue(Caller.KEY, new Caller.Person("ann", Role.AUTHOR, Optional.empty()))
          .call(work);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String calendar(String type, String start, String length) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-CALENDAR-TYPE:"
        + type
        + "\r\nBEGIN:VEVENT\r\nDTSTART:"
        + start
        + "\r\nDURATION:"
        + length
        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  }
}
