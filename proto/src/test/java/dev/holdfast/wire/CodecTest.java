package dev.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.document.Value;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.agent.ComplianceContent;
import dev.holdfast.wire.agent.ComplianceItemReport;
import dev.holdfast.wire.agent.ComplianceReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class CodecTest {

  @Test
  void everyAssignmentComesBackFromItsBytesAndEqualOnesHaveEqualBytes() {
    Cases.check(
        300,
        random -> {
          Assignment assignment = assignment(random);

          byte[] bytes = AssignmentCodec.toBytes(assignment);

          assertEquals(assignment, AssignmentCodec.fromBytes(bytes));
          assertArrayEquals(bytes, AssignmentCodec.toBytes(AssignmentCodec.fromBytes(bytes)));
        });
  }

  @Test
  void everySetComesBackFromItsMessage() {
    Cases.check(
        300,
        random -> {
          AssignmentSet set = set(random);

          AssignmentSet back = AssignmentCodec.fromProto(AssignmentCodec.toProto(set));

          assertEquals(set, back);
          assertEquals(set.sha256(), back.sha256());
        });
  }

  @Test
  void aSetWhoseHashIsNotThatOfItsContentIsRefused() {
    AssignmentSet set = new AssignmentSet(new Generation(1, 7), List.of(), List.of("x"), List.of());
    var changed = AssignmentCodec.toProto(set).toBuilder().clearCancelled().build();

    assertThrows(WireException.class, () -> AssignmentCodec.fromProto(changed));
  }

  @Test
  void theHashOfASetLeavesOutItsPendingTriggersAndItsGeneration() {
    Cases.check(
        50,
        random -> {
          AssignmentSet set = set(random);

          AssignmentSet other =
              new AssignmentSet(
                  new Generation(9, 9),
                  set.assignments(),
                  set.cancelled(),
                  set.freeze(),
                  List.of(),
                  set.stopped());

          assertEquals(set.sha256(), other.sha256());
        });
  }

  @Test
  void everyReportComesBackFromItsMessage() {
    Cases.check(
        300,
        random -> {
          Report report =
              switch (random.nextInt(6)) {
                case 0 -> inventory(random);
                case 1 -> delta(random);
                case 2 -> compliance(random);
                default -> run(random);
              };

          var message = ReportCodec.toProto(random.nextLong(1, 1 << 20), report);

          assertEquals(report, ReportCodec.fromProto(message));
        });
  }

  @Test
  void aRunEndInTheProgressLaneIsRefused() {
    Report.Run ended = run(new java.util.SplittableRandom(1));
    var lane = ended.lane() == Lane.RESULTS ? Lane.PROGRESS : Lane.RESULTS;
    var message =
        ReportCodec.toProto(1, ended).toBuilder().setLane(ReportCodec.toProto(lane)).build();

    assertThrows(WireException.class, () -> ReportCodec.fromProto(message));
  }

  @Test
  void inventoryThatUnpacksToMoreThanItsLimitIsRefused() {
    List<Map<String, String>> huge = new ArrayList<>();
    String blank = " ".repeat(64 * 1024);
    for (int i = 0; i < 17; i++) {
      huge.add(Map.of("Summary", blank));
    }

    ByteString packed = ReportCodec.pack(huge);

    assertTrue(packed.size() < 64 * 1024);
    WireException refusal = assertThrows(WireException.class, () -> ReportCodec.unpack(packed));
    assertTrue(refusal.toString().contains("1048576"), refusal::toString);
  }

  @Test
  void itemsThatAMessageHasNoRoomForTravelPackedAndComeBack() {
    Report.Compliance few = items(200);
    Report.Compliance many = items(1_000);

    assertEquals(200, ComplianceCodec.toProto(few).getItemsCount());
    assertEquals(ByteString.EMPTY, ComplianceCodec.toProto(few).getPackedItems());
    ByteString bytes = ReportCodec.toBytes(Long.MAX_VALUE, many);

    assertTrue(bytes.size() < Limits.MAX_REPORT_BYTES, bytes.size() + " bytes");
    assertEquals(0, ComplianceCodec.toProto(many).getItemsCount());
    assertEquals(many, ReportCodec.fromBytes(bytes));
    assertEquals(few, ReportCodec.fromBytes(ReportCodec.toBytes(1, few)));
  }

  @Test
  void packedItemsThatAreNoneTooManyOrBesideOthersAreRefused() {
    ComplianceReport packed = ComplianceCodec.toProto(items(1_000));
    ByteString bomb =
        Packing.pack(
            ComplianceContent.newBuilder()
                .addItems(
                    ComplianceItemReport.newBuilder()
                        .setTitle(" ".repeat(Limits.MAX_COMPLIANCE_FILE_BYTES)))
                .build());

    for (ComplianceReport wrong :
        List.of(
            packed.toBuilder().setPackedItems(ByteString.copyFromUtf8("none")).build(),
            packed.toBuilder().setPackedItems(bomb).build(),
            packed.toBuilder().addItems(ComplianceItemReport.getDefaultInstance()).build())) {
      assertThrows(WireException.class, () -> ComplianceCodec.fromProto(wrong));
    }
  }

  private static Report.Compliance items(int count) {
    List<PutItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(
          new PutItem("CVE-2026-" + i, "x".repeat(500), Severity.HIGH, Status.UNKNOWN, Map.of()));
    }
    return new Report.Compliance("Custom:Cves", Instant.parse("2026-11-22T08:00:00Z"), items);
  }

  @Test
  void theHashOfASetCoversTheFreeze() {
    Instant now = Instant.parse("2026-03-02T10:00:00Z");
    List<Optional<Freeze>> freezes =
        List.of(
            Optional.empty(),
            Optional.of(new Freeze(now, Optional.empty(), "why", "ann")),
            Optional.of(new Freeze(now.plusSeconds(1), Optional.empty(), "why", "ann")),
            Optional.of(new Freeze(now, Optional.of(now), "why", "ann")),
            Optional.of(new Freeze(now, Optional.empty(), "why not", "ann")),
            Optional.of(new Freeze(now, Optional.empty(), "why", "ann why")),
            Optional.of(new Freeze(now, Optional.empty(), "why why", "ann")));

    assertEquals(
        freezes.size(),
        freezes.stream()
            .map(
                freeze ->
                    new AssignmentSet(
                            new Generation(1, 1),
                            List.of(),
                            List.of(),
                            freeze,
                            List.of(),
                            List.of())
                        .sha256())
            .distinct()
            .count());
  }

  @Test
  void anAssignmentWithTooManyCalendarsOrTooLongADurationIsRefused() {
    Assignment one = assignment(RandomGenerator.of("L64X128MixRandom"));
    CalendarReference calendar = new CalendarReference("c", 1, Sha256.of(new byte[] {1}));
    for (Assignment.Window window :
        List.of(
            new Assignment.Window(
                Collections.nCopies(CalendarLimits.MAX_CALENDARS + 1, calendar), 0),
            new Assignment.Window(List.of(), RunLimits.MAX_DURATION_HOURS + 1),
            new Assignment.Window(List.of(), -1))) {
      byte[] bytes = AssignmentCodec.toBytes(one.within(window));
      assertThrows(WireException.class, () -> AssignmentCodec.fromBytes(bytes));
    }
  }

  @Test
  void aTriggerKeepsItsText() {
    List<Trigger> triggers =
        List.of(
            new Trigger.Tick(Instant.parse("2026-11-22T08:00:00Z")),
            new Trigger.Change(1, 42),
            new Trigger.Enter(3, 7),
            new Trigger.Manual("6ba7b810-9dad-11d1-80b4-00c04fd430c8"));

    for (Trigger trigger : triggers) {
      assertEquals(Optional.of(trigger), Trigger.parse(trigger.text()));
    }
    assertEquals("tick:2026-11-22T08:00:00Z", triggers.getFirst().text());
  }

  @Test
  void theOrderInWhichChildrenWereFoundMakesNoDifference() {
    Assignment one = assignment(RandomGenerator.of("L64X128MixRandom"));
    ChildDocument a = new ChildDocument("a", "a", 1, Sha256.of(new byte[] {1}));
    ChildDocument b = new ChildDocument("b:2", "b", 2, Sha256.of(new byte[] {2}));

    assertArrayEquals(
        AssignmentCodec.toBytes(one.withChildren(List.of(a, b))),
        AssignmentCodec.toBytes(one.withChildren(List.of(b, a))));
  }

  @Test
  void anAssignmentWithTooManyChildrenOrOneReferenceTwiceIsRefused() {
    Assignment one = assignment(RandomGenerator.of("L64X128MixRandom"));
    List<ChildDocument> children = new ArrayList<>();
    for (int i = 0; i < RunLimits.MAX_CHILD_DOCUMENTS; i++) {
      children.add(new ChildDocument("child-" + i, "child", 1, Sha256.of(new byte[] {1})));
    }
    assertEquals(
        children.size(),
        AssignmentCodec.fromBytes(AssignmentCodec.toBytes(one.withChildren(children)))
            .children()
            .size());
    List<ChildDocument> twice = List.of(children.getFirst(), children.getFirst());
    children.add(new ChildDocument("one more", "child", 1, Sha256.of(new byte[] {1})));

    for (List<ChildDocument> wrong : List.of(twice, children)) {
      byte[] bytes = AssignmentCodec.toBytes(one.withChildren(wrong));
      assertThrows(WireException.class, () -> AssignmentCodec.fromBytes(bytes));
    }
  }

  @Test
  void whatIsNoTriggerIsRefused() {
    for (String text :
        List.of(
            "",
            "tick:",
            "tick:now",
            "tick:2026-11-22T08:00:00.000Z",
            "change:1",
            "change:1.x",
            "enter:-1.2",
            "manual:",
            "manual:../x",
            "other:1",
            "change:1.2.3")) {
      assertEquals(Optional.empty(), Trigger.parse(text), text);
    }
  }

  private static Assignment assignment(RandomGenerator random) {
    return new Assignment(
            association(random),
            random.nextInt(1, 1000),
            text(random),
            text(random),
            random.nextInt(1, 1000),
            hash(random),
            fields(random, 2),
            new Assignment.Recurrence(
                text(random),
                "Europe/Berlin",
                random.nextInt(7),
                random.nextInt(86_400),
                instant(random)),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean(),
            random.nextBoolean())
        .withChildren(children(random))
        .within(
            new Assignment.Window(
                several(
                    random,
                    () -> new CalendarReference(text(random), random.nextInt(1, 9), hash(random))),
                random.nextInt(25)));
  }

  private static List<ChildDocument> children(RandomGenerator random) {
    List<ChildDocument> children = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      children.add(
          new ChildDocument(i + text(random), text(random), random.nextInt(1, 9), hash(random)));
    }
    return children;
  }

  private static AssignmentSet set(RandomGenerator random) {
    return new AssignmentSet(
        new Generation(random.nextInt(5), random.nextInt(1000)),
        several(
            random,
            () -> new AssignmentReference(association(random), hash(random), instant(random))),
        several(random, () -> association(random).value()),
        random.nextBoolean()
            ? Optional.empty()
            : Optional.of(new Freeze(instant(random), maybe(random), text(random), text(random))),
        several(
            random,
            () ->
                new PendingTrigger(
                    association(random),
                    trigger(random),
                    text(random),
                    instant(random),
                    hash(random),
                    random.nextBoolean(),
                    maybe(random))),
        several(random, () -> association(random).value()));
  }

  private static Report.Run run(RandomGenerator random) {
    RunStatus[] statuses = RunStatus.values();
    return new Report.Run(
        association(random),
        trigger(random),
        random.nextInt(4),
        random.nextInt(1000),
        statuses[random.nextInt(statuses.length)],
        text(random),
        hash(random),
        random.nextInt(100),
        random.nextInt(100),
        maybe(random),
        maybe(random),
        maybe(random),
        random.nextBoolean(),
        random.nextInt(9),
        several(
            random,
            () ->
                new StepResult(
                    text(random),
                    text(random),
                    statuses[random.nextInt(statuses.length)],
                    random.nextInt(256),
                    random.nextInt(4),
                    maybe(random),
                    maybe(random),
                    random.nextBoolean(),
                    several(
                        random,
                        () -> new Drift(text(random), text(random), text(random), text(random))),
                    new Output(bytes(random), bytes(random), random.nextInt(100_000)),
                    Output.NONE,
                    text(random))),
        text(random));
  }

  private static Report.Inventory inventory(RandomGenerator random) {
    return new Report.Inventory(
        "AWS:Application",
        "1.1",
        instant(random),
        hash(random).hex(),
        several(random, () -> Map.of("Name", text(random), "Version", text(random))));
  }

  private static Report.InventoryDelta delta(RandomGenerator random) {
    return new Report.InventoryDelta(
        "AWS:Application",
        "1.1",
        instant(random),
        hash(random).hex(),
        hash(random).hex(),
        several(random, () -> Map.of("Name", text(random))),
        several(random, () -> Map.of("Name", text(random), "Version", text(random))));
  }

  private static <T> T one(RandomGenerator random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static Report.Compliance compliance(RandomGenerator random) {
    return new Report.Compliance(
        "Custom:" + text(random),
        instant(random),
        several(
            random,
            () ->
                new PutItem(
                    text(random),
                    text(random),
                    one(random, Severity.values()),
                    one(random, Status.values()),
                    Map.of("a", text(random), "b", text(random)))));
  }

  private static Map<String, Value> fields(RandomGenerator random, int depth) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.put("p" + i, value(random, depth));
    }
    return fields;
  }

  private static Value value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> new Value.Null();
      case 1 -> new Value.Text(text(random));
      case 2 -> new Value.Num(BigDecimal.valueOf(random.nextInt(-1000, 1000)));
      case 3 -> new Value.Flag(random.nextBoolean());
      case 4 -> new Value.Items(several(random, () -> value(random, depth - 1)));
      default -> new Value.Fields(fields(random, depth - 1));
    };
  }

  private static Trigger trigger(RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new Trigger.Tick(instant(random).truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
      case 1 -> new Trigger.Change(random.nextInt(9), random.nextInt(10_000));
      case 2 -> new Trigger.Enter(random.nextInt(9), random.nextInt(10_000));
      default -> new Trigger.Manual(association(random).value());
    };
  }

  private static <T> List<T> several(RandomGenerator random, Supplier<T> one) {
    List<T> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(one.get());
    }
    return items;
  }

  private static AssociationId association(RandomGenerator random) {
    return new AssociationId(new java.util.UUID(random.nextLong(), random.nextLong()).toString());
  }

  private static Sha256 hash(RandomGenerator random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Sha256.ofRaw(bytes);
  }

  private static ByteString bytes(RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static Optional<Instant> maybe(RandomGenerator random) {
    return random.nextBoolean() ? Optional.of(instant(random)) : Optional.empty();
  }

  private static Instant instant(RandomGenerator random) {
    return Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));
  }

  private static String text(RandomGenerator random) {
    String letters = "abz09 _-{}\"'\\\n\u00e4\u4e16";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
