package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.AssociationId;
import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.Warning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What may be written into an association: one row a rule, at its limit and beyond it. */
final class AssociationCheckTest {
  private static final AssociationId ID = new AssociationId("00000000-0000-4000-8000-0000000000ff");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    fleet.call(
        fleet.documents::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName("shell-only")
            .setContent(
                """
                schemaVersion: "2.2"
                parameters:
                  Must:
                    type: String
                mainSteps:
                - action: aws:runShellScript
                  name: say
                  inputs:
                    runCommand:
                    - echo {{ Must }}
                """)
            .build());
    fleet.createCalendar("quiet", "20261124T130000Z", "20261124T140000Z");
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  /**
   * A change of an association that is right, and what it comes to: {@code Error field, field}, or
   * warnings as {@code Code field}; empty if it is right.
   */
  private record Row(UnaryOperator<Association.Builder> to, String refused, String warned) {}

  private static Row right(UnaryOperator<Association.Builder> to) {
    return new Row(to, "", "");
  }

  private static Row wrong(String refused, UnaryOperator<Association.Builder> to) {
    return new Row(to, refused, "");
  }

  private static Row warned(String warned, UnaryOperator<Association.Builder> to) {
    return new Row(to, "", warned);
  }

  @TestFactory
  List<DynamicTest> eachRule() {
    Map<String, List<Row>> rows =
        Map.of(
            "document", documents(),
            "names and texts", names(),
            "targets", targets(),
            "schedule", schedules(),
            "window", windows(),
            "unknown words", unknownWords());
    List<DynamicTest> tests = new ArrayList<>();
    rows.forEach(
        (group, ofGroup) -> {
          for (int i = 0; i < ofGroup.size(); i++) {
            Row row = ofGroup.get(i);
            tests.add(
                DynamicTest.dynamicTest(
                    group + " " + i + ": " + row.refused + row.warned, () -> check(row)));
          }
        });
    return tests;
  }

  private static List<Row> documents() {
    return List.of(
        right(b -> b),
        right(b -> b.setDocumentVersion("$LATEST")),
        right(b -> b.setDocumentVersion("1")),
        wrong("InvalidDocument name", b -> b.setName("")),
        wrong("InvalidDocument name", b -> b.setName("nobody")),
        wrong("InvalidDocumentVersion document_version", b -> b.setDocumentVersion("2")),
        wrong("InvalidDocumentVersion document_version", b -> b.setDocumentVersion("01")),
        wrong("InvalidDocumentVersion document_version", b -> b.setDocumentVersion("$NEWEST")),
        right(b -> b.setParameters(parameter("Message", "x".repeat(20)))),
        wrong(
            "InvalidParameters parameters",
            b -> b.setParameters(parameter("Message", "x".repeat(21)))),
        wrong("InvalidParameters parameters", b -> b.setParameters(parameter("Other", "x"))),
        wrong("InvalidParameters parameters", b -> b.setName("shell-only")),
        right(b -> b.setName("shell-only").setParameters(parameter("Must", ""))),
        wrong(
            "InvalidParameters parameters",
            b -> b.setParameters(parameter("Message", "{{ssm:later}}"))),
        right(b -> b.setMode(AssociationMode.ASSOCIATION_MODE_AUDIT)),
        wrong(
            "InvalidParameters mode",
            b ->
                b.setName("shell-only")
                    .setParameters(parameter("Must", "x"))
                    .setMode(AssociationMode.ASSOCIATION_MODE_AUDIT)));
  }

  private static List<Row> names() {
    return List.of(
        right(b -> b.setAssociationName("a.b_c-1")),
        right(b -> b.setAssociationName("x".repeat(128))),
        wrong("InvalidParameters association_name", b -> b.setAssociationName("x".repeat(129))),
        wrong("InvalidParameters association_name", b -> b.setAssociationName("ab")),
        wrong("InvalidParameters association_name", b -> b.setAssociationName("a..b")),
        wrong("InvalidParameters association_name", b -> b.setAssociationName("../a")),
        wrong("InvalidParameters association_name", b -> b.setAssociationName(ID.value())),
        right(b -> b.putTags("Owner", "ann")),
        wrong("InvalidParameters tags", b -> b.putTags("", "ann")),
        wrong("InvalidParameters tags", b -> b.putTags("a", "x".repeat(257))),
        warned("OutputLocationNotSupported output_location", b -> b.setOutputLocation("s3://b/x")),
        wrong("InvalidParameters output_location", b -> b.setOutputLocation("x".repeat(1_025))),
        wrong("InvalidParameters output_location", b -> b.setOutputLocation("a\nb")));
  }

  private static List<Row> targets() {
    String id = Fleet.instance(1).value();
    return List.of(
        warned("NoTargets targets", b -> b.clearTargets()),
        warned("NoTargets targets[0].values", b -> only(b, "tag:Role")),
        warned("InstanceNotFound targets[0].values", b -> only(b, "InstanceIds", id)),
        right(b -> only(b, "InstanceIds", "*")),
        right(b -> only(b, "instanceids", "*")),
        wrong("InvalidTarget targets[0].values", b -> only(b, "InstanceIds", "*", id)),
        wrong("InvalidTarget targets[0].values[1]", b -> only(b, "InstanceIds", id, "i-1")),
        wrong("InvalidTarget targets[0].key", b -> only(b, "tag:", "x")),
        wrong("InvalidTarget targets[0].key", b -> only(b, "Role", "x")),
        right(b -> only(b, "tag:" + "k".repeat(159), "x")),
        wrong("InvalidTarget targets[0].key", b -> only(b, "tag:" + "k".repeat(160), "x")),
        right(b -> only(b, "tag:Role", "x".repeat(256))),
        wrong("InvalidTarget targets[0].values[0]", b -> only(b, "tag:Role", "x".repeat(257))),
        right(b -> only(b, "tag:Role", Collections.nCopies(50, "x").toArray(String[]::new))),
        wrong(
            "InvalidTarget targets[0].values",
            b -> only(b, "tag:Role", Collections.nCopies(51, "x").toArray(String[]::new))),
        right(b -> many(b.clearTargets(), 5)),
        wrong("InvalidTarget targets", b -> many(b.clearTargets(), 6)),
        wrong(
            "InvalidTarget targets[1].key",
            b -> only(b, "tag:Role", "a").addTargets(Fleet.tag("Role", "b"))),
        wrong("InvalidTarget targets", b -> only(b, "tag:Role", "a").addTargets(Fleet.all())),
        wrong("InvalidTarget instance_id", b -> b.setInstanceId(id)));
  }

  private static List<Row> schedules() {
    return List.of(
        right(b -> b.setScheduleExpression("rate(1 minute)")),
        right(b -> b.setScheduleExpression("cron(0 2 ? * SUN *)")),
        right(b -> b.setScheduleExpression("at(2026-11-24T12:00:01)")),
        wrong(
            "InvalidSchedule schedule_expression",
            b -> b.setScheduleExpression("at(2026-11-24T12:00:00)")),
        right(
            b ->
                b.setScheduleExpression("at(2026-11-24T12:30:00)")
                    .setScheduleTimezone("America/New_York")),
        wrong(
            "InvalidSchedule schedule_expression",
            b ->
                b.setScheduleExpression("at(2026-11-24T12:30:00)")
                    .setScheduleTimezone("Europe/Berlin")),
        wrong("InvalidSchedule schedule_expression", b -> b.setScheduleExpression("hourly")),
        wrong(
            "InvalidSchedule schedule_expression",
            b -> b.setScheduleExpression("cron(0 0 30 2 ? *)")),
        wrong(
            "InvalidSchedule schedule_timezone, schedule_expression",
            b -> b.setScheduleExpression("hourly").setScheduleTimezone("Mars")),
        right(b -> b.setScheduleExpression("cron(0 2 ? * SUN *)").setScheduleOffset(6)),
        wrong(
            "InvalidSchedule schedule_offset",
            b -> b.setScheduleExpression("cron(0 2 ? * SUN *)").setScheduleOffset(7)),
        wrong(
            "InvalidSchedule schedule_offset",
            b -> b.setScheduleExpression("rate(1 day)").setScheduleOffset(1)),
        wrong("InvalidSchedule schedule_offset", b -> b.setScheduleOffset(1)),
        right(b -> b.setScheduleExpression("rate(1 hour)").setScheduleSplaySeconds(3_599)),
        wrong(
            "InvalidSchedule schedule_splay_seconds",
            b -> b.setScheduleExpression("rate(1 hour)").setScheduleSplaySeconds(3_600)),
        wrong(
            "InvalidSchedule schedule_splay_seconds",
            b -> b.setScheduleExpression("cron(0,10 2 ? * * *)").setScheduleSplaySeconds(600)),
        right(b -> b.setScheduleSplaySeconds(86_400)),
        wrong("InvalidSchedule schedule_splay_seconds", b -> b.setScheduleSplaySeconds(86_401)),
        wrong(
            "InvalidSchedule apply_only_at_cron_interval", b -> b.setApplyOnlyAtCronInterval(true)),
        right(b -> b.setApplyOnlyAtCronInterval(true).setScheduleExpression("rate(1 day)")));
  }

  private static List<Row> windows() {
    return List.of(
        right(b -> b.addCalendarNames("quiet")),
        wrong("InvalidDocument calendar_names[0]", b -> b.addCalendarNames("nobody")),
        wrong(
            "InvalidDocument calendar_names[1]",
            b -> b.addCalendarNames("quiet").addCalendarNames("")),
        wrong("InvalidDocumentType calendar_names[0]", b -> b.addCalendarNames("say-it")),
        wrong(
            "InvalidParameters calendar_names[1]",
            b -> b.addCalendarNames("quiet").addCalendarNames("quiet")),
        wrong(
            "InvalidParameters calendar_names",
            b -> {
              for (int i = 0; i <= CalendarLimits.MAX_CALENDARS; i++) {
                b.addCalendarNames("quiet" + i);
              }
              return b;
            }),
        wrong("InvalidDocumentType name", b -> b.setName("quiet")),
        right(b -> b.setDurationHours(1)),
        right(b -> b.setDurationHours(24)),
        wrong("InvalidParameters duration_hours", b -> b.setDurationHours(25)),
        wrong("InvalidParameters duration_hours", b -> b.setDurationHours(-1)));
  }

  private static List<Row> unknownWords() {
    return List.of(
        wrong("InvalidParameters max_concurrency", b -> b.setMaxConcurrency("0")),
        wrong("InvalidParameters max_errors", b -> b.setMaxErrors("101%")),
        wrong("InvalidParameters offline_policy", b -> b.setOfflinePolicyValue(9)),
        wrong("InvalidParameters mode", b -> b.setModeValue(9)),
        wrong("InvalidParameters on_interrupt", b -> b.setOnInterruptValue(9)),
        wrong("InvalidParameters sync_compliance", b -> b.setSyncComplianceValue(9)),
        wrong("InvalidParameters compliance_severity", b -> b.setComplianceSeverityValue(9)));
  }

  private void check(Row row) {
    Association association =
        AssociationForm.normal(
            row.to
                .apply(
                    Association.newBuilder().setName("say-it").addTargets(Fleet.tag("Role", "web")))
                .build());
    String refused = "";
    List<Warning> warnings = List.of();
    try {
      warnings =
          fleet.store.read(
              read ->
                  AssociationCheck.check(
                      read, ID, Optional.empty(), association, fleet.timers.now()));
    } catch (Refusal refusal) {
      refused =
          refusal.reason()
              + " "
              + String.join(
                  ", ",
                  refusal.findings().stream()
                      .map(finding -> finding.field().substring("association.".length()))
                      .toList());
    }
    assertEquals(row.refused, refused);
    assertEquals(
        row.warned,
        String.join(
            ", ",
            warnings.stream()
                .map(w -> w.getCode() + " " + w.getField().substring("association.".length()))
                .toList()));
  }

  private static Struct parameter(String name, String value) {
    return Struct.newBuilder()
        .putFields(name, Value.newBuilder().setStringValue(value).build())
        .build();
  }

  private static Association.Builder only(
      Association.Builder builder, String key, String... values) {
    return builder
        .clearTargets()
        .addTargets(Target.newBuilder().setKey(key).addAllValues(List.of(values)));
  }

  private static Association.Builder many(Association.Builder builder, int count) {
    for (int i = 0; i < count; i++) {
      builder.addTargets(Fleet.tag("key" + i, "x"));
    }
    return builder;
  }
}
