package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.Lane;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Report;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Holds batches until it is told to commit them. */
final class FakeIntake implements Intake {
  final List<Runnable> waiting = new ArrayList<>();
  final List<Report> stored = new ArrayList<>();
  boolean opens = true;

  @Override
  public void opened(
      InstanceId instance, String spoolEpoch, Consumer<Map<Lane, Long>> storedThrough) {
    if (opens) {
      storedThrough.accept(Map.of(Lane.RESULTS, 7L));
    }
  }

  /** Types of which every answer says that they are needed whole. */
  List<String> wholeInventory = List.of();

  @Override
  public void received(
      InstanceId instance, String spoolEpoch, List<Report> reports, Consumer<Stored> answer) {
    waiting.add(
        () -> {
          stored.addAll(reports);
          Map<Lane, Long> through = new EnumMap<>(Lane.class);
          List<Refused> refused = new ArrayList<>();
          for (Report report : reports) {
            Lane lane = ReportCodec.fromProto(report.getLane());
            through.merge(lane, report.getSequence(), Math::max);
            if (report.getSequence() == 13) {
              refused.add(new Refused(lane, 13, "unlucky"));
            }
          }
          answer.accept(new Stored(through, refused, wholeInventory));
        });
  }

  void commit() {
    List<Runnable> batches = List.copyOf(waiting);
    waiting.clear();
    batches.forEach(Runnable::run);
  }
}
