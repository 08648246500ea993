package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.ReportCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reports with boring content, and a short text of each. */
final class Sample {
  static final ByteString END = ByteString.copyFromUtf8("end");
  private static final Instant TIME = Instant.parse("2026-11-22T08:00:00Z");

  private Sample() {}

  static Report.Run run(int number, RunStatus status) {
    return run(number, status, List.of());
  }

  static Report.Run progressWithOutput(int number, int bytes) {
    return run(number, RunStatus.IN_PROGRESS, steps(bytes));
  }

  static Report.Run runWithOutput(int number, int bytes) {
    return run(number, RunStatus.SUCCESS, steps(bytes));
  }

  private static List<StepResult> steps(int bytes) {
    List<StepResult> steps = new ArrayList<>();
    for (int left = bytes; left > 0; left -= 40_000) {
      int size = Math.min(left, 40_000);
      ByteString text =
          ByteString.copyFromUtf8("x".repeat(Math.max(0, size - END.size()))).concat(END);
      steps.add(
          new StepResult(
              "step",
              "aws:runShellScript",
              RunStatus.SUCCESS,
              0,
              1,
              Optional.of(TIME),
              Optional.of(TIME),
              false,
              List.of(),
              new Output(text, ByteString.EMPTY, size),
              Output.NONE,
              ""));
    }
    return steps;
  }

  private static Report.Run run(int number, RunStatus status, List<StepResult> steps) {
    return new Report.Run(
        new AssociationId("00000000-0000-4000-8000-000000000000"),
        Trigger.parse("manual:" + number).orElseThrow(),
        1,
        number,
        status,
        status.text(),
        Sha256.of(new byte[0]),
        1,
        1,
        Optional.empty(),
        Optional.of(TIME),
        Optional.of(TIME),
        false,
        0,
        steps,
        "");
  }

  static Report.Inventory inventory(String type, int items) {
    List<Map<String, String>> all = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      all.add(
          Map.of(
              "Name",
              Sha256.of(("name " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8)).hex()));
    }
    return new Report.Inventory(type, "1.0", TIME, Sha256.of(new byte[] {(byte) items}).hex(), all);
  }

  static Report.Compliance put(String type, int items) {
    return new Report.Compliance(
        type,
        TIME,
        IntStream.range(0, items)
            .mapToObj(
                i ->
                    new PutItem(
                        "item " + i, "x".repeat(500), Severity.LOW, Status.COMPLIANT, Map.of()))
            .toList());
  }

  static Report report(Spooled spooled) {
    return ReportCodec.fromBytes(spooled.bytes());
  }

  static List<String> texts(List<Spooled> batch) {
    return batch.stream().map(Sample::text).toList();
  }

  static String text(Spooled spooled) {
    String what =
        switch (report(spooled)) {
          case Report.Run run -> "run " + run.startNumber() + " " + run.detailedStatus();
          case Report.Inventory inventory -> inventory.typeName();
          case Report.InventoryDelta delta -> "from " + delta.baseHash() + " " + delta.typeName();
          case Report.Compliance put -> put.type() + " " + put.items().size();
        };
    return spooled.lane() + " " + spooled.sequence() + " " + what;
  }
}
