package dev.holdfast.coordinator.assignment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.QueryCount;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.coordinator.testing.Rows.Shape;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.Cases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetPlannerTest {
  @TempDir Path folder;
  private Rows rows;
  private InstanceId one;
  private InstanceId two;

  @BeforeEach
  void open() {
    rows = new Rows(folder);
    one = rows.instance(1);
    two = rows.instance(2);
  }

  @AfterEach
  void close() {
    rows.close();
  }

  @Test
  void aSetNamesTheRevisionOfEachMembershipAndThePositionOfItsRows() {
    AssociationId late = rows.create(9, one);
    AssociationId early = rows.create(3, one, two);

    AssignmentSet set = set(one);

    assertEquals(
        List.of(early, late),
        set.assignments().stream().map(AssignmentReference::association).toList());
    assertEquals(revision(early), set.assignments().getFirst().body());
    assertEquals(new Generation(1, rows.store.position()), set.generation());
    assertEquals(List.of(), set.cancelled());
    assertEquals(
        List.of(early),
        set(two).assignments().stream().map(AssignmentReference::association).toList());
  }

  @Test
  void ticksCountFromTheLaterOfComingInAndTheSchedule() {
    AssociationId association = rows.create(1, one);
    rows.timers.advance(Duration.ofHours(1));
    rows.enter(association, two);

    assertEquals(Rows.START, set(one).assignments().getFirst().effectiveFrom());
    assertEquals(
        Rows.START.plus(Duration.ofHours(1)), set(two).assignments().getFirst().effectiveFrom());
  }

  @Test
  void onlyTheNewestChangeOrEnterIsPendingWithTheRevisionInForce() {
    AssociationId association = rows.create(1, one);
    rows.edit(association, new Shape("two", true, false));
    String second = rows.newest(association);
    rows.enter(association, two);

    assertEquals(List.of(second), pending(one));
    assertEquals(List.of(rows.newest(association)), pending(two));
    assertEquals(revision(association), set(one).pendingTriggers().getFirst().assignment());
    rows.edit(association, new Shape("three", true, false));
    assertEquals(List.of(rows.newest(association)), pending(two));
  }

  @Test
  void anOlderChangeDoesNotComeBackWhenTheNewestIsReportedOrCancelled() {
    AssociationId association = rows.create(1, one, two);
    rows.edit(association, new Shape("two", true, false));
    String second = rows.newest(association);
    rows.report(second, one, RunStatus.IN_PROGRESS);
    rows.cancel(association, second, two);

    assertEquals(List.of(), pending(one));
    assertEquals(List.of(), pending(two));
    assertEquals(List.of(second), set(two).cancelled());
    assertEquals(List.of(), set(one).cancelled());
  }

  @Test
  void whatIsDisabledOrForTicksAloneHasOnlyManualStartsPending() {
    AssociationId association = rows.create(1, one);
    rows.edit(association, new Shape("one", false, false));
    String start = rows.start(association);

    assertEquals(List.of(start), pending(one));
    rows.edit(association, new Shape("one", true, true));
    assertEquals(List.of(start), pending(one));
  }

  @Test
  void aManualStartIsPendingForThoseItNamesOldestFirstUntilItsTime() {
    AssociationId association = rows.create(1, one, two);
    rows.report(rows.newest(association), one, RunStatus.SUCCESS);
    String forOne = rows.start(association, one);
    String forAll = rows.start(association);

    assertEquals(List.of(forOne, forAll), pending(one));
    assertEquals(2, pending(two).size(), "the change and the start of all");
    rows.timers.advance(RunLimits.MANUAL_WAITS.plusMillis(1));
    assertEquals(List.of(), pending(one));
  }

  @Test
  void aTriggerIsPendingUntilItIsReportedOrItsTimeHasPassed() {
    AssociationId association = rows.create(1, one, two);
    rows.report(rows.newest(association), one, RunStatus.IN_PROGRESS);

    assertEquals(List.of(), pending(one));
    assertEquals(1, pending(two).size());
    rows.timers.advance(RunLimits.CATCH_UP.plusMillis(1));
    assertEquals(List.of(), pending(two));
  }

  @Test
  void anAssociationWithoutRevisionIsLeftOutAndComesBackWithoutTheTriggerMadeMeanwhile() {
    AssociationId association = rows.create(1, one);
    rows.unresolve(association);

    assertEquals(List.of(), set(one).assignments());
    assertEquals(List.of(), pending(one));
  }

  @Test
  void whoLeftAndWhatIsDeletedIsNotInTheSet() {
    AssociationId association = rows.create(1, one, two);
    rows.leave(association, one);

    assertEquals(List.of(), set(one).assignments());
    assertEquals(List.of(), pending(one));
    rows.delete(association);
    assertEquals(List.of(), set(two).assignments());
    assertEquals(List.of(), pending(two));
  }

  @Test
  void aCancelledExecutionStaysUntilTheInstanceReportsItsEnd() {
    AssociationId association = rows.create(1, one, two);
    String execution = rows.newest(association);
    rows.report(execution, one, RunStatus.IN_PROGRESS);
    rows.cancel(association, execution);

    assertEquals(List.of(execution), set(one).cancelled());
    assertEquals(List.of(execution), set(two).cancelled());
    rows.report(execution, one, RunStatus.CANCELLED);
    assertEquals(List.of(), set(one).cancelled());
    rows.timers.advance(RunLimits.CANCELLED_KEPT.plusMillis(1));
    assertEquals(List.of(), set(two).cancelled());
  }

  @Test
  void aCancelledExecutionReachesWhomItAddressesAlsoAfterTheyLeft() {
    AssociationId association = rows.create(1, one);
    String execution = rows.newest(association);
    rows.enter(association, two);
    rows.report(execution, one, RunStatus.IN_PROGRESS);
    rows.leave(association, one);
    rows.cancel(association, execution);

    assertEquals(List.of(execution), set(one).cancelled());
    assertEquals(List.of(), set(two).cancelled(), "it came in after that change");
  }

  @Test
  void aCancelledTickReachesItsMembersAndWhoeverRunsIt() {
    AssociationId association = rows.create(1, one);
    rows.timers.advance(Duration.ofMinutes(10));
    String tick = rows.tick(association, rows.timers.now());
    rows.timers.advance(Duration.ofMinutes(1));
    rows.enter(association, two);
    rows.cancel(association, tick);

    assertEquals(List.of(tick), set(one).cancelled());
    assertEquals(List.of(), set(two).cancelled());
    rows.report(tick, two, RunStatus.IN_PROGRESS);
    assertEquals(List.of(tick), set(two).cancelled());
  }

  @Test
  void whoMayNotConnectHasNoSet() {
    rows.create(1, one);
    rows.deregister(one);

    assertEquals(Optional.empty(), plan(one));
    assertEquals(Optional.empty(), plan(Rows.id(77)));
  }

  @Test
  void setsDoNotDependOnWhoElseIsInThePass() {
    List<InstanceId> all = new ArrayList<>(List.of(one, two));
    for (int i = 3; i < 12; i++) {
      all.add(rows.instance(i));
    }
    List<AssociationId> associations = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      associations.add(rows.create(i));
    }
    Cases.check(
        15,
        random -> {
          for (int step = 0; step < 8; step++) {
            rows.timers.advance(Duration.ofMinutes(random.nextInt(600)));
            AssociationId association = associations.get(random.nextInt(4));
            InstanceId instance = all.get(random.nextInt(all.size()));
            switch (random.nextInt(6)) {
              case 0 -> rows.enter(association, instance);
              case 1 -> rows.leave(association, instance);
              case 2 ->
                  rows.edit(
                      association,
                      new Shape("d" + random.nextInt(3), random.nextInt(4) > 0, false));
              case 3 -> rows.start(association, instance);
              case 4 -> rows.cancel(association, rows.newest(association));
              default -> rows.report(rows.newest(association), instance, RunStatus.SUCCESS);
            }
          }

          SetPlanner planner = new SetPlanner(1);
          SetPlanner.Pass pass = planner.pass();
          Map<InstanceId, AssignmentSet> first = chunk(pass, all.subList(0, 5));
          Map<InstanceId, AssignmentSet> rest = chunk(pass, all.subList(5, all.size()));

          for (InstanceId instance : all) {
            AssignmentSet alone = set(instance);
            assertEquals(alone, first.getOrDefault(instance, rest.get(instance)));
            assertTrue(
                alone.pendingTriggers().stream()
                        .filter(p -> !p.trigger().text().startsWith("manual"))
                        .map(PendingTrigger::association)
                        .distinct()
                        .count()
                    == alone.pendingTriggers().stream()
                        .filter(p -> !p.trigger().text().startsWith("manual"))
                        .count(),
                "one change or enter an association");
          }
        });
  }

  @Test
  void oneEditCostsNoQueryForEachInstance() {
    InstanceId[] many = new InstanceId[SetPlanner.MAX_INSTANCES];
    for (int i = 0; i < many.length; i++) {
      many[i] = rows.instance(100 + i);
    }
    AssociationId association = rows.create(1, many);
    rows.create(2, many);
    rows.cancel(association, rows.newest(association));
    rows.edit(association, new Shape("two", true, false));
    SetPlanner planner = new SetPlanner(1);

    int first = queries(planner.pass(), List.of(many));
    SetPlanner.Pass pass = planner.pass();
    int few = queries(pass, List.of(many).subList(0, 2));
    int next = queries(pass, List.of(many).subList(2, many.length));

    assertTrue(first <= 15, "all at once: " + first);
    assertTrue(first - few <= 3, "500 instead of 2 cost " + (first - few) + " more");
    assertTrue(next <= 7, "what belongs to the association is shared: " + next);
  }

  private int queries(SetPlanner.Pass pass, List<InstanceId> instances) {
    return rows.store.read(
        read ->
            QueryCount.of(
                read,
                () ->
                    assertEquals(
                        instances.size(), pass.plan(read, instances, rows.timers.now()).size())));
  }

  @Test
  void anInstanceMayFetchWhatItsSetNamesAndNothingElse() {
    AssociationId own = rows.create(1, one);
    AssociationId other = rows.create(2, two);
    rows.edit(other, new Shape("secret", true, false));
    SetBodies bodies = new SetBodies(rows.store);
    byte[] secret = "secret".getBytes(StandardCharsets.UTF_8);

    assertTrue(bodies.find(one, revision(own)).isPresent());
    assertArrayEquals(
        "one".getBytes(StandardCharsets.UTF_8),
        bodies.find(one, Sha256.of("one".getBytes(StandardCharsets.UTF_8))).orElseThrow());
    assertTrue(bodies.find(two, Sha256.of(secret)).isPresent());
    assertTrue(bodies.find(one, Sha256.of(secret)).isEmpty());
    assertTrue(bodies.find(one, revision(other)).isEmpty());
    rows.leave(own, one);
    assertTrue(bodies.find(one, revision(own)).isEmpty());
    rows.deregister(two);
    assertTrue(bodies.find(two, Sha256.of(secret)).isEmpty());
  }

  @Test
  void besideASetGoesWhatTheOneBeforeDidNotName() {
    AssociationId id = rows.create(1, one);
    rows.create(2, one);
    AssignmentSet before = set(one);
    rows.edit(id, new Shape("edited", true, false));
    AssignmentSet now = set(one);
    SetBodies bodies = new SetBodies(rows.store);

    assertEquals(
        List.of(revision(id), Sha256.of("edited".getBytes(StandardCharsets.UTF_8))),
        bodies.added(before, now).stream().map(body -> Sha256.of(body.toByteArray())).toList());
    assertEquals(List.of(), bodies.added(now, now));
    assertEquals(
        4,
        bodies.added(AssignmentSet.NONE, now).stream()
            .map(body -> Sha256.of(body.toByteArray()))
            .distinct()
            .count(),
        "all of both associations");
  }

  @Test
  void whatIsTooLargeToGoBesideASetIsLeftToBeFetched() {
    AssociationId id = rows.create(1, one);
    AssignmentSet before = set(one);
    rows.edit(id, new Shape("x".repeat(Limits.MAX_BESIDE_BYTES), true, false));

    assertEquals(
        List.of(revision(id)),
        new SetBodies(rows.store)
            .added(before, set(one)).stream().map(body -> Sha256.of(body.toByteArray())).toList());
  }

  private Map<InstanceId, AssignmentSet> chunk(SetPlanner.Pass pass, List<InstanceId> instances) {
    return rows.store.read(read -> pass.plan(read, instances, rows.timers.now()));
  }

  private Optional<AssignmentSet> plan(InstanceId instance) {
    return rows.store.read(read -> new SetPlanner(1).plan(read, instance, rows.timers.now()));
  }

  private AssignmentSet set(InstanceId instance) {
    return plan(instance).orElseThrow();
  }

  private List<String> pending(InstanceId instance) {
    return set(instance).pendingTriggers().stream()
        .map(pending -> Identity.executionId(pending.association(), pending.trigger()))
        .toList();
  }

  private Sha256 revision(AssociationId association) {
    return rows.store.read(
        read -> Associations.find(read, association).orElseThrow().revision().orElseThrow());
  }
}
