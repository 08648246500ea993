package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

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
record EditRow(
    String name,
    UnaryOperator<Association.Builder> given,
    Consumer<EditScene> edit,
    List<String> runs,
    String members,
    List<String> events,
    int versions,
    String created,
    boolean ticksFromNow,
    String audit) {

  /** Makes the edit and looks at what came of it. */
  void check(Fleet fleet, int number) {
    EditScene scene = new EditScene(fleet, number, given);
    Associations.Association before = fleet.row(scene.association);
    List<AssociationExecution> executionsBefore = fleet.executions(scene.association);
    assertEquals(
        created.isEmpty() ? List.of() : List.of("change AB"),
        executionsBefore.stream().map(scene::described).toList(),
        "at its creation");
    long position = fleet.store.position();
    fleet.advance(Duration.ofMinutes(1));

    edit.accept(scene);

    Associations.Association after = fleet.row(scene.association);
    List<AssociationExecution> executions = fleet.executions(scene.association);
    List<AssociationExecution> made =
        executions.subList(0, executions.size() - executionsBefore.size());
    assertEquals(runs, made.stream().map(scene::described).toList(), "runs");
    for (InstanceId instance : created.isEmpty() ? List.<InstanceId>of() : scene.first()) {
      assertEquals(
          created,
          fleet.standing(scene.association, executionsBefore.getFirst().getExecutionId(), instance),
          "what was asked for at its creation");
    }
    assertEquals(members, scene.letters(fleet.members(scene.association)), "members");
    assertEquals(
        events, fleet.eventsAfter(position).stream().map(EventLog.Event::type).toList(), "events");
    assertEquals(before.version() + versions, after.version(), "versions");
    assertEquals(
        ticksFromNow ? fleet.timers.now() : before.effectiveFrom(),
        after.effectiveFrom(),
        "ticks count from");
    assertEquals(audit, fleet.newestAudit().method());
    scene.end();
  }
}
