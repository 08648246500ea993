package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.assignment.SetPlanner;
import dev.holdfast.coordinator.link.Refresher;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What starts when a run asks that associations of its instance do. */
final class RefreshesTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId here;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId elsewhere;

  @SuppressWarnings("NullAway.Init") // set before each test
  private AssociationId asking;

  @SuppressWarnings("NullAway.Init") // set before each test
  private AssociationId other;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    here = fleet.enrol(1, Map.of());
    elsewhere = fleet.enrol(2, Map.of());
    fleet.createDocument("Doc", "one");
    asking = create("asking", Fleet.all());
    other = create("other", Fleet.all());
    settle();
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private AssociationId create(String name, dev.holdfast.wire.v1.Target target) {
    return new AssociationId(
        fleet
            .create(
                Association.newBuilder()
                    .setName("Doc")
                    .setAssociationName(name)
                    .setEnabled(true)
                    .addTargets(target)
                    .build())
            .getAssociationId());
  }

  /** All that was started by itself has ended everywhere. */
  private void settle() {
    for (AssociationId id : List.of(asking, other)) {
      for (AssociationExecution execution : fleet.executions(id.value())) {
        fleet.report(execution.getExecutionId(), here, RunStatus.SUCCESS);
        fleet.report(execution.getExecutionId(), elsewhere, RunStatus.SUCCESS);
      }
    }
  }

  private static final Trigger TICK = new Trigger.Tick(Fleet.START);

  private Refresher.Reply ask(Trigger trigger, String... associations) {
    return ask(here, Identity.runId(here, asking, trigger), trigger, associations);
  }

  private Refresher.Reply ask(
      InstanceId instance, String runId, Trigger trigger, String... associations) {
    return fleet.store.write(
        write ->
            new Refreshes()
                .refresh(
                    write,
                    instance,
                    new Refresher.Ask(runId, asking, trigger, List.of(associations))));
  }

  private static Refresher.Reply started(AssociationId... ids) {
    return new Refresher.Reply(List.of(ids).stream().sorted().toList(), List.of(), "");
  }

  private List<PendingTrigger> pending(InstanceId instance) {
    return fleet.store.read(
        read ->
            new SetPlanner(1)
                .plan(read, instance, fleet.timers.now())
                .orElseThrow()
                .pendingTriggers());
  }

  @Test
  void allOthersOfThisInstanceGetAPendingTriggerAndNobodyElseDoes() {
    AssociationId third = create("third", Fleet.ids(elsewhere));

    assertEquals(started(other), ask(TICK));

    String run = Identity.runId(here, asking, TICK);
    List<PendingTrigger> pending = pending(here);
    assertEquals(1, pending.size());
    assertEquals(new Trigger.Manual(run), pending.getFirst().trigger());
    assertEquals(other, pending.getFirst().association());
    assertEquals(
        "asked for by the run " + run + " of the association " + asking,
        pending.getFirst().cause());
    assertEquals(fleet.timers.now().plus(RunLimits.REFRESH_WAITS), pending.getFirst().notAfter());
    assertEquals(
        List.of(third), pending(elsewhere).stream().map(PendingTrigger::association).toList());
  }

  @Test
  void askingAgainForTheSameRunStartsNothingTwice() {
    ask(TICK);
    long position = fleet.store.position();

    assertEquals(started(other), ask(TICK));

    assertEquals(position, fleet.store.position(), "no event");
    assertEquals(1, pending(here).size());
    fleet.report(
        Identity.executionId(other, pending(here).getFirst().trigger()), here, RunStatus.SUCCESS);
    assertEquals(started(other), ask(TICK), "also when it has ended");
    assertEquals(List.of(), pending(here));
  }

  @Test
  void aLaterRunStartsThemAgain() {
    ask(TICK);
    fleet.report(
        Identity.executionId(other, pending(here).getFirst().trigger()), here, RunStatus.SUCCESS);

    assertEquals(started(other), ask(new Trigger.Tick(Fleet.START.plusSeconds(60))));
    assertEquals(1, pending(here).size());
  }

  @Test
  void theAssociationThatAsksIsNeverStarted() {
    assertEquals(
        new Refresher.Reply(
            List.of(), List.of(new Refresher.Left(asking.value(), "asks itself")), ""),
        ask(TICK, asking.value()));
    assertEquals(List.of(), pending(here));
  }

  @Test
  void associationsAreNamedByIdOrNameAndWhatIsNoneOfThisInstanceIsLeftOut() {
    AssociationId third = create("third", Fleet.ids(elsewhere));
    AssociationId fourth = create("fourth", Fleet.ids(here));
    fleet.report(
        fleet.executions(fourth.value()).getFirst().getExecutionId(), here, RunStatus.SUCCESS);

    assertEquals(
        new Refresher.Reply(
            List.of(other, fourth).stream().sorted().toList(),
            List.of(
                new Refresher.Left("third", "is no association of this instance"),
                new Refresher.Left(third.value(), "is no association of this instance"),
                new Refresher.Left("nobody?", "is no association of this instance")),
            ""),
        ask(TICK, "fourth", other.value(), "third", third.value(), "other", "nobody\n"));
  }

  @Test
  void aRunThatCameFromARefreshStartsNothing() {
    ask(TICK);
    Trigger came = pending(here).getFirst().trigger();
    AssociationId before = asking;
    asking = other;

    Refresher.Reply reply = ask(came);

    assertEquals(
        Refresher.Reply.refused(
            "StartedByRefresh: this run was itself started by a refresh, and starts no others"),
        reply);
    assertEquals(List.of(other), pending(here).stream().map(PendingTrigger::association).toList());
    asking = before;
  }

  @Test
  void aRunThatAPersonStartedMayAsk() {
    String execution =
        fleet
            .call(
                fleet.associations::startAssociationsOnce,
                StartAssociationsOnceRequest.newBuilder()
                    .addAssociationIds(asking.value())
                    .addInstanceIds(here.value())
                    .build())
            .getExecutionIds(0);
    Trigger trigger =
        Trigger.parse(
                fleet.executions(asking.value()).stream()
                    .filter(one -> one.getExecutionId().equals(execution))
                    .findFirst()
                    .orElseThrow()
                    .getTrigger())
            .orElseThrow();

    assertEquals(started(other), ask(trigger));
  }

  @Test
  void aRunThatIsNotOfThisInstanceIsRefused() {
    Refresher.Reply refused =
        Refresher.Reply.refused("RefreshRefused: the run that asks is none of this instance");

    assertEquals(
        refused, ask(here, Identity.runId(elsewhere, asking, TICK), TICK), "of another instance");
    assertEquals(refused, ask(here, "no run", TICK));
    AssociationId known = asking;
    asking = create("third", Fleet.ids(elsewhere));
    assertEquals(refused, ask(TICK), "of an association that was never here");
    asking = known;
    assertEquals(
        Refresher.Reply.refused("RefreshRefused: nobody started the run that asks"),
        ask(new Trigger.Manual("0000")));
    assertEquals(List.of(), pending(here));
  }

  @Test
  void whatRunsOrWaitsToStartIsLeftOut() {
    AssociationId waiting = create("waiting", Fleet.ids(here));
    fleet.report(
        fleet.executions(other.value()).getFirst().getExecutionId(), here, RunStatus.IN_PROGRESS);
    AssociationId asked = create("asked", Fleet.ids(here));
    fleet.report(
        fleet.executions(asked.value()).getFirst().getExecutionId(), here, RunStatus.SUCCESS);
    assertEquals(started(asked), ask(TICK, "asked"));

    Refresher.Reply reply = ask(new Trigger.Tick(Fleet.START.plusSeconds(60)));

    assertEquals(List.of(), reply.started());
    assertEquals(
        Map.of(
            other.value(), "is running already",
            waiting.value(), "waits to start already",
            asked.value(), "waits to start already"),
        reply.left().stream()
            .collect(
                java.util.stream.Collectors.toMap(
                    Refresher.Left::association, Refresher.Left::reason)));

    fleet.advance(RunLimits.REFRESH_WAITS.plus(Duration.ofSeconds(1)));
    assertEquals(
        started(asked),
        ask(new Trigger.Tick(Fleet.START.plusSeconds(120)), "asked"),
        "what waited expired");
  }

  @Test
  void aDisabledAssociationStartsOnlyIfItIsNamed() {
    AssociationId off =
        new AssociationId(
            fleet
                .create(
                    Association.newBuilder()
                        .setName("Doc")
                        .setAssociationName("off")
                        .setEnabled(false)
                        .addTargets(Fleet.all())
                        .build())
                .getAssociationId());

    assertEquals(
        new Refresher.Reply(
            List.of(other),
            List.of(
                new Refresher.Left(off.value(), "is disabled; name it to start it all the same")),
            ""),
        ask(TICK));
    assertEquals(started(off), ask(TICK, "off"));
  }

  @Test
  void oneWhoseDocumentIsGoneIsLeftOut() {
    fleet.call(
        fleet.documents::deleteDocument,
        DeleteDocumentRequest.newBuilder().setName("Doc").setForce(true).build());

    assertEquals(
        List.of(
            new Refresher.Left(
                other.value(), "can't run: its document, or one that it names, is gone")),
        ask(TICK).left());
  }
}
