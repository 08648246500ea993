package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.assignment.SetPlanner;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.Freeze;
import dev.holdfast.wire.v1.GetFreezeRequest;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calendars, the freeze and the duration, as the coordinator keeps and shows them. */
final class WindowsTest {
  private static final String CLOSED = "closed is the calendar quiet";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId a;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String association;

  /** An hour is closed from one hour after the start on. */
  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    fleet.createCalendar("quiet", "20261124T130000Z", "20261124T140000Z");
    a = fleet.enrol(1, Map.of("Role", "web"));
    association =
        fleet
            .create(
                Association.newBuilder()
                    .setName("say-it")
                    .setAssociationName("disks")
                    .addTargets(Fleet.tag("Role", "web"))
                    .addCalendarNames("quiet")
                    .setScheduleExpression("rate(30 minutes)")
                    .build())
            .getAssociationId();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private Assignment assignment() {
    return fleet.store.read(
        read ->
            AssignmentCodec.fromBytes(
                Bodies.find(read, fleet.row(association).revision().orElseThrow()).orElseThrow()));
  }

  private AssignmentSet set() {
    return fleet.store.read(
        read ->
            new SetPlanner(fleet.store.epoch()).plan(read, a, fleet.timers.now()).orElseThrow());
  }

  private String newest() {
    return fleet.executions(association).getFirst().getExecutionId();
  }

  private String reason(String execution) {
    return fleet.targets(association, execution).getFirst().getReason();
  }

  private void update(Association.Builder to, String... fields) {
    fleet.call(
        fleet.associations::updateAssociation,
        UpdateAssociationRequest.newBuilder()
            .setAssociationId(association)
            .setAssociation(to)
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(fields)))
            .build());
  }

  private String recordedTick(Instant at) {
    return fleet
        .store
        .write(write -> Ticks.record(write, fleet.row(association), at, Optional.empty()))
        .id();
  }

  @Test
  void anAssignmentNamesItsCalendarsWhichItsInstancesMayFetch() {
    Sha256 bytes =
        Sha256.of(
            Fleet.closed("20261124T130000Z", "20261124T140000Z").getBytes(StandardCharsets.UTF_8));
    assertEquals(
        List.of(new CalendarReference("quiet", 1, bytes)), assignment().window().calendars());

    SetBodies bodies = new SetBodies(fleet.store);
    InstanceId stranger = fleet.enrol(2, Map.of());
    assertTrue(bodies.find(a, bytes).isPresent());
    assertFalse(bodies.find(stranger, bytes).isPresent());
  }

  @Test
  void aNewVersionOfACalendarIsANewRevisionThatRunsNothing() {
    Optional<Sha256> before = fleet.row(association).revision();
    fleet.call(
        fleet.documents::updateDocument,
        UpdateDocumentRequest.newBuilder()
            .setName("quiet")
            .setContent(Fleet.closed("20261125T130000Z", "20261125T140000Z"))
            .build());
    assertEquals(before, fleet.row(association).revision(), "not in effect yet");
    long position = fleet.store.position();

    fleet.call(
        fleet.documents::updateDocumentDefaultVersion,
        UpdateDocumentDefaultVersionRequest.newBuilder()
            .setName("quiet")
            .setDocumentVersion(2)
            .build());

    assertNotEquals(before, fleet.row(association).revision());
    assertEquals(2, assignment().window().calendars().getFirst().version());
    List<EventLog.Event> events = fleet.eventsAfter(position);
    assertEquals(
        List.of("DocumentDefaultMoved", "RevisionChanged"),
        events.stream().map(EventLog.Event::type).toList());
    assertEquals("its calendar quiet changed", events.getLast().detail().get("cause"));
    assertEquals(1, fleet.executions(association).size());
  }

  @Test
  void aCalendarInUseIsNotDeletedAndIfItIsTheAssociationFailsUntilItIsBack() {
    DeleteDocumentRequest request = DeleteDocumentRequest.newBuilder().setName("quiet").build();
    Fleet.Refused refused = fleet.refused(fleet.documents::deleteDocument, request);
    assertEquals("AssociatedInstances", refused.reason());
    assertTrue(refused.message().contains("disks"), refused.message());

    fleet.call(fleet.documents::deleteDocument, request.toBuilder().setForce(true).build());
    assertEquals(Optional.empty(), fleet.row(association).revision());
    assertEquals("Failed/InvalidDocument", fleet.standing(association, newest(), a));

    fleet.createCalendar("quiet", "20261124T130000Z", "20261124T140000Z");
    assertTrue(fleet.row(association).revision().isPresent());
    assertEquals("Pending/Scheduled", fleet.standing(association, newest(), a));
  }

  @Test
  void aManualStartIsRefusedWhileACalendarIsClosedUnlessItIgnoresCalendars() {
    StartAssociationsOnceRequest start =
        StartAssociationsOnceRequest.newBuilder().addAssociationIds("disks").build();
    fleet.advance(Duration.ofMinutes(90));
    Fleet.Refused refused = fleet.refused(fleet.associations::startAssociationsOnce, start);
    assertEquals("CalendarClosed", refused.reason());
    assertEquals("FAILED_PRECONDITION", refused.code());
    assertTrue(refused.message().contains(CLOSED), refused.message());
    assertEquals(Set.of("association_ids[0]"), refused.findings().keySet());
    assertEquals(1, fleet.executions(association).size());

    fleet.call(
        fleet.associations::startAssociationsOnce,
        start.toBuilder().setIgnoreCalendars(true).build());

    assertTrue(fleet.newestAudit().request().contains("ignore_calendars"));
    assertEquals("Pending/Scheduled", fleet.standing(association, newest(), a));
    assertTrue(set().pendingTriggers().getLast().ignoreCalendars());
    fleet.advance(Duration.ofMinutes(30));
    fleet.call(fleet.associations::startAssociationsOnce, start);
    assertFalse(set().pendingTriggers().getLast().ignoreCalendars());
  }

  @Test
  void aTickUnderAClosedCalendarReadsSkippedWithItsNameAndAPendingChangeWaits() {
    String created = newest();
    fleet.advance(Duration.ofMinutes(90));
    String tick = fleet.tick(association, Fleet.START.plus(Duration.ofMinutes(60)));
    String open = fleet.tick(association, Fleet.START.plus(Duration.ofMinutes(30)));

    assertEquals("Skipped/CalendarClosed", fleet.standing(association, tick, a));
    assertEquals(CLOSED, reason(tick));
    assertEquals("Skipped/NotReported", fleet.standing(association, open, a));
    assertEquals("Pending/CalendarClosed", fleet.standing(association, created, a));
    assertEquals(CLOSED, reason(created));
    fleet.online.remove(a);
    assertEquals("Pending/Offline", fleet.standing(association, created, a));
    fleet.online.add(a);
    fleet.advance(Duration.ofMinutes(30));
    assertEquals("Pending/Scheduled", fleet.standing(association, created, a));
    assertEquals("Skipped/CalendarClosed", fleet.standing(association, tick, a), "it stays so");
  }

  @Test
  void aTickIsJudgedByTheCalendarsOfItsOwnRevision() {
    fleet.advance(Duration.ofMinutes(61));
    String tick = recordedTick(Fleet.START.plus(Duration.ofMinutes(60)));

    update(Association.newBuilder(), "calendar_names");

    assertEquals("Skipped/CalendarClosed", fleet.standing(association, tick, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, newestChange(), a));
  }

  private String newestChange() {
    return fleet.executions(association).stream()
        .filter(execution -> execution.getTrigger().startsWith("change"))
        .findFirst()
        .orElseThrow()
        .getExecutionId();
  }

  @Test
  void aFreezeIsPartOfEverySetUntilSomebodyEndsIt() {
    AssignmentSet before = set();
    long position = fleet.store.position();
    Instant until = Fleet.START.plus(Duration.ofHours(2));

    Freeze freeze = freeze("the move", Optional.of(until));

    assertEquals("ann", freeze.getWho());
    assertEquals(Times.toProto(Fleet.START), freeze.getSince());
    assertEquals(
        List.of("FreezeSet"),
        fleet.eventsAfter(position).stream().map(EventLog.Event::type).toList());
    assertEquals("SetFreeze", fleet.newestAudit().method());
    assertNotEquals(before.sha256(), set().sha256());
    assertEquals(Optional.of(until), set().freeze().orElseThrow().until());

    fleet.advance(Duration.ofHours(1));
    Freeze longer = freeze("it takes longer", Optional.empty());
    assertEquals(freeze.getSince(), longer.getSince(), "it goes on");
    assertEquals(longer, frozen());
    fleet.call(fleet.associations::clearFreeze, ClearFreezeRequest.getDefaultInstance());

    assertEquals("ClearFreeze", fleet.newestAudit().method());
    assertEquals(Freeze.getDefaultInstance(), frozen());
    assertEquals(before.sha256(), set().sha256());
    assertEquals(
        "NotFrozen",
        fleet
            .call(fleet.associations::clearFreeze, ClearFreezeRequest.getDefaultInstance())
            .getWarnings(0)
            .getCode());
  }

  @Test
  void aFreezeWhoseTimeIsOverStaysInSetsSoThatNobodyMakesUpForItsTicks() {
    freeze("the move", Optional.of(Fleet.START.plus(Duration.ofHours(2))));
    Sha256 during = set().sha256();
    fleet.advance(Duration.ofHours(3));

    assertEquals(Freeze.getDefaultInstance(), frozen());
    assertEquals(during, set().sha256());
    assertNotEquals(
        Times.toProto(Fleet.START), freeze("another", Optional.empty()).getSince(), "a new one");
  }

  @Test
  void aFreezeNeedsAReasonAndAnEndThatIsAhead() {
    for (Optional<Instant> until :
        List.of(Optional.of(Fleet.START), Optional.of(Fleet.START.plus(Duration.ofDays(367))))) {
      assertEquals(Set.of("until"), refusedFreeze("why", until));
    }
    assertEquals(Set.of("reason"), refusedFreeze(" ", Optional.empty()));
  }

  @Test
  void ticksInAFreezeReadSkippedAndWhatIsPendingWaits() {
    update(Association.newBuilder(), "calendar_names");
    String created = newest();
    fleet.advance(Duration.ofMinutes(20));
    freeze("the move", Optional.empty());
    fleet.advance(Duration.ofMinutes(20));
    String tick = fleet.tick(association, Fleet.START.plus(Duration.ofMinutes(30)));
    StartAssociationsOnceRequest start =
        StartAssociationsOnceRequest.newBuilder().addAssociationIds("disks").build();
    String manual = fleet.call(fleet.associations::startAssociationsOnce, start).getExecutionIds(0);

    assertEquals("Skipped/Frozen", fleet.standing(association, tick, a));
    assertEquals("frozen by ann: the move", reason(tick));
    assertEquals("Pending/Frozen", fleet.standing(association, created, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, manual, a));

    fleet.call(fleet.associations::clearFreeze, ClearFreezeRequest.getDefaultInstance());
    assertEquals("Skipped/Frozen", fleet.standing(association, tick, a), "it was, then");
    assertEquals("Pending/Scheduled", fleet.standing(association, created, a));
  }

  @Test
  void whatHasNotStartedWhenItsExecutionIsOverNeverDoes() {
    update(Association.newBuilder().setDurationHours(1), "duration_hours", "calendar_names");
    String manual =
        fleet
            .call(
                fleet.associations::startAssociationsOnce,
                StartAssociationsOnceRequest.newBuilder().addAssociationIds("disks").build())
            .getExecutionIds(0);
    Instant end = Fleet.START.plus(Duration.ofHours(1));
    assertEquals(Optional.of(end), set().pendingTriggers().getLast().endBy());
    assertEquals(end, set().pendingTriggers().getLast().notAfter());
    assertEquals(Optional.of(Duration.ofHours(1)), assignment().window().lasts());
    fleet.advance(Duration.ofMinutes(31));
    String tick = recordedTick(Fleet.START.plus(Duration.ofMinutes(30)));
    assertEquals("Pending/Scheduled", fleet.standing(association, tick, a));
    fleet.advance(Duration.ofMinutes(29).minusMillis(1));
    assertEquals("Pending/Scheduled", fleet.standing(association, manual, a));

    fleet.advance(Duration.ofMillis(1));
    assertEquals("Skipped/DurationExceeded", fleet.standing(association, manual, a));
    fleet.advance(Duration.ofMinutes(30));
    assertEquals("Skipped/DurationExceeded", fleet.standing(association, tick, a));
  }

  private Freeze frozen() {
    return fleet
        .call(Role.VIEWER, fleet.associations::getFreeze, GetFreezeRequest.getDefaultInstance())
        .getFreeze();
  }

  private Freeze freeze(String why, Optional<Instant> until) {
    return fleet.call(fleet.associations::setFreeze, request(why, until)).getFreeze();
  }

  private Set<String> refusedFreeze(String why, Optional<Instant> until) {
    return fleet.refused(fleet.associations::setFreeze, request(why, until)).findings().keySet();
  }

  private static SetFreezeRequest request(String why, Optional<Instant> until) {
    SetFreezeRequest.Builder request = SetFreezeRequest.newBuilder().setReason(why);
    until.ifPresent(end -> request.setUntil(Times.toProto(end)));
    return request.build();
  }
}
