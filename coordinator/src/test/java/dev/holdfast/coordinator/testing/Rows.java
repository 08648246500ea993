package dev.holdfast.coordinator.testing;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.CutLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.AssignmentCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Writes the rows and events of associations, members and executions, without the admin services.
 */
public final class Rows implements AutoCloseable {
  public static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

  public final ManualTimers timers = new ManualTimers(START);
  public final Store store;

  public Rows(Path folder) {
    store = Store.open(folder, timers::now, Store.Durability.PROCESS);
  }

  @Override
  public void close() {
    store.close();
  }

  public static InstanceId id(int number) {
    return new InstanceId("mi-%017x".formatted(number));
  }

  public static AssociationId associationId(int number) {
    return new AssociationId(new UUID(0, number).toString());
  }

  /** A registered instance. */
  public InstanceId instance(int number) {
    InstanceId id = id(number);
    store.write(
        write -> {
          Instances.add(
              write, id, "", "activation", "key" + number, "1", new byte[0], "1.0", "host");
          return write.append("InstanceRegistered", List.of(id.value()), Map.of());
        });
    return id;
  }

  public void deregister(InstanceId instance) {
    store.write(
        write -> {
          Instances.deregister(write, instance);
          return write.append("InstanceDeregistered", List.of(instance.value()), Map.of());
        });
  }

  /** What is varied of an association. */
  public record Shape(String document, boolean enabled, boolean onlyAtTicks) {
    public static final Shape PLAIN = new Shape("one", true, false);
  }

  /** A new association with its members, and the change that it starts with. */
  public AssociationId create(int number, InstanceId... members) {
    AssociationId id = associationId(number);
    store.write(
        write -> {
          put(write, id, 1, Shape.PLAIN, write.now(), true);
          write.append("AssociationCreated", List.of(id.value(), "Doc"), Map.of());
          for (InstanceId member : members) {
            Memberships.enter(write, member, id);
          }
          return change(write, id);
        });
    return id;
  }

  /** A new version that executes something else: a change, where it starts by itself. */
  public void edit(AssociationId id, Shape shape) {
    store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), id).orElseThrow();
          put(write, id, row.version() + 1, shape, row.effectiveFrom(), true);
          long position = write.append("AssociationUpdated", List.of(id.value(), "Doc"), Map.of());
          return shape.enabled && !shape.onlyAtTicks ? change(write, id) : position;
        });
  }

  /** The document is gone: there is no revision any more. */
  public void unresolve(AssociationId id) {
    store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), id).orElseThrow();
          put(write, id, row.version(), Shape.PLAIN, row.effectiveFrom(), false);
          return write.append("DocumentDeleted", List.of("Doc"), Map.of());
        });
  }

  public void delete(AssociationId id) {
    store.write(
        write -> {
          long position = write.append("AssociationDeleted", List.of(id.value()), Map.of());
          Memberships.members(write.read(), id)
              .forEach(member -> Memberships.leave(write, member.instance(), id));
          Associations.delete(write, id);
          return position;
        });
  }

  /** An instance comes into the targets. */
  public void enter(AssociationId id, InstanceId instance) {
    store.write(
        write -> {
          long position = write.append("InstanceTagged", List.of(instance.value()), Map.of());
          Memberships.enter(write, instance, id);
          execute(write, id, new Trigger.Enter(write.epoch(), position), position, Set.of());
          return position;
        });
  }

  public void leave(AssociationId id, InstanceId instance) {
    store.write(
        write -> {
          long position = write.append("InstanceTagged", List.of(instance.value()), Map.of());
          Memberships.leave(write, instance, id);
          return position;
        });
  }

  /** A manual start; its execution's id. */
  public String start(AssociationId id, InstanceId... cutTo) {
    return store.write(
        write -> {
          long position = write.position() + 1;
          Set<String> cut = Set.copyOf(List.of(cutTo).stream().map(InstanceId::value).toList());
          return execute(
              write, id, new Trigger.Manual(new UUID(1, position).toString()), position, cut);
        });
  }

  /** The execution of a tick. */
  public String tick(AssociationId id, Instant at) {
    return store.write(
        write -> execute(write, id, new Trigger.Tick(at), write.position() + 1, Set.of()));
  }

  public void cancel(AssociationId id, String execution) {
    store.write(
        write -> {
          Cancellations.cancel(write, execution);
          return write.append("ExecutionCancelled", List.of(id.value(), execution), Map.of());
        });
  }

  public void cancel(AssociationId id, String execution, InstanceId instance) {
    store.write(
        write -> {
          Cancellations.cancel(write, execution, instance);
          return write.append("ExecutionCancelled", List.of(id.value(), execution), Map.of());
        });
  }

  /** What an instance told of an execution. */
  public void report(String execution, InstanceId instance, RunStatus status) {
    store.write(
        write -> {
          Executions.Execution row = Executions.find(write.read(), execution).orElseThrow();
          Runs.put(
              write,
              new Runs.Run(
                  Identity.runId(instance, row.association(), row.trigger()),
                  execution,
                  row.association(),
                  instance,
                  row.trigger().text(),
                  1,
                  1,
                  1,
                  status,
                  status.text(),
                  1,
                  1,
                  row.revisionSha256(),
                  Optional.empty(),
                  Optional.of(write.now()),
                  status.terminal() ? Optional.of(write.now()) : Optional.empty(),
                  false,
                  0,
                  com.google.protobuf.ByteString.EMPTY,
                  write.now(),
                  ""),
              Runs.lastChange(write.read(), execution) + 1);
          return true;
        });
  }

  /** All events but the newest are dropped, as by retention. */
  public void cutLog() {
    CutLog.toNewest(store);
  }

  /** The newest execution of an association. */
  public String newest(AssociationId id) {
    return store.read(read -> Executions.made(read, id, Instant.EPOCH).getFirst().id());
  }

  private static long change(Write write, AssociationId id) {
    long position = write.position() + 1;
    execute(write, id, new Trigger.Change(write.epoch(), position), position, Set.of());
    return position;
  }

  private static String execute(
      Write write, AssociationId id, Trigger trigger, long position, Set<String> cutTo) {
    Associations.Association row = Associations.find(write.read(), id).orElseThrow();
    String execution = Identity.executionId(id, trigger);
    write.append("ExecutionStarted", List.of(id.value(), execution), Map.of());
    Instant time = trigger instanceof Trigger.Tick(var at) ? at : write.now();
    Executions.add(
        write,
        new Executions.Execution(
            execution,
            id,
            row.version(),
            trigger,
            "a test",
            time,
            position,
            row.revision().map(Sha256::hex).orElse(""),
            cutTo,
            write
                .now()
                .plus(
                    trigger instanceof Trigger.Manual
                        ? RunLimits.MANUAL_WAITS
                        : RunLimits.CATCH_UP),
            1,
            write.now(),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            Optional.empty(),
            RateControl.NONE));
    return execution;
  }

  private static void put(
      Write write,
      AssociationId id,
      int version,
      Shape shape,
      Instant effectiveFrom,
      boolean resolved) {
    Sha256 document = Bodies.add(write, shape.document.getBytes(StandardCharsets.UTF_8));
    Assignment assignment =
        new Assignment(
            id,
            version,
            "",
            "Doc",
            1,
            document,
            Map.of(),
            new Assignment.Recurrence("", "", 0, 0, START),
            shape.onlyAtTicks,
            shape.enabled,
            false,
            false,
            false,
            false);
    Optional<Sha256> revision =
        resolved
            ? Optional.of(Bodies.add(write, AssignmentCodec.toBytes(assignment)))
            : Optional.empty();
    Associations.put(
        write,
        new Associations.Association(
            id,
            "",
            version,
            "Doc",
            write.now(),
            write.now(),
            Optional.empty(),
            revision,
            effectiveFrom,
            effectiveFrom));
  }
}
