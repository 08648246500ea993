package dev.holdfast.coordinator.association;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.StepReport;
import dev.holdfast.wire.v1.Drift;
import dev.holdfast.wire.v1.Output;
import dev.holdfast.wire.v1.RunStep;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Steps of a run, from their stored form to the one that callers see. */
final class StepForm {
  private StepForm() {}

  /** From {@code StepReport} messages, each after its length. */
  static List<RunStep> steps(ByteString stored) {
    List<RunStep> steps = new ArrayList<>();
    try (InputStream in = stored.newInput()) {
      StepReport report = StepReport.parseDelimitedFrom(in);
      while (report != null) {
        steps.add(toProto(ReportCodec.fromProto(report)));
        report = StepReport.parseDelimitedFrom(in);
      }
    } catch (IOException e) {
      throw new StoreException("the steps of a run can't be read", e);
    }
    return steps;
  }

  private static RunStep toProto(StepResult step) {
    RunStep.Builder answer =
        RunStep.newBuilder()
            .setName(step.name())
            .setAction(step.action())
            .setStatus(ReportCodec.toProto(step.status()))
            .setExitCode(step.exitCode())
            .setAttempt(step.attempt())
            .setChanged(step.changed())
            .setStdout(toProto(step.stdout()))
            .setStderr(toProto(step.stderr()))
            .setReason(step.reason());
    step.start().ifPresent(at -> answer.setStartTime(Times.toProto(at)));
    step.end().ifPresent(at -> answer.setEndTime(Times.toProto(at)));
    step.drift()
        .forEach(
            drift ->
                answer.addDrift(
                    Drift.newBuilder()
                        .setResource(drift.resource())
                        .setProperty(drift.property())
                        .setActual(drift.actual())
                        .setDesired(drift.desired())));
    return answer.build();
  }

  private static Output toProto(dev.holdfast.report.Output output) {
    return Output.newBuilder()
        .setHead(output.head())
        .setTail(output.tail())
        .setTotalBytes(output.totalBytes())
        .build();
  }
}
