package dev.holdfast.agent.link;

import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage.MessageCase;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LanePosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A link over a fake network, with what its tests do again and again. */
class LinkRig {
  static final Sha256 SET = Sha256.of(new byte[] {1});

  final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-22T08:00:00Z"));
  final FakeDialer dialer = new FakeDialer();
  final WantedBook wanted = new WantedBook();
  final FakePapers papers = new FakePapers();
  int epochs;
  int settled;
  final List<String> inventory = new ArrayList<>();
  final Spool spool = Spool.open(new CrashDisk(), timers, () -> "epoch-" + ++epochs, false);
  final Link link =
      new Link(
          dialer,
          papers,
          timers,
          new SplittableRandom(7),
          spool,
          new InventoryAcks() {
            @Override
            public void forgotten() {
              inventory.add("forgotten");
            }

            @Override
            public void acknowledged(
                long through, java.util.Set<Long> refused, java.util.Collection<String> whole) {
              inventory.add(through + " refused " + refused + " whole " + whole);
            }
          },
          wanted,
          new Host(
              "1.0",
              "Linux",
              "Debian",
              "12",
              "web-1",
              "10.0.0.1",
              "boot",
              "nonce",
              "process",
              "machine"),
          () -> settled++);

  void linkUp(long storedResults) {
    link.start();
    answerHello(storedResults);
  }

  void answerHello(long storedResults) {
    dialer.last().listener.opened();
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(storedResults)));
  }

  void ack(long storedResults) {
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(storedResults)));
  }

  static Ack.Builder stored(long results) {
    return Ack.newBuilder()
        .setEpoch(1)
        .addStoredThrough(
            LanePosition.newBuilder()
                .setLane(ReportCodec.toProto(Lane.RESULTS))
                .setSequence(results));
  }

  List<Long> sequences() {
    return dialer.last().sent.stream()
        .flatMap(message -> message.getReports().getReportsList().stream())
        .map(dev.holdfast.wire.agent.Report::getSequence)
        .toList();
  }

  long heartbeats() {
    return dialer.last().sent.stream()
        .filter(message -> message.getMessageCase() == MessageCase.HEARTBEAT)
        .count();
  }

  static Sha256 body(int number) {
    return Sha256.of(new byte[] {(byte) number});
  }

  static Report.Run run(int number, RunStatus status) {
    return new Report.Run(
        new AssociationId("00000000-0000-4000-8000-000000000000"),
        Trigger.parse("manual:" + number).orElseThrow(),
        1,
        number,
        status,
        status.text(),
        SET,
        1,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        List.of(),
        "");
  }

  static final class WantedBook implements Wanted {
    final List<String> heard = new ArrayList<>();
    final List<String> life = new ArrayList<>();
    List<Wait> waits = List.of();
    List<Condition> conditions = List.of();
    long loops;
    PermitRequest permits = PermitRequest.NONE;

    @Override
    public Generation generationHeld() {
      return new Generation(1, 5);
    }

    @Override
    public Sha256 setHeld() {
      return SET;
    }

    @Override
    public void wanted(AssignmentSet set, List<byte[]> beside) {
      heard.add(
          "wanted " + set.generation() + (beside.isEmpty() ? "" : " beside " + beside.size()));
    }

    @Override
    public void confirmed(Generation generation, Sha256 set) {
      heard.add("confirmed " + generation);
    }

    @Override
    public void linked() {
      life.add("linked");
    }

    @Override
    public void unlinked() {
      life.add("unlinked");
    }

    @Override
    public PermitRequest permits() {
      return permits;
    }

    @Override
    public void permit(Permit permit) {
      heard.add(permit.verdict() + " " + permit.trigger().text() + " " + permit.number());
    }

    @Override
    public long workLoopCount() {
      return loops;
    }

    @Override
    public List<Wait> waits() {
      return waits;
    }

    @Override
    public List<Condition> conditions() {
      return conditions;
    }
  }
}
