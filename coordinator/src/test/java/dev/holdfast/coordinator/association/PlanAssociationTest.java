package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.FieldDifference;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.PlanAssociationResponse;
import dev.holdfast.wire.v1.PlannedTarget;
import dev.holdfast.wire.v1.Warning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an association would do before it is saved. */
final class PlanAssociationTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private GroupScene scene;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId web;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId db;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 2);
    fleet.createDocument("say-it", "first");
    scene = new GroupScene(fleet);
    web = fleet.enrol(1, Map.of("Role", "web"));
    db = fleet.enrol(2, Map.of("Role", "db"));
    scene.says(web, "Linux", "Debian GNU/Linux", "13");
    scene.says(db, "Windows", "Windows Server", "2022");
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void aNewOneIsPlannedAndNothingIsStored() {
    fleet.online.remove(db);
    long position = fleet.store.position();
    PlanAssociationResponse plan =
        plan(
            PlanAssociationRequest.newBuilder()
                .setAssociation(
                    say()
                        .setScheduleExpression("cron(0 8 * * ? *)")
                        .setScheduleTimezone("Europe/Berlin")
                        .addTargets(Fleet.tag("Role", "web", "db")))
                .setNextRunCount(2)
                .setTimezone("Asia/Tokyo"));

    assertEquals(
        List.of(
            target(web, "ENTERS", PingStatus.PING_STATUS_ONLINE, "tag:Role=web"),
            target(db, "ENTERS", PingStatus.PING_STATUS_CONNECTION_LOST, "tag:Role=db")),
        plan.getTargetsList());
    assertEquals(2, plan.getTargetCount());
    assertEquals(2, plan.getEnterCount());
    assertEquals(1, plan.getOfflineCount());
    assertTrue(plan.getWouldRunNow());
    assertEquals(2, plan.getRunNowCount());
    assertEquals("", plan.getRefusal());
    assertEquals(
        List.of("2026-11-25T16:00:00+09:00", "2026-11-26T16:00:00+09:00"),
        plan.getNextRunsLocalList());
    assertEquals(2, plan.getNextRunsCount());
    assertEquals(List.of(), plan.getDifferenceList());
    assertFalse(plan.getPermits().hasConcurrency());
    assertEquals(position, fleet.store.position());
    assertEquals(position, fleet.store.<Long>read(EventLog::newest));
  }

  @Test
  void anEditSaysWhoComesWhoGoesWhoStaysAndWhatDiffers() {
    String id = fleet.create(say().addTargets(Fleet.tag("Role", "web")).build()).getAssociationId();
    InstanceId more = fleet.enrol(3, Map.of("Role", "web"));
    int version = fleet.row(id).version();

    PlanAssociationResponse plan =
        plan(
            PlanAssociationRequest.newBuilder()
                .setAssociationId(id)
                .setAssociation(
                    Association.newBuilder()
                        .addTargets(Fleet.ids(more, db))
                        .setScheduleExpression("rate(1 hour)"))
                .setUpdateMask(
                    FieldMask.newBuilder().addPaths("targets").addPaths("schedule_expression")));

    assertEquals(
        List.of(db + " ENTERS", web + " LEAVES", more + " STAYS"),
        plan.getTargetsList().stream()
            .map(target -> target.getInstanceId() + " " + target.getChange())
            .toList());
    assertEquals(2, plan.getTargetCount());
    assertEquals(1, plan.getLeaveCount());
    assertEquals(1, plan.getStayCount());
    assertEquals(1, plan.getRunNowCount(), "who comes in runs, who stays does not");
    assertEquals(
        List.of("targets", "schedule_expression"),
        plan.getDifferenceList().stream().map(FieldDifference::getField).toList());
    assertEquals("", plan.getDifference(1).getBefore());
    assertEquals("\"rate(1 hour)\"", plan.getDifference(1).getAfter());
    assertEquals(version, fleet.row(id).version());
  }

  @Test
  void whatIsInForceCanBePlannedAgainAndWouldRunNothing() {
    String id = fleet.create(say().addTargets(Fleet.all()).build()).getAssociationId();

    PlanAssociationResponse plan = plan(PlanAssociationRequest.newBuilder().setAssociationId(id));

    assertFalse(plan.getWouldRunNow());
    assertEquals(2, plan.getStayCount());
    assertEquals(List.of(), plan.getDifferenceList());
  }

  @Test
  void aNewParameterValueRunsOnAllAndIsToldByItsName() {
    String id = fleet.create(say().addTargets(Fleet.all()).build()).getAssociationId();

    PlanAssociationResponse plan =
        plan(
            PlanAssociationRequest.newBuilder()
                .setAssociationId(id)
                .setAssociation(say().setParameters(message("hello")).addTargets(Fleet.all())));

    assertEquals(2, plan.getRunNowCount());
    assertEquals("parameters.Message", plan.getDifference(0).getField());
    assertEquals("\"hello\"", plan.getDifference(0).getAfter());
    assertEquals(1, plan.getDifferenceCount());
  }

  @Test
  void tooManyAtOnceIsSaidAsCreateWouldSayIt() {
    InstanceId more = fleet.enrol(3, Map.of());
    Association.Builder all = say().addTargets(Fleet.all());

    PlanAssociationResponse plan = plan(PlanAssociationRequest.newBuilder().setAssociation(all));
    String refused =
        fleet
            .refused(
                fleet.associations::createAssociation,
                CreateAssociationRequest.newBuilder().setAssociation(all).build())
            .message();

    assertEquals(refused, plan.getRefusal());
    assertTrue(refused.contains("3 instances"), refused);
    assertEquals(
        "",
        plan(PlanAssociationRequest.newBuilder().setAssociation(all).setAcknowledgeTargets(3))
            .getRefusal());
    assertEquals(3, plan.getTargetCount(), more.toString());
  }

  @Test
  void aPlanIsRefusedForAllThatIsWrongAtOnce() {
    Fleet.Refused refused =
        fleet.refused(
            fleet.associations::planAssociation,
            PlanAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("nothing-there")
                        .setScheduleExpression("cron(nonsense)")
                        .addTargets(Fleet.tag("", "x")))
                .setNextRunCount(101)
                .setTimezone("Mars/Olympus")
                .build());
    Fleet.Refused created =
        fleet.refused(
            fleet.associations::createAssociation,
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("nothing-there")
                        .setScheduleExpression("cron(nonsense)")
                        .addTargets(Fleet.tag("", "x")))
                .build());

    assertEquals(created.reason(), refused.reason());
    List<String> fields = new ArrayList<>(created.findings().keySet());
    fields.addAll(List.of("next_run_count", "timezone"));
    assertEquals(
        fields.stream().sorted().toList(), refused.findings().keySet().stream().sorted().toList());
    assertEquals(
        "ValidationError",
        fleet
            .refused(
                fleet.associations::planAssociation, PlanAssociationRequest.getDefaultInstance())
            .reason());
  }

  @Test
  void pastedParametersAndPlatformsThatDoNotFitAreWarnedOf() {
    document(
        "paste",
        """
        schemaVersion: "2.2"
        parameters:
          Word:
            type: String
        mainSteps:
        - action: aws:runShellScript
          name: say
          inputs:
            runCommand: [ "echo {{ Word }}" ]
        """);
    List<Warning> warnings =
        plan(PlanAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("paste")
                        .setParameters(
                            Struct.newBuilder()
                                .putFields("Word", Value.newBuilder().setStringValue("x").build()))
                        .addTargets(Fleet.all())))
            .getWarningsList();

    assertEquals(
        List.of("PastedParameter", "PlatformMismatch"),
        warnings.stream().map(Warning::getCode).toList());
    assertTrue(warnings.get(0).getMessage().contains("'Word'"), warnings.toString());
    assertTrue(
        warnings.get(1).getMessage().contains("Windows, which 1 target is"), warnings.toString());
  }

  @Test
  void twoThatKeepTheSameOnTheSameInstanceAreWarnedOfAndOthersNot() {
    document("motd", state("/etc/motd"));
    document("issue", state("/etc/issue"));
    fleet.create(
        Association.newBuilder()
            .setName("motd")
            .setAssociationName("first-motd")
            .addTargets(Fleet.tag("Role", "web"))
            .build());

    assertEquals(
        List.of("the association first-motd keeps the same on 1 instance: /etc/motd"),
        same("motd", Fleet.all()));
    assertEquals(List.of(), same("motd", Fleet.tag("Role", "db")));
    assertEquals(List.of(), same("issue", Fleet.all()));
  }

  @Test
  void disabledAndTickOnlyOnesRunNothingAtOnce() {
    assertFalse(
        plan(PlanAssociationRequest.newBuilder()
                .setAssociation(say().setEnabled(false).addTargets(Fleet.all())))
            .getWouldRunNow());
    PlanAssociationResponse ticks =
        plan(
            PlanAssociationRequest.newBuilder()
                .setAssociation(
                    say()
                        .setScheduleExpression("rate(30 minutes)")
                        .setApplyOnlyAtCronInterval(true)
                        .addTargets(Fleet.all())));
    assertFalse(ticks.getWouldRunNow());
    assertEquals(PlanRuns.RUNS, ticks.getNextRunsCount());
    assertEquals("2026-11-24T12:30:00Z", ticks.getNextRunsLocal(0));
  }

  @Test
  void anEditedRateCountsFromItsAnchor() {
    String id =
        fleet
            .create(say().setScheduleExpression("rate(1 hour)").addTargets(Fleet.all()).build())
            .getAssociationId();
    fleet.advance(Duration.ofMinutes(90));

    assertEquals(
        "2026-11-24T14:00:00Z",
        plan(PlanAssociationRequest.newBuilder().setAssociationId(id)).getNextRunsLocal(0));
  }

  private List<String> same(String document, dev.holdfast.wire.v1.Target target) {
    return plan(
            PlanAssociationRequest.newBuilder()
                .setAssociation(Association.newBuilder().setName(document).addTargets(target)))
        .getWarningsList()
        .stream()
        .filter(warning -> warning.getCode().equals("SameResource"))
        .map(Warning::getMessage)
        .toList();
  }

  private PlanAssociationResponse plan(PlanAssociationRequest.Builder request) {
    return fleet.call(fleet.associations::planAssociation, request.build());
  }

  private void document(String name, String content) {
    fleet.call(
        fleet.documents::createDocument,
        CreateDocumentRequest.newBuilder().setName(name).setContent(content).build());
  }

  private static String state(String path) {
    return """
    schemaVersion: "2.2"
    mainSteps:
    - action: state:file
      name: keep
      inputs:
        path: %s
        content: kept
    """
        .formatted(path);
  }

  private static Association.Builder say() {
    return Association.newBuilder().setName("say-it");
  }

  private static Struct message(String text) {
    return Struct.newBuilder()
        .putFields("Message", Value.newBuilder().setStringValue(text).build())
        .build();
  }

  private static PlannedTarget target(
      InstanceId id, String change, PingStatus status, String... matchedBy) {
    return PlannedTarget.newBuilder()
        .setInstanceId(id.value())
        .setChange(change)
        .setPingStatus(status)
        .addAllMatchedBy(List.of(matchedBy))
        .build();
  }
}
