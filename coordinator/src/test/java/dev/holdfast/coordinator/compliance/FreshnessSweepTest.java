package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.ingest.Ingest;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.SyncCompliance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The items of an estate as time passes and associations are edited. */
final class FreshnessSweepTest {
  private static final Association CONTENT =
      Association.newBuilder()
          .setName("Check")
          .setScheduleExpression("rate(3 hours)")
          .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH)
          .build();

  @TempDir Path folder;
  private Estate estate;
  private Ingest ingest;
  private InstanceId instance;
  private long sequence;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    instance = estate.addInstance(1);
    ingest = new Ingest(estate.store, new InventoryDesk(new Stock()), Runnable::run, (_, _) -> {});
    ingest.opened(instance, "spool", _ -> {});
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void aVerdictThatNobodyConfirmsIsUnknownFromItsTimeOn() {
    AssociationId id = add(CONTENT);
    new FreshnessSweep(estate.store, estate.timers).start();
    estate.timers.advance(Duration.ofMinutes(20));
    report(id, RunStatus.SUCCESS);
    assertEquals(Estate.START.plus(Duration.ofHours(6)), item(id).freshUntil().orElseThrow());

    estate.timers.advance(Duration.ofHours(6).minusMinutes(21));
    assertEquals(Status.COMPLIANT, item(id).status());
    long before = estate.store.position();
    estate.timers.advance(Duration.ofMinutes(2));

    assertEquals(Status.UNKNOWN, item(id).status());
    assertEquals(Estate.START.plus(Duration.ofHours(6)), item(id).since());
    assertEquals(List.of("ComplianceChanged"), estate.eventTypes(before));
    estate.timers.advance(Duration.ofDays(40));
    assertEquals(1, estate.eventTypes(before).size(), "told once");
  }

  @Test
  void aVerdictThatComesWhileItSleepsIsNotMissed() {
    AssociationId id = add(CONTENT.toBuilder().setScheduleExpression("rate(1 minute)").build());
    new FreshnessSweep(estate.store, estate.timers).start();
    estate.timers.advance(RunLimits.FRESHNESS_PAUSE.plusSeconds(1));

    report(id, RunStatus.SUCCESS);
    estate.timers.advance(RunLimits.FRESH_AT_LEAST);

    assertEquals(Status.UNKNOWN, item(id).status());
    assertEquals(item(id).freshUntil().orElseThrow(), item(id).since(), "to the moment");
  }

  @Test
  void afterAStartReportsThatWaitedComeFirst() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.SUCCESS);
    estate.timers.advance(Duration.ofDays(1));

    new FreshnessSweep(estate.store, estate.timers).start();
    estate.timers.advance(RunLimits.FRESHNESS_PAUSE.minusSeconds(1));
    assertEquals(Status.COMPLIANT, item(id).status());

    estate.timers.advance(Duration.ofSeconds(1));
    assertEquals(Status.UNKNOWN, item(id).status());
  }

  @Test
  void manyAtOnceComeInSeveralTransactions() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.SUCCESS);
    Item item = item(id);
    estate.store.write(
        write -> {
          for (int i = 0; i < FreshnessSweep.MAX_ITEMS_AT_ONCE + 5; i++) {
            Compliance.put(
                write,
                new Item(
                    Estate.instance(100 + i),
                    item.type(),
                    item.id(),
                    item.title(),
                    item.status(),
                    item.severity(),
                    item.executionTime(),
                    item.executionId(),
                    item.executionType(),
                    item.details(),
                    item.evidence(),
                    item.since(),
                    item.freshUntil(),
                    1,
                    1,
                    item.reported()));
          }
          return true;
        });
    new FreshnessSweep(estate.store, estate.timers).start();

    estate.timers.advance(Duration.ofHours(7));

    assertEquals(
        List.of("UNKNOWN|206"),
        estate.rows("SELECT status, COUNT(*) FROM compliance_item GROUP BY status"));
  }

  @Test
  void aStoreThatFailsIsTriedAgain() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.SUCCESS);
    new FreshnessSweep(estate.store, estate.timers).start();
    estate.sql(
        "CREATE TRIGGER full BEFORE INSERT ON compliance_item BEGIN SELECT RAISE(ABORT, 'full');"
            + " END");
    estate.timers.advance(Duration.ofHours(7));
    assertEquals(Status.COMPLIANT, item(id).status());

    estate.sql("DROP TRIGGER full");
    estate.timers.advance(FreshnessSweep.RETRY);

    assertEquals(Status.UNKNOWN, item(id).status());
  }

  @Test
  void anItemSaysWhatWasExecutedAndHowMuchItMatters() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.FAILED);

    Item item = item(id);
    assertEquals("Check", item.title());
    assertEquals(Severity.HIGH, item.severity());
    assertEquals(
        "{AssociationVersion=1, DetailedStatus=Failed, DocumentName=Check, DocumentVersion=7}",
        new java.util.TreeMap<>(item.details()).toString());
  }

  @Test
  void underAuditTheDriftDecides() {
    AssociationId id =
        add(CONTENT.toBuilder().setMode(AssociationMode.ASSOCIATION_MODE_AUDIT).build());
    Drift drift = new Drift("/etc/motd", "mode", "0600", "0644");
    report(
        id,
        RunStatus.SUCCESS,
        new StepResult(
            "step",
            "state:file",
            RunStatus.SUCCESS,
            0,
            1,
            Optional.empty(),
            Optional.empty(),
            false,
            List.of(drift),
            Output.NONE,
            Output.NONE,
            ""));

    assertEquals(Status.NON_COMPLIANT, item(id).status());
    assertEquals(List.of(drift), item(id).evidence());
  }

  @Test
  void whatIsJudgedByHandHasNoItemOfItsRuns() {
    Association manual =
        CONTENT.toBuilder().setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_MANUAL).build();
    AssociationId id = add(manual);
    report(id, RunStatus.SUCCESS);
    assertEquals(Optional.empty(), find(id));
  }

  @Test
  void anEditIsSeenInTheItemsAtOnce() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.SUCCESS);
    Association low =
        CONTENT.toBuilder()
            .setAssociationName("Nightly")
            .setComplianceSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_LOW)
            .build();

    edit(id, CONTENT, low);
    assertEquals("Nightly", item(id).title());
    assertEquals(Severity.LOW, item(id).severity());
    assertEquals(Estate.START.plus(Duration.ofHours(6)), item(id).freshUntil().orElseThrow());

    estate.timers.advance(Duration.ofHours(1));
    estate.reschedule(id, "rate(10 days)");
    edit(id, low, low);
    assertEquals(
        Estate.START.plus(Duration.ofHours(1)).plus(Duration.ofDays(20)),
        item(id).freshUntil().orElseThrow(),
        "nobody could have confirmed it sooner");

    edit(id, low, low.toBuilder().setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_MANUAL).build());
    assertEquals(Optional.empty(), find(id));
  }

  @Test
  void whoLeavesTakesItsItemAlong() {
    AssociationId id = add(CONTENT);
    report(id, RunStatus.FAILED);

    estate.leave(id, instance);

    assertEquals(Optional.empty(), find(id));
  }

  private AssociationId add(Association content) {
    AssociationId id = estate.addAssociation(1, content);
    estate.enter(id, instance);
    return id;
  }

  private void edit(AssociationId id, Association before, Association after) {
    estate.store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), id).orElseThrow();
          ComplianceDesk.edited(
              write,
              new Associations.Association(
                  id,
                  after.getAssociationName(),
                  row.version(),
                  row.documentName(),
                  row.created(),
                  row.updated(),
                  row.deleted(),
                  row.revision(),
                  row.effectiveFrom(),
                  row.anchor()),
              before,
              after);
          return true;
        });
  }

  private void report(AssociationId id, RunStatus status, StepResult... steps) {
    sequence++;
    Trigger trigger = estate.start(id, Long.toHexString(sequence), java.util.Set.of());
    ingest.received(
        instance,
        "spool",
        List.of(ReportCodec.toProto(sequence, Estate.report(1, trigger, sequence, status, steps))),
        stored -> assertEquals(List.of(), stored.refused()));
  }

  private Item item(AssociationId id) {
    return find(id).orElseThrow();
  }

  private Optional<Item> find(AssociationId id) {
    return estate.store.read(
        read -> Compliance.find(read, instance, Compliance.ASSOCIATION, id.value()));
  }
}
