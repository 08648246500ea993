package dev.holdfast.coordinator.association;

import static dev.holdfast.coordinator.association.GroupScene.BEGINS;
import static dev.holdfast.coordinator.association.GroupScene.NOT;
import static dev.holdfast.coordinator.association.GroupScene.filter;
import static dev.holdfast.coordinator.association.GroupScene.inGroup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.DescribeEffectiveInstanceAssociationsRequest;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.InstanceAssociation;
import dev.holdfast.wire.v1.InstanceAssociationStatusInfo;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.ListTagsForResourceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is said of instances, of what applies to them, and of associations by them. */
final class InstanceAnswersTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private GroupScene scene;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId a;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId b;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId c;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.createDocument("say-it", "first");
    scene = new GroupScene(fleet);
    a = fleet.enrol(1, Map.of("Role", "web", "Site", "kiel"));
    b = fleet.enrol(2, Map.of("Role", "db"));
    c = fleet.enrol(3, Map.of());
    scene.says(a, "Linux", "Debian GNU/Linux", "13");
    scene.says(b, "Windows", "Windows Server", "2022");
    scene.create("webs", filter("tag:Role", "web"));
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private record Asked(String name, String found, List<Filter> filters) {}

  @TestFactory
  List<DynamicTest> instancesAreFoundByEveryFilter() {
    String failing = scene.associate("failing", Fleet.tag("Role", "web", "db")).getAssociationId();
    String execution = fleet.executions(failing).getFirst().getExecutionId();
    fleet.report(execution, a, RunStatus.FAILED);
    fleet.report(execution, b, RunStatus.SUCCESS);
    fleet.online.remove(b);
    return List.of(
            new Asked("no filter", "abc", List.of()),
            new Asked(
                "ids", "ac", List.of(filter("InstanceIds", c.value(), a.value(), "mi-nobody"))),
            new Asked(
                "an id and a tag",
                "a",
                List.of(filter("InstanceIds", a.value(), b.value()), filter("tag:Role", "web"))),
            new Asked("not an id", "bc", List.of(filter("InstanceIds", NOT, a.value()))),
            new Asked("a tag", "a", List.of(filter("tag:Role", "web"))),
            new Asked("values of a tag", "ab", List.of(filter("tag:Role", "web", "db"))),
            new Asked("not the value of a tag", "bc", List.of(filter("tag:Role", NOT, "web"))),
            new Asked("the start of a value", "b", List.of(filter("tag:Role", BEGINS, "d"))),
            new Asked(
                "two tags", "a", List.of(filter("tag:Role", "web"), filter("tag:Site", "kiel"))),
            new Asked("a tag's key", "a", List.of(filter("tag-key", "Site"))),
            new Asked("online", "ac", List.of(filter("PingStatus", "Online"))),
            new Asked("away", "b", List.of(filter("PingStatus", "ConnectionLost"))),
            new Asked(
                "away by the enum",
                "b",
                List.of(filter("PingStatus", "PING_STATUS_CONNECTION_LOST"))),
            new Asked("a platform", "a", List.of(filter("PlatformTypes", "Linux"))),
            new Asked(
                "a platform by the enum",
                "b",
                List.of(filter("PlatformTypes", "PLATFORM_TYPE_WINDOWS"))),
            new Asked("a distribution", "a", List.of(filter("PlatformName", BEGINS, "Debian"))),
            new Asked("a version", "b", List.of(filter("PlatformVersion", "2022"))),
            new Asked("an agent", "ab", List.of(filter("AgentVersion", "1.0"))),
            new Asked("an activation", "abc", List.of(filter("ActivationIds", "a"))),
            new Asked("a host's name", "c", List.of(filter("ComputerName", "host3"))),
            new Asked("the name given", "", List.of(filter("Name", "web-1"))),
            new Asked("a kind", "abc", List.of(filter("ResourceType", "ManagedInstance"))),
            new Asked("another kind", "", List.of(filter("ResourceType", "EC2Instance"))),
            new Asked("what failed", "a", List.of(filter("AssociationStatus", "Failed"))),
            new Asked("what went well", "b", List.of(filter("AssociationStatus", "Success"))),
            new Asked("a group", "a", List.of(filter("resource-groups:Name", "webs"))),
            new Asked("not a group", "bc", List.of(filter("resource-groups:Name", NOT, "webs"))),
            new Asked(
                "a group that is not there", "", List.of(filter("resource-groups:Name", "x"))))
        .stream()
        .map(
            asked ->
                DynamicTest.dynamicTest(
                    asked.name,
                    () -> {
                      assertEquals(asked.found, letters(1, asked.filters), "a page each");
                      assertEquals(asked.found, letters(50, asked.filters));
                    }))
        .toList();
  }

  @Test
  void aFilterThatIsNotKnownIsRefusedWithThoseThatAre() {
    Fleet.Refused refused =
        fleet.refused(
            fleet.instances::describeInstanceInformation,
            DescribeInstanceInformationRequest.newBuilder()
                .addFilters(filter("IamRole", "x"))
                .build());

    assertEquals("InvalidFilterKey", refused.reason());
    assertTrue(
        refused.findings().getOrDefault("filters[0].key", "").contains("AssociationStatus"),
        refused.toString());
    assertEquals(
        "InvalidFilterOption",
        fleet
            .refused(
                fleet.instances::describeInstanceInformation,
                DescribeInstanceInformationRequest.newBuilder()
                    .addFilters(filter("resource-groups:Name", BEGINS, "w"))
                    .build())
            .reason());
  }

  @Test
  void theOverviewCountsWhatWaitsAndAClockThatIsOffIsACondition() {
    scene.associate("one", Fleet.all());
    String two = scene.associate("two", Fleet.all()).getAssociationId();
    fleet.report(fleet.executions(two).getFirst().getExecutionId(), a, RunStatus.SUCCESS);
    fleet.store.write(
        write -> {
          Instances.heard(
              write,
              a,
              new Instances.Host("1.0", "Linux", "D", "13", "h", "10.0.0.1", "b"),
              -61_000);
          return true;
        });

    InstanceInformation shown =
        fleet
            .call(
                fleet.instances::describeInstance,
                DescribeInstanceRequest.newBuilder().setInstanceId(a.value()).build())
            .getInstance();

    assertEquals("Pending", shown.getAssociationStatus());
    assertEquals(Map.of("Pending", 1, "Success", 1), shown.getAssociationOverviewMap());
    assertEquals("CLOCK_SKEW", shown.getConditions(0).getCode());
    assertEquals("its clock is 61 s behind", shown.getConditions(0).getMessage());
  }

  @Test
  void whoWaitsForAPermitIsShownSo() {
    String limited = scene.associate("limited", Fleet.all()).getAssociationId();
    fleet.online.add(a);
    assertEquals("Scheduled", statuses(a, 50).getFirst().getDetailedStatus());

    fleet.asking.add(
        Identity.runId(
            a,
            new AssociationId(limited),
            Trigger.parse(fleet.executions(limited).getFirst().getTrigger()).orElseThrow()));

    assertEquals("WaitingForPermit", statuses(a, 50).getFirst().getDetailedStatus());
  }

  @Test
  void whatAppliesToAnInstanceIsShownWithItsDocumentAndTheReason() {
    String group = scene.associate("group", inGroup("webs")).getAssociationId();
    String all = scene.associate("all", Fleet.all()).getAssociationId();
    scene.associate("others", Fleet.tag("Role", "db"));

    List<InstanceAssociation> effective = effective(a, 1);

    assertEquals(
        List.of(group, all),
        effective.stream().map(InstanceAssociation::getAssociationId).toList());
    assertEquals(List.of("resource-groups:Name=webs"), effective.getFirst().getMatchedByList());
    assertEquals(List.of("InstanceIds=*"), effective.get(1).getMatchedByList());
    assertEquals(Fleet.document("first"), effective.getFirst().getContent());
    assertEquals(1, effective.getFirst().getDocumentVersion());
    assertEquals(effective, effective(a, 50));
    assertEquals(
        "InvalidInstanceId",
        fleet
            .refused(
                fleet.instances::describeEffectiveInstanceAssociations,
                DescribeEffectiveInstanceAssociationsRequest.newBuilder()
                    .setInstanceId("mi-nobody")
                    .build())
            .reason());
  }

  @Test
  void howEachStandsIsItsNewestRunElseWhatIsAskedOfIt() {
    String ran = scene.associate("ran", Fleet.all()).getAssociationId();
    String execution = fleet.executions(ran).getFirst().getExecutionId();
    fleet.report(execution, a, RunStatus.TIMED_OUT);
    String asked = scene.associate("asked", Fleet.all()).getAssociationId();
    String ticks =
        scene
            .associate(
                "ticks",
                to -> to.setApplyOnlyAtCronInterval(true).setScheduleExpression("rate(1 day)"),
                Fleet.all())
            .getAssociationId();

    List<InstanceAssociationStatusInfo> infos = statuses(a, 1);

    assertEquals(
        List.of(ran, asked, ticks),
        infos.stream().map(InstanceAssociationStatusInfo::getAssociationId).toList());
    InstanceAssociationStatusInfo first = infos.getFirst();
    assertEquals("RUN_STATUS_TIMED_OUT", first.getStatus().name());
    assertEquals("TimedOut", first.getErrorCode());
    assertEquals("0 steps", first.getExecutionSummary());
    assertEquals("1", first.getDocumentVersion());
    assertEquals(execution, first.getExecutionId());
    assertEquals("ran", first.getAssociationName());
    assertTrue(first.hasExecutionDate() && !first.getRunId().isEmpty());
    assertEquals("RUN_STATUS_PENDING", infos.get(1).getStatus().name());
    assertEquals("Scheduled", infos.get(1).getDetailedStatus());
    assertEquals(
        fleet.executions(asked).getFirst().getExecutionId(), infos.get(1).getExecutionId());
    assertEquals("$DEFAULT", infos.get(1).getDocumentVersion());
    assertEquals("", infos.get(2).getExecutionId());
    assertEquals("RUN_STATUS_PENDING", infos.get(2).getStatus().name());
    fleet.online.remove(a);
    assertEquals(
        List.of("TimedOut", "Offline", "Offline"),
        statuses(a, 50).stream().map(InstanceAssociationStatusInfo::getDetailedStatus).toList());
  }

  @Test
  void associationsAreFoundByInstanceGroupAndTimeOfTheLastExecution() {
    String group = scene.associate("group", inGroup("webs")).getAssociationId();
    fleet.advance(Duration.ofHours(1));
    String all = scene.associate("all", Fleet.all()).getAssociationId();
    String never =
        scene
            .associate(
                "never",
                to -> to.setApplyOnlyAtCronInterval(true).setScheduleExpression("rate(1 day)"),
                Fleet.tag("Role", "db"))
            .getAssociationId();

    assertEquals(List.of(group, all), listed(filter("InstanceId", a.value())));
    assertEquals(List.of(all, never), listed(filter("InstanceId", b.value())));
    assertEquals(List.of(group, all, never), listed(filter("InstanceId", a.value(), b.value())));
    assertEquals(List.of(), listed(filter("InstanceId", "i-0cb2b964d3e14fd9f")));
    assertEquals(List.of(group), listed(filter("ResourceGroupName", "webs")));
    assertEquals(List.of(), listed(filter("ResourceGroupName", "web")));
    assertEquals(List.of(group), listed(filter("LastExecutedBefore", "2026-11-24T12:30:00Z")));
    assertEquals(List.of(all), listed(filter("LastExecutedAfter", "2026-11-24T13:30:00+01:00")));
    assertEquals(
        List.of(),
        listed(
            filter("LastExecutedAfter", "2026-11-24T12:30:00Z"),
            filter("ResourceGroupName", "webs")));
    for (Filter wrong :
        List.of(
            filter("LastExecutedAfter", "yesterday"),
            filter("LastExecutedAfter", "2026-11-24T12:30:00Z", "2026-11-24T12:31:00Z"),
            filter("LastExecutedBefore", NOT, "2026-11-24T12:30:00Z"))) {
      assertEquals(
          "InvalidFilterValue",
          fleet
              .refused(
                  fleet.associations::listAssociations,
                  ListAssociationsRequest.newBuilder().addFilters(wrong).build())
              .reason());
    }
  }

  @Test
  void documentsAndAssociationsHaveTagsTooAndNothingRunsByThem() {
    String id = scene.associate("keep", Fleet.all()).getAssociationId();
    long executions = fleet.executions(id).size();

    add(ResourceType.RESOURCE_TYPE_ASSOCIATION, "keep", Map.of("Team", "shops", "Cost", "7"));
    add(ResourceType.RESOURCE_TYPE_ASSOCIATION, "keep", Map.of("Team", "shops"));
    add(ResourceType.RESOURCE_TYPE_DOCUMENT, "say-it", Map.of("Team", "docs"));
    remove(ResourceType.RESOURCE_TYPE_ASSOCIATION, id, "Cost");

    assertEquals(Map.of("Team", "shops"), tags(ResourceType.RESOURCE_TYPE_ASSOCIATION, id));
    assertEquals(Map.of("Team", "docs"), tags(ResourceType.RESOURCE_TYPE_DOCUMENT, "say-it"));
    assertEquals(3, fleet.row(id).version());
    assertEquals(executions, fleet.executions(id).size());
    remove(ResourceType.RESOURCE_TYPE_DOCUMENT, "say-it", "Team");
    assertEquals(Map.of(), tags(ResourceType.RESOURCE_TYPE_DOCUMENT, "say-it"));
    assertEquals(
        "InvalidResourceType",
        fleet
            .refused(
                fleet.instances::listTagsForResource,
                ListTagsForResourceRequest.newBuilder().setResourceId(id).build())
            .reason());
    assertEquals(
        "AssociationDoesNotExist",
        fleet
            .refused(
                fleet.instances::listTagsForResource,
                ListTagsForResourceRequest.newBuilder()
                    .setResourceType(ResourceType.RESOURCE_TYPE_ASSOCIATION)
                    .setResourceId("nobody")
                    .build())
            .reason());
  }

  private void add(ResourceType type, String id, Map<String, String> tags) {
    fleet.call(
        fleet.instances::addTagsToResource,
        AddTagsToResourceRequest.newBuilder()
            .setResourceType(type)
            .setResourceId(id)
            .putAllTags(tags)
            .build());
  }

  private void remove(ResourceType type, String id, String key) {
    fleet.call(
        fleet.instances::removeTagsFromResource,
        RemoveTagsFromResourceRequest.newBuilder()
            .setResourceType(type)
            .setResourceId(id)
            .addTagKeys(key)
            .build());
  }

  private Map<String, String> tags(ResourceType type, String id) {
    return fleet
        .call(
            fleet.instances::listTagsForResource,
            ListTagsForResourceRequest.newBuilder().setResourceType(type).setResourceId(id).build())
        .getTagsMap();
  }

  private List<String> listed(Filter... filters) {
    return fleet
        .call(
            fleet.associations::listAssociations,
            ListAssociationsRequest.newBuilder().addAllFilters(List.of(filters)).build())
        .getAssociationsList()
        .stream()
        .map(description -> description.getAssociationId())
        .toList();
  }

  private List<InstanceAssociation> effective(InstanceId instance, int page) {
    List<InstanceAssociation> all = new ArrayList<>();
    String token = "";
    do {
      var answer =
          fleet.call(
              fleet.instances::describeEffectiveInstanceAssociations,
              DescribeEffectiveInstanceAssociationsRequest.newBuilder()
                  .setInstanceId(instance.value())
                  .setPageSize(page)
                  .setPageToken(token)
                  .build());
      all.addAll(answer.getAssociationsList());
      token = answer.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private List<InstanceAssociationStatusInfo> statuses(InstanceId instance, int page) {
    List<InstanceAssociationStatusInfo> all = new ArrayList<>();
    String token = "";
    do {
      var answer =
          fleet.call(
              fleet.instances::describeInstanceAssociationsStatus,
              DescribeInstanceAssociationsStatusRequest.newBuilder()
                  .setInstanceId(instance.value())
                  .setPageSize(page)
                  .setPageToken(token)
                  .build());
      all.addAll(answer.getInstanceAssociationStatusInfosList());
      token = answer.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private String letters(int page, List<Filter> filters) {
    StringBuilder letters = new StringBuilder();
    String token = "";
    do {
      var answer =
          fleet.call(
              fleet.instances::describeInstanceInformation,
              DescribeInstanceInformationRequest.newBuilder()
                  .addAllFilters(filters)
                  .setPageSize(page)
                  .setPageToken(token)
                  .build());
      for (InstanceInformation shown : answer.getInstanceInformationListList()) {
        letters.append(
            shown.getInstanceId().equals(a.value())
                ? "a"
                : shown.getInstanceId().equals(b.value()) ? "b" : "c");
      }
      token = answer.getNextPageToken();
    } while (!token.isEmpty());
    return letters.toString();
  }
}
