package dev.holdfast.coordinator.association;

import static dev.holdfast.coordinator.association.GroupScene.BEGINS;
import static dev.holdfast.coordinator.association.GroupScene.EXISTS;
import static dev.holdfast.coordinator.association.GroupScene.NOT;
import static dev.holdfast.coordinator.association.GroupScene.filter;
import static dev.holdfast.coordinator.association.GroupScene.inGroup;
import static dev.holdfast.coordinator.association.GroupScene.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.Concern;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.QueryCount;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.InstanceGroup;
import dev.holdfast.wire.v1.ListInstanceGroupsRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Groups of instances, and associations that follow them. */
final class InstanceGroupsTest {
  private static final int GUARD = 3;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private GroupScene scene;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, GUARD);
    fleet.createDocument("say-it", "first");
    scene = new GroupScene(fleet);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void anAssociationFollowsItsGroupAndRunsOnWhoComesIn() {
    InstanceId a = fleet.enrol(1, Map.of("Role", "web"));
    InstanceId b = fleet.enrol(2, Map.of("Role", "db"));
    assertEquals(1, scene.create("shops", filter("tag:Role", "web")).getInstanceCount());
    String id = scene.associate("keep", inGroup("shops")).getAssociationId();
    assertEquals(Set.of(a), fleet.members(id));

    scene.tag(b, "Role", "web");
    assertEquals(Set.of(a, b), fleet.members(id));
    scene.untag(a, "Role");
    assertEquals(Set.of(b), fleet.members(id));
    assertTrue(scene.update("shops", filter("InstanceIds", "*")).getChanged());
    assertEquals(Set.of(a, b), fleet.members(id));
    assertEquals(0, scene.update("shops", filter("tag:Role", "x")).getInstanceCount());

    assertEquals(Set.of(), fleet.members(id));
    assertEquals(List.of("enter 1", "enter 1", "change 1"), scene.triggers(id));
  }

  @Test
  void aGroupWithManyKeysNamesWhoHasAllOfThem() {
    InstanceId all =
        fleet.enrol(1, Map.of("A", "1", "B", "1", "C", "1", "D", "1", "E", "1", "F", "1"));
    fleet.enrol(2, Map.of("A", "1", "B", "1", "C", "1", "D", "1", "E", "1"));
    List<Filter> filters = new ArrayList<>();
    for (String key : List.of("A", "B", "C", "D", "E", "F")) {
      filters.add(filter("tag:" + key, "1"));
    }

    scene.create("six", filters.toArray(Filter[]::new));

    String id = scene.associate("keep", inGroup("six")).getAssociationId();
    assertEquals(Set.of(all), fleet.members(id));
  }

  @Test
  void whatAHostSaysOfItsPlatformBringsItIntoAGroup() {
    InstanceId a = fleet.enrol(1, Map.of());
    scene.create("debian", filter("PlatformTypes", "Linux"), filter("PlatformName", BEGINS, "Deb"));
    scene.create("no-windows", filter("PlatformTypes", NOT, "PLATFORM_TYPE_WINDOWS"));
    String debian = scene.associate("debian", inGroup("debian")).getAssociationId();
    String others = scene.associate("others", inGroup("no-windows")).getAssociationId();
    assertEquals(Set.of(), fleet.members(debian));
    assertEquals(Set.of(a), fleet.members(others));

    scene.says(a, "Linux", "Debian GNU/Linux", "13");

    assertEquals(Set.of(a), fleet.members(debian));
    assertEquals(List.of("enter 1", "change 0"), scene.triggers(debian));
    long position = fleet.store.position();
    scene.says(a, "Linux", "Debian GNU/Linux", "14");
    assertEquals(position, fleet.store.position(), "nothing is others, so nothing is told");
    scene.says(a, "Windows", "Windows Server", "2022");
    assertEquals(Set.of(), fleet.members(debian));
    assertEquals(Set.of(), fleet.members(others));
  }

  @Test
  void allTargetsMustHoldAlsoTwoGroupsAndTwoTagKeys() {
    InstanceId both = fleet.enrol(1, Map.of("Role", "web", "Site", "kiel"));
    fleet.enrol(2, Map.of("Role", "web"));
    fleet.enrol(3, Map.of("Site", "kiel"));
    scene.create("webs", filter("tag:Role", "web"));
    scene.create("kiel", filter("tag:Site", "kiel"));

    String groups = scene.associate("groups", inGroup("webs"), inGroup("kiel")).getAssociationId();
    String keys =
        scene
            .associate("keys", target("tag-key", "Role"), target("tag-key", "Site"))
            .getAssociationId();
    String any = scene.associate("any", inGroup("webs", "kiel")).getAssociationId();

    assertEquals(Set.of(both), fleet.members(groups));
    assertEquals(Set.of(both), fleet.members(keys));
    assertEquals(3, fleet.members(any).size());
  }

  @Test
  void aChangeOfAGroupIsWithinTheGuardOrNothingOfItHappens() {
    for (int i = 1; i <= GUARD + 1; i++) {
      fleet.enrol(i, Map.of());
    }
    scene.create("shops", filter("tag:Role", "web"));
    String one = scene.associate("one", inGroup("shops")).getAssociationId();
    String two = scene.associate("two", inGroup("shops")).getAssociationId();
    long position = fleet.store.position();

    Fleet.Refused refused =
        fleet.refused(
            fleet.instances::updateInstanceGroup,
            GroupScene.edit("shops", GUARD, filter("InstanceIds", "*")));

    assertEquals("BlastRadius", refused.reason());
    assertEquals("FAILED_PRECONDITION", refused.code());
    assertTrue(refused.message().contains("4 instances"), refused.message());
    assertEquals(position, fleet.store.position());
    assertEquals(Set.of(), fleet.members(one));
    // the index was undone with the rows: it still knows the old group
    InstanceId next = fleet.enrol(99, Map.of());
    assertEquals(Set.of(), fleet.members(one));
    scene.tag(next, "Role", "web");
    assertEquals(Set.of(next), fleet.members(one));
    fleet.call(
        fleet.instances::updateInstanceGroup,
        GroupScene.edit("shops", GUARD + 1, filter("InstanceIds", "*")));
    assertEquals(GUARD + 2, fleet.members(one).size());
    assertEquals(GUARD + 2, fleet.members(two).size());
    assertEquals("enter " + (GUARD + 1), scene.triggers(two).getFirst());
  }

  @Test
  void whatDoesNotStartByItselfDoesNotCountAndDoesNotRun() {
    for (int i = 1; i <= GUARD + 1; i++) {
      fleet.enrol(i, Map.of());
    }
    scene.create("shops", filter("tag:Role", "web"));
    String disabled =
        scene.associate("off", b -> b.setEnabled(false), inGroup("shops")).getAssociationId();
    String ticks =
        scene
            .associate(
                "ticks",
                b -> b.setApplyOnlyAtCronInterval(true).setScheduleExpression("rate(1 day)"),
                inGroup("shops"))
            .getAssociationId();

    fleet.call(
        fleet.instances::updateInstanceGroup,
        GroupScene.edit("shops", 0, filter("InstanceIds", "*")));

    assertEquals(GUARD + 1, fleet.members(disabled).size());
    assertEquals(GUARD + 1, fleet.members(ticks).size());
    assertEquals(List.of(), scene.triggers(disabled));
    assertEquals(List.of(), scene.triggers(ticks));
  }

  @Test
  void aChangeOfAGroupConcernsTheSetsOfThoseWhoCameAndWhoLeftAndNoOthers() {
    InstanceId stays = fleet.enrol(1, Map.of("Role", "web"));
    InstanceId leaves = fleet.enrol(2, Map.of("Role", "db"));
    InstanceId comes = fleet.enrol(3, Map.of("Role", "till"));
    fleet.enrol(4, Map.of("Role", "other"));
    scene.create("shops", filter("tag:Role", "web", "db"));
    scene.associate("keep", inGroup("shops"));
    Concern concern = new Concern(_ -> true);
    long position =
        fleet.store.read(
            read -> {
              concern.begin(read);
              return EventLog.newest(read);
            });

    scene.update("shops", filter("tag:Role", "web", "till"));

    assertEquals(
        Set.of(leaves, comes),
        fleet.store.read(
            read ->
                concern.of(
                    read, EventLog.after(read, position, 100), position, fleet.timers.now())));
    assertFalse(fleet.eventsAfter(position).isEmpty());
    assertTrue(fleet.online.contains(stays));
  }

  @Test
  void manyWhoComeAtOnceAreConcernedByTheirAssociation() {
    Set<InstanceId> all = new HashSet<>();
    for (int i = 1; i <= 150; i++) {
      all.add(fleet.enrol(i, Map.of()));
    }
    scene.create("shops", filter("tag:Role", "web"));
    scene.associate("keep", b -> b.setEnabled(false), inGroup("shops"));
    Concern concern = new Concern(_ -> true);
    long before =
        fleet.store.read(
            read -> {
              concern.begin(read);
              return EventLog.newest(read);
            });
    scene.update("shops", filter("InstanceIds", "*"));
    long between = fleet.store.position();
    assertEquals(all, concerned(concern, before));

    scene.update("shops", filter("tag:Role", "web"));

    assertEquals(all, concerned(concern, between));
  }

  private Set<InstanceId> concerned(Concern concern, long after) {
    return fleet.store.read(
        read -> concern.of(read, EventLog.after(read, after, 100), after, fleet.timers.now()));
  }

  @Test
  void aGroupThatIsATargetIsNotDeletedAndOneThatIsNotThereIsNoTarget() {
    scene.create("shops", filter("tag:Role", "web"));
    String id = scene.associate("keep", inGroup("shops")).getAssociationId();

    Fleet.Refused used =
        fleet.refused(fleet.instances::deleteInstanceGroup, GroupScene.deletion("shops"));
    assertEquals("AssociatedInstances", used.reason());
    assertTrue(used.message().contains("keep"), used.message());
    Fleet.Refused none =
        fleet.refused(
            fleet.associations::updateAssociation, GroupScene.retarget(id, 0, inGroup("x-group")));
    assertEquals("InvalidTarget", none.reason());
    assertEquals(
        "there is no instance group 'x-group'; make it with CreateInstanceGroup first",
        none.findings().get("association.targets[0].values[0]"));

    fleet.call(
        fleet.associations::updateAssociation,
        GroupScene.retarget(id, 0, Fleet.tag("Role", "web")));
    fleet.call(fleet.instances::deleteInstanceGroup, GroupScene.deletion("shops"));
    assertEquals(
        "ResourceGroupDoesNotExist",
        fleet.refused(fleet.instances::deleteInstanceGroup, GroupScene.deletion("shops")).reason());
    assertEquals(List.of(), names(ListInstanceGroupsRequest.getDefaultInstance()));
  }

  @Test
  void aTagChangeLooksAtNoAssociationThatItDoesNotConcern() {
    InstanceId a = fleet.enrol(1, Map.of("Role", "web"));
    scene.create("shops", filter("tag:Role", "web"));
    scene.associate("group", inGroup("shops"));
    scene.associate("role", Fleet.tag("Role", "db"));
    int few = statements(a, "db");
    for (int i = 0; i < 40; i++) {
      scene.associate("other-" + i, Fleet.tag("Site", "site-" + i));
      scene.create("group-" + i, filter("tag:Site", "site-" + i));
      scene.associate("in-" + i, inGroup("group-" + i));
    }
    for (int i = 2; i < 40; i++) {
      fleet.enrol(i, Map.of("Role", "db"));
    }
    scene.tag(a, "Role", "web");

    assertEquals(few, statements(a, "db"));
  }

  /** How many statements it takes to see who is a member after a tag changed. */
  private int statements(InstanceId instance, String role) {
    return fleet.store.write(
        write -> {
          Instances.setTags(write, instance, Map.of("Role", role));
          write.append("InstanceTagged", List.of(instance.value()), Map.of());
          return QueryCount.of(write.read(), () -> fleet.desk.instanceChanged(write, instance));
        });
  }

  @Test
  void theSameFiltersAgainChangeNothing() {
    scene.create("shops", filter("PlatformTypes", "PLATFORM_TYPE_LINUX"));
    long position = fleet.store.position();

    assertFalse(
        scene
            .update("shops", filter("PlatformTypes", FilterOperator.FILTER_OPERATOR_EQUAL, "Linux"))
            .getChanged());

    assertEquals(position, fleet.store.position());
    assertEquals("UpdateInstanceGroup", fleet.newestAudit().method());
    assertEquals(
        "ResourceGroupAlreadyExists",
        fleet
            .refused(
                fleet.instances::createInstanceGroup,
                GroupScene.creation("shops", filter("tag-key", "Role")))
            .reason());
    assertEquals(
        "ResourceGroupDoesNotExist",
        fleet
            .refused(
                fleet.instances::updateInstanceGroup,
                GroupScene.edit("others", 0, filter("tag-key", "Role")))
            .reason());
  }

  @Test
  void groupsAreListedByNameAndInPages() {
    for (String name : List.of("shops", "banks", "shares", "tills")) {
      scene.create(name, filter("tag:Kind", name));
    }

    assertEquals(
        List.of("banks", "shares", "shops", "tills"),
        names(ListInstanceGroupsRequest.newBuilder().setPageSize(1).build()));
    assertEquals(
        List.of("shares", "shops"),
        names(
            ListInstanceGroupsRequest.newBuilder()
                .addFilters(filter("Name", BEGINS, "sh"))
                .build()));
    assertEquals(
        List.of("shops"), names(ListInstanceGroupsRequest.newBuilder().setName("shops").build()));
    assertEquals(
        "ResourceGroupDoesNotExist",
        fleet
            .refused(
                fleet.instances::listInstanceGroups,
                ListInstanceGroupsRequest.newBuilder().setName("shop").build())
            .reason());
  }

  private List<String> names(ListInstanceGroupsRequest request) {
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      var page =
          fleet.call(
              fleet.instances::listInstanceGroups, request.toBuilder().setPageToken(token).build());
      page.getInstanceGroupsList().stream().map(InstanceGroup::getName).forEach(names::add);
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return names;
  }

  private record Wrong(String what, String field, List<Filter> filters) {}

  @TestFactory
  List<DynamicTest> aFilterThatCannotBeIsRefused() {
    return List.of(
            new Wrong("no filter", "filters", List.of()),
            new Wrong(
                "too many filters", "filters", Collections.nCopies(51, filter("tag:Role", "web"))),
            new Wrong("an unknown key", "filters[0].key", List.of(filter("IamRole", "x"))),
            new Wrong("a tag without key", "filters[0].key", List.of(filter("tag:", "x"))),
            new Wrong(
                "a group in a group",
                "filters[0].key",
                List.of(filter("resource-groups:Name", "x"))),
            new Wrong("no value", "filters[0].values", List.of(filter("tag:Role"))),
            new Wrong(
                "a value of EXISTS", "filters[0].values", List.of(filter("tag:Role", EXISTS, "x"))),
            new Wrong("an empty value", "filters[0].values[0]", List.of(filter("tag:Role", ""))),
            new Wrong("no id", "filters[0].values[0]", List.of(filter("InstanceIds", "i-1"))),
            new Wrong(
                "not everybody", "filters[0].values[0]", List.of(filter("InstanceIds", NOT, "*"))),
            new Wrong(
                "everybody and more",
                "filters[0].values[0]",
                List.of(filter("InstanceIds", "*", Fleet.instance(1).value()))),
            new Wrong(
                "no platform", "filters[0].values[0]", List.of(filter("PlatformTypes", "linux"))),
            new Wrong(
                "an order",
                "filters[1].operator",
                List.of(
                    filter("tag-key", "x"),
                    filter("PlatformVersion", FilterOperator.FILTER_OPERATOR_LESS_THAN, "13"))))
        .stream()
        .map(
            wrong ->
                DynamicTest.dynamicTest(
                    wrong.what,
                    () -> {
                      Fleet.Refused refused =
                          fleet.refused(
                              fleet.instances::createInstanceGroup,
                              GroupScene.creation("g-1", wrong.filters.toArray(Filter[]::new)));
                      assertEquals("INVALID_ARGUMENT", refused.code());
                      assertTrue(
                          refused.findings().containsKey(wrong.field),
                          refused.findings().toString());
                    }))
        .toList();
  }
}
