package dev.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.assignment.ChildDocument;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.document.Value;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.FirstRelease.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Programs of other versions are on the other end of the link, and scripts of other versions on
 * that of the admin API. What the first release said and relied on is read and kept, for ever.
 */
final class FirstReleaseTest {
  private static final Instant T = Instant.parse("2026-03-02T10:00:00Z");
  private static final AssociationId ONE =
      new AssociationId("00000000-0000-4000-8000-000000000001");
  private static final Sha256 HASH = Sha256.of(new byte[] {1});
  private static final Trigger TICK = new Trigger.Tick(T);

  /** Something that can be written and read. */
  private record Valued(String type, Object value, ByteString bytes, Reading reading) {
    Valued(String type, Object value, byte[] bytes, Reading reading) {
      this(type, value, ByteString.copyFrom(bytes), reading);
    }
  }

  /** Reads bytes as the other side does. */
  private interface Reading {
    Object of(byte[] bytes) throws IOException;
  }

  @Test
  void itIsWrittenOnlyOnRequestAndOnlyOnce() throws IOException {
    String folder = System.getProperty("holdfast.write.first");
    if (folder != null) {
      FirstRelease.write(
          Path.of(folder),
          values().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      one -> Map.entry(one.getValue().type, one.getValue().bytes.toByteArray()),
                      (a, b) -> a,
                      LinkedHashMap::new)));
    }
  }

  @Test
  void everyMessageOfTheLinkHasSamples() {
    Set<String> sampled =
        FirstRelease.samples().stream().map(Sample::message).collect(Collectors.toSet());
    Set<String> promised =
        FirstRelease.contract("link").stream()
            .filter(line -> line.startsWith("field ") && !line.contains("Entry: "))
            .map(line -> line.substring("field ".length(), line.indexOf(':')))
            .collect(Collectors.toSet());

    assertTrue(promised.size() > 35, promised::toString);
    assertEquals(promised, sampled);
  }

  @Test
  void whatTheFirstReleaseSaidIsReadAndSaysWhatItSaid() throws IOException {
    for (Sample sample : FirstRelease.samples()) {
      Message read = sample.parsed();

      assertFalse(FirstRelease.hasUnknown(read), () -> sample.name() + " is not known any more");
      assertEquals(sample.told(), FirstRelease.told(read), sample.name());
    }
  }

  @Test
  void theValuesOfTheFirstReleaseAreReadAsTheyWere() throws IOException {
    Map<String, Sample> samples = byName();
    for (Map.Entry<String, Valued> one : values().entrySet()) {
      Sample sample = Objects.requireNonNull(samples.get("value-" + one.getKey()));

      assertEquals(
          one.getValue().value,
          one.getValue().reading.of(sample.bytes().toByteArray()),
          sample.name());
    }
  }

  @Test
  void whatANewerPeerSaysBesideHarmsNothing() throws IOException {
    for (Sample sample : FirstRelease.samples()) {
      Message newer = FirstRelease.newer(sample.parsed(), false);
      Message read = DynamicMessage.parseFrom(newer.getDescriptorForType(), newer.toByteArray());

      assertTrue(FirstRelease.hasUnknown(read), sample.name());
      assertEquals(sample.told(), FirstRelease.told(read), sample.name());
      assertArrayEquals(newer.toByteArray(), read.toByteArray(), "it is not passed on whole");
    }
    Map<String, Sample> samples = byName();
    for (Map.Entry<String, Valued> one : values().entrySet()) {
      Sample sample = Objects.requireNonNull(samples.get("value-" + one.getKey()));
      byte[] newer = FirstRelease.newer(sample.parsed(), false).toByteArray();

      assertEquals(one.getValue().value, one.getValue().reading.of(newer), sample.name());
    }
  }

  @Test
  void aWordThatANewerPeerKnowsIsRefusedOrReadNeverAFailure() throws IOException {
    Map<String, Sample> samples = byName();
    int refused = 0;
    for (Map.Entry<String, Valued> one : values().entrySet()) {
      Sample sample = Objects.requireNonNull(samples.get("value-" + one.getKey()));
      byte[] newer = FirstRelease.newer(sample.parsed(), true).toByteArray();
      try {
        Object ignored = one.getValue().reading.of(newer);
      } catch (WireException | IllegalArgumentException | DateTimeException e) {
        refused++; // what the link answers with a refusal of that one item
      }
    }
    assertTrue(refused > 0, "no sample has such a word");
  }

  @Test
  void theContractOfTheLinkOnlyGrows() {
    assertEquals(List.of(), missing("link", FirstRelease.LINK));
  }

  @Test
  void theContractOfTheAdminApiOnlyGrows() {
    assertEquals(List.of(), missing("admin", FirstRelease.ADMIN));
  }

  @Test
  void aFieldThatMovesOrGoesIsSeen() throws Exception {
    FileDescriptor link = FirstRelease.LINK.getFirst();
    FileDescriptorProto.Builder moved = link.toProto().toBuilder();
    for (var type : moved.getMessageTypeBuilderList()) {
      if (type.getName().equals("Hello")) {
        type.getFieldBuilder(0).setNumber(99);
        type.removeField(2);
      }
    }
    List<FileDescriptor> changed = new ArrayList<>(FirstRelease.LINK);
    changed.set(
        0,
        FileDescriptor.buildFrom(
            moved.build(), link.getDependencies().toArray(FileDescriptor[]::new)));

    assertEquals(
        List.of(
            "field holdfast.agent.v1.Hello: agent_version = 1 string",
            "field holdfast.agent.v1.Hello: boot_id = 3 string"),
        missing("link", changed));
  }

  private static List<String> missing(String api, List<FileDescriptor> files) {
    Set<String> now = new HashSet<>(FirstRelease.lines(files));
    List<String> first = FirstRelease.contract(api);
    assertTrue(first.size() > 150, "the contract was not read");
    return first.stream().filter(line -> !now.contains(line)).toList();
  }

  private static Map<String, Sample> byName() {
    return FirstRelease.samples().stream().collect(Collectors.toMap(Sample::name, one -> one));
  }

  /** Values with all fields set, and with as few as can be. */
  private static Map<String, Valued> values() {
    Map<String, Valued> values = new LinkedHashMap<>();
    for (boolean full : new boolean[] {true, false}) {
      String how = full ? "-full" : "-least";
      Assignment assignment = assignment(full);
      values.put(
          "assignment" + how,
          new Valued(
              "holdfast.agent.v1.AssignmentBody",
              assignment,
              AssignmentCodec.toBytes(assignment),
              AssignmentCodec::fromBytes));
      AssignmentSet set = set(full);
      values.put(
          "set" + how,
          new Valued(
              "holdfast.agent.v1.AssignmentSet",
              set,
              AssignmentCodec.setToBytes(set),
              AssignmentCodec::setFromBytes));
      values.put("run" + how, report(run(full)));
      StepResult step = step(full);
      values.put(
          "step" + how,
          new Valued(
              "holdfast.agent.v1.StepReport",
              step,
              ReportCodec.toBytes(step),
              ReportCodec::stepFromBytes));
      PermitRequest request =
          full
              ? new PermitRequest(
                  7,
                  List.of(new PermitRequest.Ask(ONE, TICK, Duration.ofMillis(1500))),
                  List.of(new PermitRequest.Hold(ONE, new Trigger.Change(1, 5), true)),
                  42)
              : PermitRequest.NONE;
      values.put(
          "permits" + how,
          new Valued(
              "holdfast.agent.v1.PermitRequest",
              request,
              PermitCodec.toProto(request).toByteArray(),
              bytes ->
                  PermitCodec.fromProto(dev.holdfast.wire.agent.PermitRequest.parseFrom(bytes))));
    }
    values.put(
        "inventory",
        report(
            new Report.Inventory(
                "AWS:Application",
                "1.1",
                T,
                HASH.hex(),
                List.of(Map.of("Name", "openssl", "Version", "3.0.14")))));
    values.put(
        "inventory-difference",
        report(
            new Report.InventoryDelta(
                "AWS:Application",
                "1.1",
                T,
                Sha256.of(new byte[] {2}).hex(),
                HASH.hex(),
                List.of(Map.of("Name", "bash", "Version", "5.2")),
                List.of(Map.of("Name", "openssl", "Version", "3.0.14")))));
    values.put(
        "compliance",
        report(
            new Report.Compliance(
                "Custom:Backup",
                T,
                List.of(
                    new PutItem(
                        "full", "A title", Severity.HIGH, Status.COMPLIANT, Map.of("a", "b"))))));
    for (Permit.Verdict verdict : Permit.Verdict.values()) {
      Permit permit = new Permit(ONE, TICK, 7, verdict);
      values.put(
          "permit-" + verdict.name().toLowerCase(java.util.Locale.ROOT),
          new Valued(
              "holdfast.agent.v1.Permit",
              permit,
              PermitCodec.toProto(permit).toByteArray(),
              bytes -> PermitCodec.fromProto(dev.holdfast.wire.agent.Permit.parseFrom(bytes))));
    }
    return values;
  }

  private static Valued report(Report report) {
    return new Valued(
        "holdfast.agent.v1.Report",
        report,
        ReportCodec.toBytes(3, report).toByteArray(),
        bytes -> ReportCodec.fromBytes(ByteString.copyFrom(bytes)));
  }

  private static Assignment assignment(boolean full) {
    Map<String, Value> parameters =
        full
            ? Map.of(
                "commands",
                new Value.Items(List.of(new Value.Text("uptime"))),
                "timeout",
                new Value.Text("60"))
            : Map.of();
    Assignment assignment =
        new Assignment(
            ONE,
            3,
            full ? "hourly" : "",
            "AWS-RunShellScript",
            2,
            HASH,
            parameters,
            full
                ? new Assignment.Recurrence("rate(1 hour)", "Europe/Berlin", 2, 300, T)
                : new Assignment.Recurrence("", "UTC", 0, 0, T),
            full,
            full,
            full,
            full,
            full,
            full);
    return full
        ? assignment
            .withChildren(List.of(new ChildDocument("child:2", "child", 2, HASH)))
            .within(new Assignment.Window(List.of(new CalendarReference("hours", 1, HASH)), 4))
        : assignment;
  }

  private static AssignmentSet set(boolean full) {
    return full
        ? new AssignmentSet(
            new Generation(1, 9),
            List.of(new AssignmentReference(ONE, HASH, T)),
            List.of("00000000-0000-4000-8000-000000000002"),
            Optional.of(new Freeze(T, Optional.of(T.plusSeconds(60)), "why", "ann")),
            List.of(
                new PendingTrigger(
                    ONE,
                    new Trigger.Manual("00000000-0000-4000-8000-000000000003"),
                    "ann asked",
                    T.plusSeconds(600),
                    HASH,
                    true,
                    Optional.of(T.plusSeconds(900)))),
            List.of("00000000-0000-4000-8000-000000000004"))
        : AssignmentSet.NONE;
  }

  private static Report.Run run(boolean full) {
    return new Report.Run(
        ONE,
        TICK,
        full ? 2 : 1,
        full ? 5 : 1,
        full ? RunStatus.SUCCESS : RunStatus.IN_PROGRESS,
        full ? "Success" : "",
        HASH,
        3,
        2,
        full ? Optional.of(T) : Optional.empty(),
        full ? Optional.of(T.plusSeconds(1)) : Optional.empty(),
        full ? Optional.of(T.plusSeconds(2)) : Optional.empty(),
        full,
        full ? 4 : 0,
        full ? List.of(step(true), step(false)) : List.of(),
        full ? "why" : "");
  }

  private static StepResult step(boolean full) {
    return new StepResult(
        "run",
        "aws:runShellScript",
        full ? RunStatus.FAILED : RunStatus.SUCCESS,
        full ? 3 : 0,
        full ? 2 : 0,
        full ? Optional.of(T) : Optional.empty(),
        full ? Optional.of(T.plusSeconds(1)) : Optional.empty(),
        full,
        full ? List.of(new Drift("file /etc/motd", "mode", "0600", "0644")) : List.of(),
        full
            ? new Output(ByteString.copyFromUtf8("head"), ByteString.copyFromUtf8("tail"), 10_000)
            : Output.NONE,
        full ? new Output(ByteString.copyFromUtf8("error"), ByteString.EMPTY, 5) : Output.NONE,
        full ? "exit code 3" : "");
  }
}
