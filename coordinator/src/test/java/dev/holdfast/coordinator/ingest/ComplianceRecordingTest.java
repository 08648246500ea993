package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.compliance.ComplianceDesk;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ReportCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What reports say of compliance beside the association as a whole. */
final class ComplianceRecordingTest extends IngestCase {
  private static final Map<String, String> OPENSSL =
      Map.of("Name", "openssl", "AvailableVersion", "3.0.14", "Security", "true");
  private static final Drift DRIFT = new Drift("/etc/motd", "mode", "0600", "0644");

  @Test
  void eachStateStepOfARunIsAnItem() {
    hello("spool");
    long before = estate.store.position();
    send(
        run(
            1,
            TICK,
            1,
            step("motd", "state:file", RunStatus.SUCCESS, DRIFT),
            step("web", "state:service", RunStatus.FAILED),
            step("say", "aws:runShellScript", RunStatus.SUCCESS),
            step("late", "state:file", RunStatus.SKIPPED)));

    assertEquals(
        List.of("motd COMPLIANT", "web NON_COMPLIANT"), states(), "what differed was put right");
    Compliance.Item motd = items(Compliance.STATE).getFirst();
    assertEquals("file of step motd", motd.title(), "the revision's document is not known here");
    assertEquals(List.of(DRIFT), motd.evidence());
    assertEquals("Association", motd.executionType());
    assertEquals("state:file", motd.details().get("Action"));
    assertEquals(
        List.of("Association", "State"),
        estate.store.read(read -> EventLog.after(read, before, 100)).stream()
            .filter(event -> event.type().equals("ComplianceChanged"))
            .map(event -> event.detail().get("type"))
            .toList(),
        "one event for all steps");
  }

  @Test
  void itemsOfStepsMoveForwardOnlyAndWhatIsSkippedStays() {
    hello("spool");
    send(
        run(
            1,
            NEXT,
            2,
            step("motd", "state:file", RunStatus.SUCCESS),
            step("web", "state:service", RunStatus.INTERRUPTED)));
    send(
        run(
            2,
            TICK,
            1,
            step("motd", "state:file", RunStatus.FAILED),
            step("web", "state:service", RunStatus.FAILED),
            step("old", "state:service", RunStatus.FAILED)));
    assertEquals(List.of("motd COMPLIANT", "old NON_COMPLIANT", "web UNKNOWN"), states());

    estate.timers.advance(Duration.ofHours(1));
    Trigger later = new Trigger.Tick(Estate.START.plus(Duration.ofHours(3)));
    send(
        run(
            3,
            later,
            3,
            step("motd", "state:file", RunStatus.SKIPPED),
            step("web", "state:service", RunStatus.CANCELLED)));
    assertEquals(List.of("motd COMPLIANT", "old NON_COMPLIANT", "web UNKNOWN"), states());
  }

  @Test
  void theItemsOfStepsGoWithTheMembershipAndWithStepsThatTheDocumentHasNoMore() {
    Sha256 revision = documented("motd", "/etc/issue");
    hello("spool");
    StepResult[] steps = {
      step("motd", "state:file", RunStatus.SUCCESS), step("web", "state:service", RunStatus.SUCCESS)
    };
    send(run(1, TICK, 1, revision, steps));
    assertEquals(List.of("motd COMPLIANT"), states(), "a step that it has no more is not judged");
    assertEquals("file /etc/issue", items(Compliance.STATE).getFirst().title());

    documented("banner", "/etc/motd");
    estate.store.write(
        write -> {
          ComplianceDesk.revised(write, Associations.find(write.read(), association).orElseThrow());
          return true;
        });
    assertEquals(List.of(), states());

    send(run(2, NEXT, 2, revision, step("banner", "state:file", RunStatus.SUCCESS)));
    assertEquals(List.of("banner COMPLIANT"), states());
    estate.leave(association, instance);
    assertEquals(List.of(), states());
  }

  @Test
  void aScanForUpdatesTakesThePlaceOfTheOneBefore() {
    hello("spool");
    long before = estate.store.position();
    send(scan(1, List.of(OPENSSL)));
    assertEquals(List.of("openssl NON_COMPLIANT HIGH"), patches());
    estate.timers.advance(Duration.ofHours(1));
    send(scan(2, List.of(OPENSSL)));
    Compliance.Item openssl = items(Compliance.PATCH).getFirst();
    assertEquals(estate.timers.now().minus(Duration.ofHours(1)), openssl.since());
    assertEquals(estate.timers.now().plus(Duration.ofDays(31)), openssl.freshUntil().orElseThrow());
    send(scan(3, List.of()));
    assertEquals(List.of("no-updates-missing COMPLIANT UNSPECIFIED"), patches());
    assertEquals(List.of("ComplianceChanged", "ComplianceChanged"), estate.eventTypes(before));
  }

  @Test
  void whatIsPutOnTheHostIsStoredOrRefusedForGood() {
    hello("spool");
    PutItem item = new PutItem("full", "The backup", Severity.HIGH, Status.COMPLIANT, Map.of());
    Duration future = Duration.ofDays(400);
    send(
        put(1, "Custom:Backup", Duration.ZERO, item),
        put(2, "Patch", Duration.ZERO, item),
        put(3, "Custom:Backup", Duration.ZERO, item, item));

    assertEquals(1, items("Custom:Backup").size());
    assertEquals("Host", items("Custom:Backup").getFirst().executionType());
    assertEquals(
        List.of(2L, 3L), answers.getLast().refused().stream().map(r -> r.sequence()).toList());
    assertTrue(answers.getLast().refused().getFirst().reason().startsWith("InvalidItemContent: "));

    send(put(4, "Custom:Backup", future));
    assertEquals(List.of(), items("Custom:Backup"));
    send(put(5, "Custom:Backup", Duration.ofDays(-400), item));
    assertEquals(1, items("Custom:Backup").size(), "a host's clock does not matter to itself");
    for (int i = 0; i < 10; i++) {
      send(put(6 + i, "Custom:Type" + i, Duration.ZERO, item));
    }
    assertTrue(
        answers.getLast().refused().getFirst().reason().startsWith("ComplianceTypeCountLimit"));
  }

  /** The association executes a document with one step now; the revision. */
  private Sha256 documented(String step, String path) {
    String document =
        "schemaVersion: \"2.2\"\nmainSteps:\n- {action: \"state:file\", name: %s, inputs: {path: %s}}\n"
            .formatted(step, path);
    return estate.store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), association).orElseThrow();
          Sha256 bytes = Bodies.add(write, document.getBytes(StandardCharsets.UTF_8));
          Sha256 revision =
              Bodies.add(
                  write,
                  AssignmentCodec.toBytes(
                      new Assignment(
                          association,
                          1,
                          "",
                          "Document",
                          7,
                          bytes,
                          Map.of(),
                          new Assignment.Recurrence("rate(1 hour)", "", 0, 0, Estate.START),
                          false,
                          true,
                          false,
                          false,
                          false,
                          false)));
          Associations.addRevision(
              write, association, new Associations.Revision(revision, 1, 7, write.position()));
          Associations.put(
              write,
              new Associations.Association(
                  row.id(),
                  row.name(),
                  row.version(),
                  row.documentName(),
                  row.created(),
                  row.updated(),
                  row.deleted(),
                  Optional.of(revision),
                  row.effectiveFrom(),
                  row.anchor()));
          return revision;
        });
  }

  private static dev.holdfast.wire.agent.Report run(
      long sequence, Trigger trigger, long start, StepResult... steps) {
    return run(sequence, trigger, start, Estate.revision(1, 1), steps);
  }

  private static dev.holdfast.wire.agent.Report run(
      long sequence, Trigger trigger, long start, Sha256 revision, StepResult... steps) {
    Report.Run run = Estate.report(1, trigger, start, RunStatus.SUCCESS, steps);
    return ReportCodec.toProto(
        sequence,
        new Report.Run(
            run.association(),
            run.trigger(),
            run.attempt(),
            run.startNumber(),
            run.status(),
            run.detailedStatus(),
            revision,
            run.associationVersion(),
            run.documentVersion(),
            run.scheduled(),
            run.start(),
            run.end(),
            false,
            0,
            run.steps(),
            ""));
  }

  private dev.holdfast.wire.agent.Report scan(long sequence, List<Map<String, String>> items) {
    return ReportCodec.toProto(
        sequence,
        new Report.Inventory(
            "Host:PendingUpdate", "1.0", estate.timers.now(), Items.hash(items), items));
  }

  private dev.holdfast.wire.agent.Report put(
      long sequence, String type, Duration ahead, PutItem... items) {
    return ReportCodec.toProto(
        sequence, new Report.Compliance(type, estate.timers.now().plus(ahead), List.of(items)));
  }

  private List<String> states() {
    return items(Compliance.STATE).stream()
        .map(item -> item.id().substring(37) + " " + item.status())
        .toList();
  }

  private List<String> patches() {
    return items(Compliance.PATCH).stream()
        .map(item -> item.id() + " " + item.status() + " " + item.severity())
        .toList();
  }

  private List<Compliance.Item> items(String type) {
    return estate.store.read(read -> Compliance.of(read, instance, type));
  }

  private static StepResult step(String name, String action, RunStatus status, Drift... drift) {
    return new StepResult(
        name,
        action,
        status,
        0,
        1,
        Optional.of(Estate.START),
        Optional.of(Estate.START),
        false,
        List.of(drift),
        Output.NONE,
        Output.NONE,
        "");
  }
}
