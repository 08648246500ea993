package dev.holdfast.coordinator.assignment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.coordinator.testing.Rows.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConcernTest {
  @TempDir Path folder;
  private Rows rows;
  private InstanceId one;
  private InstanceId two;
  private InstanceId three;
  private InstanceId unlinked;
  private AssociationId association;
  private final Concern concern = new Concern(id -> !id.equals(Rows.id(9)));
  private long position;

  @BeforeEach
  void open() {
    rows = new Rows(folder);
    one = rows.instance(1);
    two = rows.instance(2);
    three = rows.instance(3);
    unlinked = rows.instance(9);
    association = rows.create(1, one, two, unlinked);
    rows.create(2, three);
    rows.store.read(
        read -> {
          concern.begin(read);
          return true;
        });
    position = rows.store.position();
  }

  @AfterEach
  void close() {
    rows.close();
  }

  @Test
  void eachChangeConcernsThoseWhomItMayReach() {
    is(Set.of(one, two), () -> rows.edit(association, new Shape("two", true, false)));
    is(Set.of(one, two), () -> rows.start(association));
    is(Set.of(two), () -> rows.start(association, two, unlinked));
    is(Set.of(three), () -> rows.enter(association, three));
    is(Set.of(three), () -> rows.leave(association, three));
    is(Set.of(one, two, three), () -> rows.cancel(association, rows.newest(association)));
    is(Set.of(one, two), () -> rows.unresolve(association));
    is(Set.of(one), () -> rows.deregister(one));
    is(Set.of(two, one), () -> rows.delete(association));
  }

  @Test
  void ticksAndWhatWasReportedConcernNobody() {
    is(Set.of(), () -> rows.tick(association, rows.timers.now()));
    is(Set.of(), () -> event("RunEnded", one.value(), association.value()));
    is(Set.of(), () -> event("ExecutionEnded", association.value(), rows.newest(association)));
    is(Set.of(), () -> event("ComplianceChanged", one.value(), association.value()));
    is(Set.of(), () -> event("InstancePresenceChanged", one.value()));
  }

  @Test
  void whatIsNotKnownIsLookedForInTheRows() {
    is(Set.of(), () -> event("SomethingNew", "a name"));
    is(
        Set.of(one, two),
        () -> {
          rows.edit(association, new Shape("three", false, false));
          position = rows.store.position();
          event("SomethingNew", "a name");
        });
    is(Set.of(), () -> event("SomethingNew", "a name"));
  }

  @Test
  void namesThatPeopleGaveAreNotTakenForIds() {
    is(Set.of(), () -> event("ParameterPut", one.value()));
    is(Set.of(), () -> event("DocumentUpdated", association.value()));
  }

  private void event(String type, String... resources) {
    rows.store.write(write -> write.append(type, List.of(resources), Map.of()));
  }

  private void is(Set<InstanceId> expected, Runnable change) {
    change.run();
    Set<InstanceId> concerned =
        rows.store.read(
            read ->
                concern.of(read, EventLog.after(read, position, 100), position, rows.timers.now()));
    position = rows.store.position();
    assertEquals(expected, concerned);
  }
}
