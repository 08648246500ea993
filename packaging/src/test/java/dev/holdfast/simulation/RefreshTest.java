package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.step.Outcome;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run asks for, from the agent's engine over the wire to the coordinator's and back. */
final class RefreshTest {
  private static final InstanceId INSTANCE = new InstanceId("mi-00000000000000001");

  /** Long enough that a run of it can be asked about while it goes on. */
  private static final String DOCUMENT =
      "schemaVersion: \"2.2\"\nmainSteps:\n"
          + IntStream.range(0, 12)
              .mapToObj(
                  step ->
                      "- {action: 'aws:runShellScript', name: s"
                          + step
                          + ", inputs: {timeoutSeconds: 60, runCommand: [date]}}\n")
              .collect(Collectors.joining());

  @TempDir private Path folder;

  private final World world = new World(7);
  private final List<Outcome> outcomes = new ArrayList<>();
  private long ids;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Store store;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Network network;

  @SuppressWarnings("NullAway.Init") // set before each test
  private CoordinatorLife coordinator;

  @SuppressWarnings("NullAway.Init") // set before each test
  private SimulatedHost host;

  @BeforeEach
  void begin() {
    store = Store.open(folder, () -> World.START.plus(world.elapsed()), Store.Durability.PROCESS);
    Checker checker = new Checker(world, store);
    network = new Network(world, checker);
    coordinator = new CoordinatorLife(world, store);
    network.listens(Optional.of(coordinator));
    store.write(
        write -> {
          Instances.add(write, INSTANCE, "", "a", "key", "1", new byte[] {1}, "1", "sim");
          return write.append("InstanceRegistered", List.of(INSTANCE.value()), java.util.Map.of());
        });
    assertTrue(
        Admin.call(
                new GrpcDocuments(calls(), coordinator.engine().desk(), () -> World.START)
                    ::createDocument,
                CreateDocumentRequest.newBuilder().setName("Doc").setContent(DOCUMENT).build())
            .isPresent());
    host = new SimulatedHost(world, INSTANCE, network, checker);
    host.start();
  }

  @AfterEach
  void end() {
    store.close();
  }

  private Calls calls() {
    return new Calls(store, () -> new UUID(0x4000L, ids++));
  }

  private AssociationId create(String name) {
    return new AssociationId(
        Admin.call(
                new GrpcAssociations(
                        calls(),
                        coordinator.engine().desk(),
                        _ -> true,
                        coordinator.engine().permits()::waits,
                        coordinator.engine().links(),
                        coordinator.engine().links(),
                        Optional.empty(),
                        () -> World.START.plus(world.elapsed()))
                    ::createAssociation,
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName("Doc")
                            .setAssociationName(name)
                            .setEnabled(true)
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .orElseThrow()
            .getAssociationDescription()
            .getAssociationId());
  }

  private void pass(Duration time) {
    world.runUntil(world.elapsed().plus(time), () -> {});
  }

  /** The run of an association that goes on, once it does. */
  private String running(AssociationId association) {
    for (int i = 0; i < 10_000; i++) {
      Optional<Trigger> trigger = host.agent().orElseThrow().runningTrigger(association);
      if (trigger.isPresent()) {
        return Identity.runId(INSTANCE, association, trigger.get());
      }
      pass(Duration.ofMillis(10));
    }
    throw new AssertionError("no run of " + association + "\n" + world.lastLines(40));
  }

  private Outcome ask(AssociationId asking, String... associations) {
    String run = running(asking);
    host.timeline()
        .perform(
            () ->
                host.refreshes()
                    .orElseThrow()
                    .ask(run, asking, List.of(associations), outcomes::add));
    for (int i = 0; i < 100 && outcomes.isEmpty(); i++) {
      pass(Duration.ofMillis(10));
    }
    assertEquals(1, outcomes.size(), outcomes::toString);
    return outcomes.removeFirst();
  }

  private Optional<RunStatus> told(AssociationId association, String askedBy) {
    String run = Identity.runId(INSTANCE, association, new Trigger.Manual(askedBy));
    return store.read(read -> Runs.find(read, run)).map(Runs.Run::status);
  }

  @Test
  void whatARunAsksForRunsOnceAndItsRunsAskForNothing() {
    AssociationId other = create("other");
    pass(Duration.ofMinutes(15));
    AssociationId asking = create("asking");
    String run = running(asking);

    Outcome outcome = ask(asking);

    assertEquals(RunStatus.SUCCESS, outcome.status());
    assertEquals("asked to start: " + other + "\n", outcome.stdout());

    assertEquals(run, running(asking), "still the same run");
    Outcome again = ask(asking, "other");
    assertEquals("asked to start: " + other + "\n", again.stdout(), "asked again");
    assertEquals(Identity.runId(INSTANCE, other, new Trigger.Manual(run)), running(other));
    Outcome second = ask(other);
    assertEquals(RunStatus.SKIPPED, second.status());
    assertTrue(second.reason().startsWith("StartedByRefresh: "), second.reason());

    pass(Duration.ofMinutes(15));
    assertTrue(told(other, run).orElseThrow().terminal(), "it ran");
  }

  @Test
  void withoutACoordinatorTheStepFailsAndSaysSo() {
    AssociationId asking = create("asking");
    running(asking);
    network.listens(Optional.empty());
    network.cut(INSTANCE, "on purpose");
    pass(Duration.ofMillis(100));

    Outcome outcome = ask(asking);

    assertEquals(RunStatus.FAILED, outcome.status());
    assertTrue(outcome.reason().startsWith("CoordinatorUnreachable: "), outcome.reason());
  }
}
