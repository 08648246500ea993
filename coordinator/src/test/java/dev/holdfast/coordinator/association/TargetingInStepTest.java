package dev.holdfast.coordinator.association;

import static dev.holdfast.coordinator.association.GroupScene.filter;
import static dev.holdfast.coordinator.association.GroupScene.inGroup;
import static dev.holdfast.coordinator.association.GroupScene.target;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.targeting.Groups;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.Target;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is edited, in whatever order, and though many edits are refused after they have begun:
 * the members that are stored are those whom the targets name, by looking at everybody.
 */
final class TargetingInStepTest {
  private static final int GUARD = 0;
  private static final List<String> GROUPS = List.of("one", "two", "six");

  private int changes;
  private int refusals;

  @Test
  void theMembersAreThoseWhomTheTargetsNameAfterEveryEdit(@TempDir Path folder) {
    Cases.check(
        6,
        random -> {
          try (Fleet fleet = new Fleet(fresh(folder), GUARD)) {
            fleet.createDocument("say-it", "first");
            GroupScene scene = new GroupScene(fleet);
            GROUPS.forEach(name -> scene.create(name, filters(random)));
            for (int i = 1; i <= 8; i++) {
              fleet.enrol(i, Map.of());
            }
            for (int i = 0; i < 3; i++) {
              scene.associate("", targets(random));
            }
            for (int i = 0; i < 60; i++) {
              edit(random, fleet, scene);
              fleet.store.read(
                  read -> {
                    check(read);
                    return true;
                  });
            }
          }
        });
    System.out.printf(
        "targeting in step with its rows: %d edits, %d of them refused and undone%n",
        changes, refusals);
    assertEquals(true, refusals > 15 && changes > 150, changes + " " + refusals);
  }

  private static Path fresh(Path folder) {
    try {
      return Files.createTempDirectory(folder, "store");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void edit(RandomGenerator random, Fleet fleet, GroupScene scene) {
    InstanceId instance = Fleet.instance(1 + random.nextInt(8));
    int acknowledged = random.nextInt(4) == 0 ? 100 : 0;
    switch (random.nextInt(10)) {
      case 0, 1 ->
          attempt(
              fleet,
              fleet.instances::addTagsToResource,
              GroupScene.tags(instance, Map.of(pick(random, "Role", "Site"), value(random))));
      case 2 -> {
        if (fleet.online.contains(instance)) {
          scene.untag(instance, pick(random, "Role", "Site"));
          changes++;
        }
      }
      case 3 -> {
        if (fleet.online.contains(instance)) {
          scene.says(instance, pick(random, "Linux", "Windows"), "Debian", "13");
          changes++;
        }
      }
      case 4 -> {
        if (random.nextInt(4) == 0 && fleet.online.remove(instance)) {
          attempt(
              fleet,
              fleet.instances::deregisterManagedInstance,
              DeregisterManagedInstanceRequest.newBuilder()
                  .setInstanceId(instance.value())
                  .build());
        }
      }
      case 5, 6 ->
          attempt(
              fleet,
              fleet.instances::updateInstanceGroup,
              GroupScene.edit(GROUPS.get(random.nextInt(3)), acknowledged, filters(random)));
      case 7 -> scene.associate("", targets(random));
      case 8 ->
          anyAssociation(random, fleet)
              .forEach(
                  id ->
                      attempt(
                          fleet,
                          fleet.associations::updateAssociation,
                          GroupScene.retarget(id, acknowledged, targets(random))));
      default ->
          anyAssociation(random, fleet)
              .forEach(
                  id ->
                      attempt(
                          fleet,
                          fleet.associations::deleteAssociation,
                          DeleteAssociationRequest.newBuilder().setAssociationId(id).build()));
    }
  }

  private <Q, P> void attempt(Fleet fleet, BiConsumer<Q, StreamObserver<P>> method, Q request) {
    try {
      fleet.call(method, request);
      changes++;
    } catch (io.grpc.StatusRuntimeException e) {
      refusals++;
    }
  }

  private static List<String> anyAssociation(RandomGenerator random, Fleet fleet) {
    List<Associations.Association> rows =
        fleet.store.read(read -> Associations.list(read, "", 1_000));
    return rows.isEmpty() ? List.of() : List.of(rows.get(random.nextInt(rows.size())).id().value());
  }

  private static void check(Read read) {
    Groups groups = GroupForm.groups(read);
    List<Subject> subjects = new ArrayList<>();
    for (Instances.Traits traits : Instances.traits(read)) {
      subjects.add(
          new Subject(
              traits.id(),
              traits.tags(),
              traits.platformType(),
              traits.platformName(),
              traits.platformVersion()));
    }
    for (Associations.Current current : Associations.current(read, "", 1_000)) {
      Query query = AssociationForm.query(AssociationForm.read(current.content()));
      TreeSet<InstanceId> named = new TreeSet<>();
      for (Subject subject : subjects) {
        if (Matcher.matches(query, subject, groups)) {
          named.add(subject.id());
        }
      }
      assertEquals(
          named,
          new TreeSet<>(Memberships.memberIds(read, current.row().id())),
          () -> current.row().id() + " " + query);
    }
  }

  private static Target[] targets(RandomGenerator random) {
    List<Target> targets = new ArrayList<>();
    switch (random.nextInt(5)) {
      case 0 -> targets.add(Fleet.all());
      case 1 -> targets.add(Fleet.ids(Fleet.instance(1), Fleet.instance(1 + random.nextInt(9))));
      case 2 -> {
        // nobody
      }
      default -> {
        if (random.nextBoolean()) {
          targets.add(Fleet.tag("Role", value(random), value(random)));
        }
        if (random.nextInt(3) == 0) {
          targets.add(target("tag-key", "Site"));
        }
        targets.add(inGroup(GROUPS.get(random.nextInt(3))));
      }
    }
    return targets.toArray(Target[]::new);
  }

  private static Filter[] filters(RandomGenerator random) {
    List<Filter> filters = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      filters.add(
          switch (random.nextInt(6)) {
            case 0 -> filter("InstanceIds", "*");
            case 1 -> filter("PlatformTypes", GroupScene.NOT, "Windows");
            case 2 -> filter("tag:Site", GroupScene.EXISTS);
            case 3 -> filter("tag:Role", GroupScene.BEGINS, "w");
            case 4 -> filter("tag-key", "Role");
            default -> filter("tag:Role", value(random));
          });
    }
    return filters.toArray(Filter[]::new);
  }

  private static String value(RandomGenerator random) {
    return pick(random, "web", "db", "wall");
  }

  private static String pick(RandomGenerator random, String... from) {
    return from[random.nextInt(from.length)];
  }
}
