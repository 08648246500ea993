package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
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

  /**
   * One edit of an association of which A and B are members and C is none, and what comes of it.
   *
   * @param given what the association has beside what all have
   * @param runs the executions that it makes, each with its targets: {@code change AB}
   * @param members afterwards
   * @param events that it appends
   * @param versions how many more there are
   * @param created what the targets of the execution at its creation read afterwards; empty if it
   *     made none
   * @param ticksFromNow whether ticks count from the edit only
   * @param audit the method in the audit trail
   */
  private record Row(
      String name,
      UnaryOperator<Association.Builder> given,
      Consumer<Scene> edit,
      List<String> runs,
      String members,
      List<String> events,
      int versions,
      String created,
      boolean ticksFromNow,
      String audit) {}

  private static final String PENDING = "Pending/Scheduled";
  private static final String SUPERSEDED = "Skipped/Superseded";

  @TestFactory
  List<DynamicTest> whatAnEditRuns() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(editsThatRunNothing());
    rows.addAll(editsOfWhatIsExecuted());
    rows.addAll(editsOfTargets());
    rows.addAll(editsOfWhenItRuns());
    rows.addAll(changesOfWhatItRestsOn());
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      int number = i;
      tests.add(DynamicTest.dynamicTest(row.name, () -> check(number, row)));
    }
    return tests;
  }

  private static Row update(
      String name,
      UnaryOperator<Association.Builder> to,
      String field,
      List<String> runs,
      String created) {
    return updateGiven(name, b -> b, to, field, runs, "AB", created, false);
  }

  private static Row updateGiven(
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
    return new Row(
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

  private static List<Row> editsThatRunNothing() {
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
        new Row(
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

  private static List<Row> editsOfWhatIsExecuted() {
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
            "parameters", b -> b.setParameters(message("new")), "parameters", changed, SUPERSEDED),
        update(
            "the mode",
            b -> b.setMode(AssociationMode.ASSOCIATION_MODE_AUDIT),
            "mode",
            changed,
            SUPERSEDED),
        updateGiven(
            "parameters, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            b -> b.setParameters(message("new")),
            "parameters",
            List.of(),
            "AB",
            "",
            false),
        updateGiven(
            "parameters, disabled",
            b -> b.setEnabled(false),
            b -> b.setParameters(message("new")),
            "parameters",
            List.of(),
            "AB",
            "",
            false));
  }

  private static List<Row> editsOfTargets() {
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
            b -> b.clearTargets().addTargets(Fleet.all()).setParameters(message("new")),
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

  private static List<Row> editsOfWhenItRuns() {
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
            b -> b.setParameters(message("new")),
            "enabled,parameters",
            List.of("change AB"),
            "AB",
            "",
            true));
  }

  private static Row outside(
      String name,
      UnaryOperator<Association.Builder> given,
      Consumer<Scene> edit,
      List<String> runs,
      String members,
      List<String> events,
      String created,
      String audit) {
    return new Row(name, given, edit, runs, members, events, 0, created, false, audit);
  }

  private static List<Row> changesOfWhatItRestsOn() {
    UnaryOperator<Association.Builder> same = b -> b;
    List<String> nothing = List.of();
    List<String> changed = List.of("change AB");
    return List.of(
        outside(
            "the document's default moved",
            same,
            scene -> scene.moveDefault(2),
            changed,
            "AB",
            List.of("DocumentDefaultMoved", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "UpdateDocumentDefaultVersion"),
        outside(
            "the document's default moved, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            scene -> scene.moveDefault(2),
            nothing,
            "AB",
            List.of("DocumentDefaultMoved", "RevisionChanged"),
            "",
            "UpdateDocumentDefaultVersion"),
        outside(
            "a new version of the document",
            same,
            scene -> scene.newVersion("third"),
            nothing,
            "AB",
            List.of("DocumentUpdated"),
            PENDING,
            "UpdateDocument"),
        outside(
            "a new version of a document whose newest is followed",
            b -> b.setDocumentVersion("$LATEST"),
            scene -> scene.newVersion("third"),
            changed,
            "AB",
            List.of("DocumentUpdated", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "UpdateDocument"),
        outside(
            "the document deleted all the same",
            same,
            Scene::deleteDocument,
            changed,
            "AB",
            List.of("DocumentDeleted", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "DeleteDocument"),
        outside(
            "a stored parameter's value",
            same,
            scene -> scene.put("two"),
            changed,
            "AB",
            List.of("ParameterPut", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "PutParameter"),
        outside(
            "a stored parameter's value put again",
            same,
            scene -> scene.put("one"),
            nothing,
            "AB",
            List.of("ParameterPut"),
            PENDING,
            "PutParameter"),
        outside(
            "a stored parameter's value that is disabled",
            b -> b.setEnabled(false),
            scene -> scene.put("two"),
            nothing,
            "AB",
            List.of("ParameterPut", "RevisionChanged"),
            "",
            "PutParameter"),
        outside(
            "a tag that names another instance",
            same,
            scene -> scene.tag(scene.c),
            List.of("enter C"),
            "ABC",
            List.of("InstanceTagged", "ExecutionStarted"),
            PENDING,
            "AddTagsToResource"),
        outside(
            "a tag that names another instance, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            scene -> scene.tag(scene.c),
            nothing,
            "ABC",
            List.of("InstanceTagged"),
            "",
            "AddTagsToResource"),
        outside(
            "a tag of a member that says the same",
            same,
            scene -> scene.tag(scene.a),
            nothing,
            "AB",
            List.of("InstanceTagged"),
            PENDING,
            "AddTagsToResource"),
        outside(
            "a tag taken away",
            same,
            scene -> {
              scene.untag(scene.a);
              scene.untag(scene.b);
            },
            nothing,
            "",
            List.of("InstanceTagged", "InstanceTagged"),
            "Skipped/NotTargeted",
            "RemoveTagsFromResource"),
        outside(
            "instances deregistered",
            same,
            scene -> {
              scene.deregister(scene.a);
              scene.deregister(scene.b);
            },
            nothing,
            "",
            List.of("InstanceDeregistered", "InstanceDeregistered"),
            "Skipped/NotTargeted",
            "DeregisterManagedInstance"),
        outside(
            "deleted",
            same,
            Scene::delete,
            nothing,
            "",
            List.of("AssociationDeleted"),
            "Skipped/AssociationDeleted",
            "DeleteAssociation"));
  }

  private void check(int number, Row row) {
    Scene scene = new Scene(fleet, number, row.given);
    Associations.Association before = fleet.row(scene.association);
    List<AssociationExecution> executionsBefore = fleet.executions(scene.association);
    assertEquals(
        row.created.isEmpty() ? List.of() : List.of("change AB"),
        executionsBefore.stream().map(scene::described).toList(),
        "at its creation");
    long position = fleet.store.position();
    fleet.advance(Duration.ofMinutes(1));

    row.edit.accept(scene);

    Associations.Association after = fleet.row(scene.association);
    List<AssociationExecution> executions = fleet.executions(scene.association);
    List<AssociationExecution> made =
        executions.subList(0, executions.size() - executionsBefore.size());
    assertEquals(row.runs, made.stream().map(scene::described).toList(), "runs");
    for (InstanceId instance : row.created.isEmpty() ? List.<InstanceId>of() : scene.first()) {
      assertEquals(
          row.created,
          fleet.standing(scene.association, executionsBefore.getFirst().getExecutionId(), instance),
          "what was asked for at its creation");
    }
    assertEquals(row.members, scene.letters(fleet.members(scene.association)), "members");
    assertEquals(
        row.events,
        fleet.eventsAfter(position).stream().map(EventLog.Event::type).toList(),
        "events");
    assertEquals(before.version() + row.versions, after.version(), "versions");
    assertEquals(
        row.ticksFromNow ? fleet.timers.now() : before.effectiveFrom(),
        after.effectiveFrom(),
        "ticks count from");
    assertEquals(row.audit, fleet.newestAudit().method());
    scene.end();
  }

  private static Struct message(String text) {
    return Struct.newBuilder()
        .putFields("Message", Value.newBuilder().setStringValue(text).build())
        .build();
  }

  /** An association with a document, a stored parameter and three instances of its own. */
  private static final class Scene {
    private final Fleet fleet;
    private final String mark;
    private final String document;
    private final InstanceId a;
    private final InstanceId b;
    private final InstanceId c;
    private final String association;

    Scene(Fleet fleet, int number, UnaryOperator<Association.Builder> given) {
      this.fleet = fleet;
      this.mark = "row-" + number;
      this.document = "document-" + number;
      if (number == 0) {
        fleet.createDocument("another-document", "another");
      }
      fleet.createDocument(document, "first");
      newVersion("second");
      fleet.putParameter(mark, "one");
      a = fleet.enrol(10 * number + 1, Map.of(mark, "yes"));
      b = fleet.enrol(10 * number + 2, Map.of(mark, "yes"));
      c = fleet.enrol(10 * number + 3, Map.of());
      association =
          fleet
              .create(
                  given
                      .apply(
                          Association.newBuilder()
                              .setName(document)
                              .setAssociationName(mark)
                              .setParameters(message())
                              .addTargets(Fleet.tag(mark, "yes"))
                              .setScheduleExpression("rate(30 minutes)")
                              .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH))
                      .build())
              .getAssociationId();
    }

    Struct message() {
      return EditsTest.message("{{ssm:" + mark + "}}");
    }

    List<InstanceId> first() {
      return List.of(a, b);
    }

    UpdateAssociationResponse update(UnaryOperator<Association.Builder> to, String fields) {
      return fleet.call(
          fleet.associations::updateAssociation,
          UpdateAssociationRequest.newBuilder()
              .setAssociationId(association)
              .setAssociation(to.apply(Association.newBuilder()))
              .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(fields.split(","))))
              .build());
    }

    void newVersion(String marker) {
      fleet.call(
          fleet.documents::updateDocument,
          UpdateDocumentRequest.newBuilder()
              .setName(document)
              .setContent(Fleet.document(marker))
              .build());
    }

    void moveDefault(int version) {
      fleet.call(
          fleet.documents::updateDocumentDefaultVersion,
          UpdateDocumentDefaultVersionRequest.newBuilder()
              .setName(document)
              .setDocumentVersion(version)
              .build());
    }

    void deleteDocument() {
      fleet.call(
          fleet.documents::deleteDocument,
          DeleteDocumentRequest.newBuilder().setName(document).setForce(true).build());
      String execution = fleet.executions(association).getFirst().getExecutionId();
      assertEquals("Failed/InvalidDocument", fleet.standing(association, execution, a));
    }

    void put(String value) {
      fleet.putParameter(mark, value);
    }

    void tag(InstanceId instance) {
      fleet.call(
          fleet.instances::addTagsToResource,
          AddTagsToResourceRequest.newBuilder()
              .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
              .setResourceId(instance.value())
              .putTags(mark, "yes")
              .build());
    }

    void untag(InstanceId instance) {
      fleet.call(
          fleet.instances::removeTagsFromResource,
          RemoveTagsFromResourceRequest.newBuilder()
              .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
              .setResourceId(instance.value())
              .addTagKeys(mark)
              .build());
    }

    void deregister(InstanceId instance) {
      fleet.call(
          fleet.instances::deregisterManagedInstance,
          DeregisterManagedInstanceRequest.newBuilder().setInstanceId(instance.value()).build());
    }

    void delete() {
      fleet.call(
          fleet.associations::deleteAssociation,
          DeleteAssociationRequest.newBuilder().setAssociationId(mark).build());
    }

    /** {@code change AB}: the trigger's kind and the targets. */
    String described(AssociationExecution execution) {
      Set<InstanceId> targets = new TreeSet<>();
      fleet
          .targets(association, execution.getExecutionId())
          .forEach(target -> targets.add(new InstanceId(target.getResourceId())));
      assertEquals(execution.getTargetCount(), targets.size());
      return execution.getTrigger().substring(0, execution.getTrigger().indexOf(':'))
          + " "
          + letters(targets);
    }

    String letters(Set<InstanceId> instances) {
      return (instances.contains(a) ? "A" : "")
          + (instances.contains(b) ? "B" : "")
          + (instances.contains(c) ? "C" : "");
    }

    /** Nothing of it is left that would concern the next. */
    void end() {
      if (fleet.row(association).deleted().isEmpty()) {
        fleet.call(
            fleet.associations::deleteAssociation,
            DeleteAssociationRequest.newBuilder().setAssociationId(association).build());
      }
      for (InstanceId instance : List.of(a, b, c)) {
        if (fleet.online.remove(instance)) {
          fleet.store.write(
              write -> dev.holdfast.coordinator.store.Instances.deregister(write, instance));
        }
      }
    }
  }
}
