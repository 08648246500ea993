package dev.holdfast.coordinator.testing;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.v1.Association;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A store with instances, associations and members, as the services would have written them; time
 * moves when told.
 */
public final class Estate implements AutoCloseable {
  /** When it begins. */
  public static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  /** The clock of the rows. */
  public final ManualTimers timers = new ManualTimers(START);

  /** The store. */
  public final Store store;

  private final Path folder;

  /** In an empty folder. */
  public Estate(Path folder) {
    this.folder = folder;
    this.store = Store.open(folder, timers::now, Store.Durability.PROCESS);
  }

  /** The id of an instance. */
  public static InstanceId instance(int number) {
    return new InstanceId(String.format("mi-%017x", number));
  }

  /** The id of an association. */
  public static AssociationId association(int number) {
    return new AssociationId(String.format("00000000-0000-4000-8000-%012x", number));
  }

  /** The revision of one version of an association. */
  public static Sha256 revision(int association, int version) {
    return Sha256.of(("revision|" + association + "|" + version).getBytes(StandardCharsets.UTF_8));
  }

  /** Adds an instance. */
  public InstanceId addInstance(int number) {
    InstanceId id = instance(number);
    store.write(
        write -> {
          Instances.add(
              write, id, "", "activation", "key" + number, "", new byte[0], "1.0", "host" + number);
          return true;
        });
    return id;
  }

  /** Adds an association with a schedule, from now on; it has no members yet. */
  public AssociationId addAssociation(int number, String schedule) {
    return addAssociation(
        number,
        Association.newBuilder().setName("Document").setScheduleExpression(schedule).build());
  }

  /** Adds an association, from now on; it has no members yet. */
  public AssociationId addAssociation(int number, Association content) {
    AssociationId id = association(number);
    store.write(
        write -> {
          Associations.put(write, row(number, content, write.now(), write.now()));
          Associations.addVersion(write, id, 1, content.toByteArray());
          Associations.addRevision(
              write, id, new Associations.Revision(revision(number, 1), 1, 7, write.position()));
          schedule(write, id, content.getScheduleExpression());
          return write.append("AssociationCreated", List.of(id.value()), java.util.Map.of());
        });
    return id;
  }

  /** The row of an association as it was added. */
  public static Associations.Association row(
      int number, Association content, Instant created, Instant effectiveFrom) {
    return new Associations.Association(
        association(number),
        content.getAssociationName(),
        1,
        content.getName(),
        created,
        created,
        Optional.empty(),
        Optional.of(revision(number, 1)),
        effectiveFrom,
        effectiveFrom);
  }

  /** Another schedule comes in force now; an empty one stands for a disabled association. */
  public void reschedule(AssociationId id, String expression) {
    store.write(
        write -> {
          schedule(write, id, expression);
          return write.append("AssociationUpdated", List.of(id.value()), java.util.Map.of());
        });
  }

  private static void schedule(
      dev.holdfast.coordinator.store.Write write, AssociationId id, String expression) {
    Associations.addInForce(
        write, id, new Associations.InForce(write.now(), expression, "", 0, write.now()));
  }

  /** Instances come in. */
  public void enter(AssociationId id, InstanceId... instances) {
    store.write(
        write -> {
          write.append("InstanceTagged", List.of(), java.util.Map.of());
          for (InstanceId instance : instances) {
            Memberships.enter(write, instance, id);
          }
          return true;
        });
  }

  /** One leaves. */
  public void leave(AssociationId id, InstanceId instance) {
    store.write(
        write -> {
          write.append("InstanceTagged", List.of(), java.util.Map.of());
          Memberships.leave(write, instance, id);
          return true;
        });
  }

  /** Deletes an association. */
  public void delete(AssociationId id) {
    store.write(
        write -> {
          write.append("AssociationDeleted", List.of(id.value()), java.util.Map.of());
          Memberships.members(write.read(), id)
              .forEach(member -> Memberships.leave(write, member.instance(), id));
          Associations.delete(write, id);
          return true;
        });
  }

  /** What an association executes changed; the trigger. */
  public Trigger change(AssociationId id) {
    return store.write(
        write -> {
          long position = write.append("ExecutionStarted", List.of(id.value()), java.util.Map.of());
          Trigger trigger = new Trigger.Change(write.epoch(), position);
          execute(write, id, trigger, position, Set.of());
          return trigger;
        });
  }

  /** Somebody starts an association, on some of its members. */
  public Trigger start(AssociationId id, String request, Set<String> instances) {
    return store.write(
        write -> {
          long position = write.append("ExecutionStarted", List.of(id.value()), java.util.Map.of());
          Trigger trigger = new Trigger.Manual(request);
          execute(write, id, trigger, position, instances);
          return trigger;
        });
  }

  private static void execute(
      dev.holdfast.coordinator.store.Write write,
      AssociationId id,
      Trigger trigger,
      long position,
      Set<String> instances) {
    Executions.add(
        write,
        new Executions.Execution(
            Identity.executionId(id, trigger),
            id,
            1,
            trigger,
            "",
            write.now(),
            position,
            "",
            instances,
            write.now().plus(Duration.ofDays(31)),
            instances.isEmpty() ? Memberships.members(write.read(), id).size() : instances.size(),
            write.now(),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            Optional.empty(),
            RateControl.NONE));
  }

  /** A report of a run of version 1 of an association. */
  public static Report.Run report(
      int association, Trigger trigger, long startNumber, RunStatus status, StepResult... steps) {
    return new Report.Run(
        association(association),
        trigger,
        status == RunStatus.SKIPPED ? 0 : 1,
        startNumber,
        status,
        status.text(),
        revision(association, 1),
        1,
        7,
        trigger instanceof Trigger.Tick(var at) ? Optional.of(at) : Optional.empty(),
        Optional.of(START),
        status.terminal() ? Optional.of(START.plusSeconds(startNumber)) : Optional.empty(),
        false,
        0,
        List.of(steps),
        "");
  }

  /** All events of the log. */
  public List<EventLog.Event> events() {
    return store.read(read -> EventLog.after(read, 0, 1_000_000));
  }

  /** The types of the events after a position. */
  public List<String> eventTypes(long after) {
    return store.read(read -> EventLog.after(read, after, 1_000_000)).stream()
        .map(EventLog.Event::type)
        .toList();
  }

  /** What a query answers: a line a row, columns after each other. */
  public List<String> rows(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          byte[] bytes = result.getBytes(i);
          row.append(i == 1 ? "" : "|")
              .append(bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Changes the database behind the coordinator's back. */
  public void sql(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }

  /** Everything that is stored, table by table. */
  public List<String> dump() {
    List<String> all = new ArrayList<>();
    for (String table : tables()) {
      rows("SELECT * FROM " + table).stream().sorted().forEach(row -> all.add(table + ": " + row));
    }
    return all;
  }

  /** Forgets everything. */
  public void clear() {
    sql(tables().stream().map(table -> "DELETE FROM " + table).toArray(String[]::new));
  }

  private List<String> tables() {
    return rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name"
            + " NOT LIKE 'flyway%' AND name <> 'meta' ORDER BY name");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("holdfast.db"));
  }

  @Override
  public void close() {
    store.close();
  }
}
