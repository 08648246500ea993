package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * When an association runs (spec.md section 3.5): the table of the page on associations, each row
 * lived through with and without {@code apply_only_at_cron_interval} by a coordinator and an agent.
 */
final class WhenItRunsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("holdfast.root"), "docs", "associations.md");

  private static final String NOTHING = "nothing";
  private static final String CHANGE = "change";
  private static final String ENTER = "enter";
  private static final String TICK = "tick";

  @TempDir private Path folder;

  /**
   * A row of the table.
   *
   * @param event what happens, a sentence
   * @param then what runs by it, before the next tick unless the tick is what happens
   * @param onlyAtTicks the same with {@code apply_only_at_cron_interval}
   * @param begun whether the association has run before
   * @param next what the tick after it does
   */
  private record Row(
      String event,
      String then,
      String onlyAtTicks,
      boolean begun,
      String next,
      Consumer<Scene> happens) {}

  private static Row row(String event, String then, String onlyAtTicks, Consumer<Scene> happens) {
    return new Row(event, then, onlyAtTicks, true, TICK, happens);
  }

  private static Row last(String event, String then, String onlyAtTicks, Consumer<Scene> happens) {
    return new Row(event, then, onlyAtTicks, true, NOTHING, happens);
  }

  private static Row first(String event, String then, String onlyAtTicks, Consumer<Scene> happens) {
    return new Row(event, then, onlyAtTicks, false, TICK, happens);
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(edits());
    rows.addAll(members());
    rows.addAll(absences());
    rows.addAll(calendars());
    rows.addAll(freezes());
    return rows;
  }

  private static List<Row> edits() {
    return List.of(
        first(
            "An association is created",
            CHANGE,
            NOTHING,
            scene -> {
              scene.enrol(Scene.HOST, Map.of("Role", "web"));
              scene.passUntil("01:20");
              scene.create(to -> to);
            }),
        row(
            "Its parameters are edited",
            CHANGE,
            NOTHING,
            scene -> scene.update(to -> to.setParameters(Scene.message("new")), "parameters")),
        row(
            "Its document is replaced by another",
            CHANGE,
            NOTHING,
            scene -> scene.update(to -> to.setName("work-of-another-kind"), "name")),
        row(
            "Its schedule is edited",
            NOTHING,
            NOTHING,
            scene ->
                scene.update(
                    to -> to.setScheduleExpression("cron(0 0/1 * * ? *)"), "schedule_expression")),
        row(
            "Its name and severity are edited",
            NOTHING,
            NOTHING,
            scene -> {
              scene.update(
                  to ->
                      to.setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_LOW)
                          .putTags("Owner", "ann"),
                  "compliance_severity",
                  "tags");
            }),
        row(
            "An edit changes nothing",
            NOTHING,
            NOTHING,
            scene -> scene.update(to -> to.setName("work"), "name")),
        row(
            "Its document's default version moves",
            CHANGE,
            NOTHING,
            scene -> {
              newVersion(scene, "work");
              Scene.must(
                  Admin.call(
                      scene.documents()::updateDocumentDefaultVersion,
                      UpdateDocumentDefaultVersionRequest.newBuilder()
                          .setName("work")
                          .setDocumentVersion(2)
                          .build()));
            }),
        first(
            "Its document gets a new version, and it follows $LATEST",
            CHANGE,
            NOTHING,
            scene -> {
              scene.enrol(Scene.HOST, Map.of("Role", "web"));
              scene.create(to -> to.setDocumentVersion("$LATEST"));
              scene.passUntil("01:20");
              scene.ran();
              newVersion(scene, "work");
            }),
        last(
            "Its document is deleted",
            NOTHING,
            NOTHING,
            scene ->
                Scene.must(
                    Admin.call(
                        scene.documents()::deleteDocument,
                        DeleteDocumentRequest.newBuilder()
                            .setName("work")
                            .setForce(true)
                            .build()))),
        row(
            "A stored parameter that it refers to gets a new value",
            CHANGE,
            NOTHING,
            scene -> scene.parameter("text", "second")),
        last(
            "It is disabled",
            NOTHING,
            NOTHING,
            scene -> scene.update(to -> to.setEnabled(false), "enabled")),
        row(
            "It is enabled again",
            CHANGE,
            NOTHING,
            scene -> {
              scene.update(to -> to.setEnabled(false), "enabled");
              scene.passUntil("02:20");
              scene.update(to -> to.setEnabled(true), "enabled");
            }),
        row(
            "apply_only_at_cron_interval is turned over",
            NOTHING,
            NOTHING,
            scene -> {
              boolean was = scene.onlyAtTicks();
              scene.update(
                  to -> to.setApplyOnlyAtCronInterval(!was), "apply_only_at_cron_interval");
            }),
        row("Somebody starts it by hand", "manual", "manual", WhenItRunsTest::start),
        row(
            "Somebody starts it by hand while it is disabled, and enables it",
            "manual, change",
            "manual",
            scene -> {
              scene.update(to -> to.setEnabled(false), "enabled");
              start(scene);
              scene.pass(Duration.ofMinutes(5));
              scene.update(to -> to.setEnabled(true), "enabled");
            }));
  }

  private static List<Row> members() {
    return List.of(
        first(
            "An instance registers that matches the targets",
            ENTER,
            NOTHING,
            scene -> {
              scene.create(to -> to);
              scene.passUntil("01:20");
              scene.enrol(Scene.HOST, Map.of("Role", "web"));
            }),
        first(
            "A host registers anew, under another id",
            ENTER,
            NOTHING,
            scene -> {
              scene.enrol(Scene.HOST, Map.of("Role", "web"));
              scene.create(to -> to);
              scene.passUntil("01:20");
              scene.ran();
              scene.host().kill();
              scene.enrol(Scene.OTHER, Map.of("Role", "web"));
            }),
        first(
            "An instance gets a tag by which it matches",
            ENTER,
            NOTHING,
            scene -> {
              scene.enrol(Scene.HOST, Map.of("Role", "none"));
              scene.create(to -> to);
              scene.passUntil("01:20");
              scene.tag("web");
            }),
        first(
            "The targets are edited, and an instance comes in",
            ENTER,
            NOTHING,
            scene -> {
              scene.enrol(Scene.HOST, Map.of("Role", "db"));
              scene.create(to -> to);
              scene.passUntil("01:20");
              scene.update(to -> to.addTargets(Scene.tagged("web", "db")), "targets");
            }),
        row(
            "The targets are edited, and the instance stays in",
            NOTHING,
            NOTHING,
            scene -> scene.update(to -> to.addTargets(Scene.tagged("web", "db")), "targets")),
        last("An instance leaves the targets", NOTHING, NOTHING, scene -> scene.tag("none")),
        row(
            "An instance leaves the targets and comes back",
            ENTER,
            NOTHING,
            scene -> {
              scene.tag("none");
              scene.pass(Duration.ofMinutes(5));
              scene.tag("web");
            }));
  }

  private static List<Row> absences() {
    return List.of(
        row("A tick comes", TICK, TICK, scene -> scene.passUntil("02:10")),
        row(
            "A tick comes while the instance can't reach the coordinator",
            TICK,
            TICK,
            scene -> {
              scene.cutOff(Duration.ofMinutes(60));
              scene.passUntil("02:30");
            }),
        row(
            "A host was off for three ticks",
            "tick that makes up for 3",
            "tick that makes up for 3",
            scene -> {
              scene.host().kill();
              scene.passUntil("04:20");
              scene.host().start();
            }),
        row(
            "A host was off for 40 days",
            "tick that makes up for 744",
            "tick that makes up for 744",
            scene -> {
              scene.host().kill();
              scene.pass(Duration.ofDays(40));
              scene.host().start();
            }),
        row(
            "Its parameters were edited while a host was off",
            "tick that makes up for 3, change",
            "tick that makes up for 3",
            scene -> {
              scene.host().kill();
              scene.passUntil("03:20");
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.passUntil("04:20");
              scene.host().start();
            }),
        row(
            "Its parameters were edited, and a host was off for 40 days after that",
            "tick that makes up for 744, enter",
            "tick that makes up for 744",
            scene -> {
              scene.host().kill();
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.pass(Duration.ofDays(40));
              scene.host().start();
            }));
  }

  private static List<Row> calendars() {
    return List.of(
        calendar(
            "A tick comes while a calendar is closed",
            "tick Skipped/CalendarClosed",
            "tick Skipped/CalendarClosed",
            scene -> scene.passUntil("02:10")),
        calendar(
            "Its parameters are edited while a calendar is closed",
            "tick Skipped/CalendarClosed, change",
            "tick Skipped/CalendarClosed",
            scene -> {
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.passUntil("02:40");
            }),
        calendar(
            "The same, and the instance can't reach the coordinator when it opens",
            "tick Skipped/CalendarClosed, change",
            "tick Skipped/CalendarClosed",
            scene -> {
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.pass(Duration.ofMinutes(5));
              scene.cutOff(Duration.ofMinutes(70));
              scene.passUntil("02:39");
            }),
        calendar(
            "An instance comes in while a calendar is closed",
            "tick Skipped/CalendarClosed, enter",
            "tick Skipped/CalendarClosed",
            scene -> {
              scene.tag("none");
              scene.pass(Duration.ofMinutes(1));
              scene.tag("web");
              scene.passUntil("02:40");
            }),
        calendar(
            "A host was off while a calendar was closed",
            "tick Skipped/CalendarClosed, tick that makes up for 1",
            "tick Skipped/CalendarClosed, tick that makes up for 1",
            scene -> {
              scene.host().kill();
              scene.passUntil("03:20");
              scene.host().start();
            }),
        calendar(
            "Somebody starts it by hand while a calendar is closed",
            NOTHING,
            NOTHING,
            scene ->
                assertEquals(
                    false,
                    Admin.call(scene.associations()::startAssociationsOnce, byHand(false))
                        .isPresent())),
        calendar(
            "Somebody starts it by hand all the same, with ignore_calendars",
            "manual",
            "manual",
            scene ->
                Scene.must(Admin.call(scene.associations()::startAssociationsOnce, byHand(true)))),
        row(
            "A calendar of it gets a new version",
            NOTHING,
            NOTHING,
            scene -> {
              scene.calendar("quiet", "12:00", "13:00");
              scene.update(to -> to.addCalendarNames("quiet"), "calendar_names");
              Scene.must(
                  Admin.call(
                      scene.documents()::updateDocument,
                      UpdateDocumentRequest.newBuilder()
                          .setName("quiet")
                          .setContent(Scene.closed("14:00", "15:00"))
                          .build()));
              Scene.must(
                  Admin.call(
                      scene.documents()::updateDocumentDefaultVersion,
                      UpdateDocumentDefaultVersionRequest.newBuilder()
                          .setName("quiet")
                          .setDocumentVersion(2)
                          .build()));
            }));
  }

  /** The association obeys a calendar that is closed from 01:21 to 02:30. */
  private static Row calendar(
      String event, String then, String onlyAtTicks, Consumer<Scene> happens) {
    return new Row(
        event,
        then,
        onlyAtTicks,
        true,
        event.contains("by hand") ? "tick Skipped/CalendarClosed" : TICK,
        scene -> {
          scene.calendar("quiet", "01:21", "02:30");
          scene.update(to -> to.addCalendarNames("quiet"), "calendar_names");
          scene.passUntil("01:25");
          happens.accept(scene);
        });
  }

  private static List<Row> freezes() {
    return List.of(
        row(
            "A tick comes in a freeze",
            "tick Skipped/Frozen",
            "tick Skipped/Frozen",
            scene -> {
              freeze(scene, "02:30");
              scene.passUntil("02:10");
            }),
        row(
            "Its parameters are edited in a freeze",
            "tick Skipped/Frozen, change",
            "tick Skipped/Frozen",
            scene -> {
              freeze(scene, "02:30");
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.passUntil("02:40");
            }),
        row(
            "Its parameters are edited in a freeze, which somebody ends",
            CHANGE,
            NOTHING,
            scene -> {
              freeze(scene, "05:30");
              scene.update(to -> to.setParameters(Scene.message("new")), "parameters");
              scene.pass(Duration.ofMinutes(5));
              assertEquals(List.of(), scene.ran());
              Scene.must(
                  Admin.call(
                      scene.associations()::clearFreeze, ClearFreezeRequest.getDefaultInstance()));
            }),
        row(
            "Somebody starts it by hand in a freeze",
            "manual",
            "manual",
            scene -> {
              freeze(scene, "01:40");
              start(scene);
            }),
        row(
            "A host was off in a freeze",
            "tick Skipped/Frozen",
            "tick Skipped/Frozen",
            scene -> {
              freeze(scene, "03:10");
              scene.pass(Duration.ofMinutes(1));
              scene.host().kill();
              scene.passUntil("03:20");
              scene.host().start();
            }));
  }

  private static void freeze(Scene scene, String until) {
    Scene.must(
        Admin.call(
            scene.associations()::setFreeze,
            SetFreezeRequest.newBuilder()
                .setReason("the move")
                .setUntil(Times.toProto(Scene.at(until)))
                .build()));
  }

  private static void newVersion(Scene scene, String document) {
    Scene.must(
        Admin.call(
            scene.documents()::updateDocument,
            UpdateDocumentRequest.newBuilder()
                .setName(document)
                .setContent(Scene.text("2"))
                .build()));
  }

  private static StartAssociationsOnceRequest byHand(boolean ignoreCalendars) {
    return StartAssociationsOnceRequest.newBuilder()
        .addAssociationIds(Scene.ASSOCIATION)
        .setIgnoreCalendars(ignoreCalendars)
        .build();
  }

  private static void start(Scene scene) {
    Scene.must(Admin.call(scene.associations()::startAssociationsOnce, byHand(false)));
  }

  @TestFactory
  List<DynamicTest> eachCellOfTheTable() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : rows()) {
      tests.add(
          DynamicTest.dynamicTest(row.event + ": " + row.then, () -> live(row, false, row.then)));
      tests.add(
          DynamicTest.dynamicTest(
              row.event + ", with apply_only_at_cron_interval: " + row.onlyAtTicks,
              () -> live(row, true, row.onlyAtTicks)));
    }
    return tests;
  }

  private void live(Row row, boolean onlyAtTicks, String expected) throws IOException {
    Path own = Files.createTempDirectory(folder, "scene");
    try (Scene scene = row.begun ? Scene.begun(own, onlyAtTicks) : new Scene(own, onlyAtTicks)) {
      row.happens.accept(scene);
      scene.pass(Duration.ofMinutes(15));
      assertEquals(expected, words(scene.ran()), scene::lastLines);

      scene.passToNextTick();
      assertEquals(row.next, words(scene.ran()), "the next tick");
    }
  }

  private static String words(List<String> runs) {
    return runs.isEmpty() ? NOTHING : String.join(", ", runs);
  }

  @Test
  void theTableOfThePageIsThisOne() throws IOException {
    List<String> expected = new ArrayList<>();
    for (Row row : rows()) {
      expected.add("| " + row.event + " | " + row.then + " | " + row.onlyAtTicks + " |");
    }
    List<String> page = Files.readAllLines(PAGE);
    int begin = page.indexOf("| what happens | what runs | with `apply_only_at_cron_interval` |");
    List<String> table =
        page.subList(begin + 2, page.size()).stream()
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertEquals(String.join("\n", expected), String.join("\n", table));
  }

  @Test
  void aDeletedDocumentIsToldOfOnce() throws IOException {
    try (Scene scene = Scene.begun(folder, false)) {
      Scene.must(
          Admin.call(
              scene.documents()::deleteDocument,
              DeleteDocumentRequest.newBuilder().setName("work").setForce(true).build()));
      assertEquals("Failed/InvalidDocument", scene.standing());
    }
  }
}
