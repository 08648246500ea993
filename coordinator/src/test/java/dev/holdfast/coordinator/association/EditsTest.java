package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What an edit does: one row a kind of edit. */
final class EditsTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private static final String PENDING = "Pending/Scheduled";
  private static final String SUPERSEDED = "Skipped/Superseded";

  @TestFactory
  List<DynamicTest> whatAnEditRuns() {
    List<EditRow> rows = new ArrayList<>();
    rows.addAll(editsThatRunNothing());
    rows.addAll(editsOfWhatIsExecuted());
    rows.addAll(editsOfTargets());
    rows.addAll(editsOfWhenItRuns());
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      EditRow row = rows.get(i);
      int number = i;
      tests.add(DynamicTest.dynamicTest(row.name(), () -> row.check(fleet, number)));
    }
    return tests;
  }

  private static EditRow update(
      String name,
      UnaryOperator<Association.Builder> to,
      String field,
      List<String> runs,
      String created) {
    return updateGiven(name, b -> b, to, field, runs, "AB", created, false);
  }

  private static EditRow updateGiven(
      String name,
      UnaryOperator<Association.Builder> given,
      UnaryOperator<Association.Builder> to,
      String fields,
      List<String> runs,
      String members,
      String created,
      boolean ticksFromNow) {
    List<String> events = new ArrayList<>(List.of("AssociationUpdated"));
    runs.forEach(_ -> events.add("ExecutionStarted"));
    return new EditRow(
        name,
        given,
        scene -> assertTrue(scene.update(to, fields).getChanged()),
        runs,
        members,
        events,
        1,
        created,
        ticksFromNow,
        "UpdateAssociation");
  }

  private static List<EditRow> editsThatRunNothing() {
    return List.of(
        update(
            "the name", b -> b.setAssociationName("other"), "association_name", List.of(), PENDING),
        update(
            "the severity",
            b -> b.setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_LOW),
            "compliance_severity",
            List.of(),
            PENDING),
        update(
            "the splay",
            b -> b.setScheduleSplaySeconds(60),
            "schedule_splay_seconds",
            List.of(),
            PENDING),
        update("tags", b -> b.putTags("Owner", "ann"), "tags", List.of(), PENDING),
        update(
            "apply_only_at_cron_interval set",
            b -> b.setApplyOnlyAtCronInterval(true),
            "apply_only_at_cron_interval",
            List.of(),
            PENDING),
        updateGiven(
            "apply_only_at_cron_interval reset",
            b -> b.setApplyOnlyAtCronInterval(true),
            b -> b,
            "apply_only_at_cron_interval",
            List.of(),
            "AB",
            "",
            false),
        new EditRow(
            "nothing at all",
            b -> b,
            scene -> {
              UpdateAssociationResponse response =
                  scene.update(
                      b ->
                          b.setMode(AssociationMode.ASSOCIATION_MODE_UNSPECIFIED)
                              .setDocumentVersion("$DEFAULT")
                              .clearEnabled()
                              .setParameters(scene.message()),
                      "mode,document_version,enabled,parameters");
              assertEquals(false, response.getChanged());
              assertEquals(1, response.getAssociationDescription().getAssociationVersion());
            },
            List.of(),
            "AB",
            List.of(),
            0,
            PENDING,
            false,
            "UpdateAssociation"));
  }

  private static List<EditRow> editsOfWhatIsExecuted() {
    List<String> changed = List.of("change AB");
    return List.of(
        update(
            "the document's version",
            b -> b.setDocumentVersion("2"),
            "document_version",
            changed,
            SUPERSEDED),
        update("the document", b -> b.setName("another-document"), "name", changed, SUPERSEDED),
        update(
            "parameters",
            b -> b.setParameters(EditScene.message("new")),
            "parameters",
            changed,
            SUPERSEDED),
        update(
            "the mode",
            b -> b.setMode(AssociationMode.ASSOCIATION_MODE_AUDIT),
            "mode",
            changed,
            SUPERSEDED),
        updateGiven(
            "parameters, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            b -> b.setParameters(EditScene.message("new")),
            "parameters",
            List.of(),
            "AB",
            "",
            false),
        updateGiven(
            "parameters, disabled",
            b -> b.setEnabled(false),
            b -> b.setParameters(EditScene.message("new")),
            "parameters",
            List.of(),
            "AB",
            "",
            false));
  }

  private static List<EditRow> editsOfTargets() {
    return List.of(
        updateGiven(
            "more targets",
            b -> b,
            b -> b.clearTargets().addTargets(Fleet.all()),
            "targets",
            List.of("enter C"),
            "ABC",
            PENDING,
            false),
        updateGiven(
            "fewer targets",
            b -> b,
            b -> b.clearTargets(),
            "targets",
            List.of(),
            "",
            "Skipped/NotTargeted",
            false),
        updateGiven(
            "more targets and parameters",
            b -> b,
            b -> b.clearTargets().addTargets(Fleet.all()).setParameters(EditScene.message("new")),
            "targets,parameters",
            List.of("change ABC"),
            "ABC",
            SUPERSEDED,
            false),
        updateGiven(
            "more targets, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            b -> b.clearTargets().addTargets(Fleet.all()),
            "targets",
            List.of(),
            "ABC",
            "",
            false),
        updateGiven(
            "more targets, disabled",
            b -> b.setEnabled(false),
            b -> b.clearTargets().addTargets(Fleet.all()),
            "targets",
            List.of(),
            "ABC",
            "",
            false));
  }

  private static List<EditRow> editsOfWhenItRuns() {
    return List.of(
        updateGiven(
            "the schedule",
            b -> b,
            b -> b.setScheduleExpression("rate(2 hours)"),
            "schedule_expression",
            List.of(),
            "AB",
            PENDING,
            true),
        updateGiven(
            "the time zone",
            b -> b,
            b -> b.setScheduleTimezone("Europe/Berlin"),
            "schedule_timezone",
            List.of(),
            "AB",
            PENDING,
            true),
        updateGiven(
            "disabled",
            b -> b,
            b -> b.setEnabled(false),
            "enabled",
            List.of(),
            "AB",
            "Skipped/Disabled",
            false),
        updateGiven(
            "enabled",
            b -> b.setEnabled(false),
            b -> b,
            "enabled",
            List.of("change AB"),
            "AB",
            "",
            true),
        updateGiven(
            "enabled, only at ticks",
            b -> b.setEnabled(false).setApplyOnlyAtCronInterval(true),
            b -> b,
            "enabled",
            List.of(),
            "AB",
            "",
            true),
        updateGiven(
            "enabled with other parameters: one run",
            b -> b.setEnabled(false),
            b -> b.setParameters(EditScene.message("new")),
            "enabled,parameters",
            List.of("change AB"),
            "AB",
            "",
            true));
  }
}
