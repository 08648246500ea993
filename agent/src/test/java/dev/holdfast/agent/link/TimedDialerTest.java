package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimedDialerTest {
  private final AckTimes times = new AckTimes();
  private final FakeDialer dialer = new FakeDialer();
  private final List<String> heard = new ArrayList<>();
  private Duration now = Duration.ofSeconds(5);
  private final Dialer.Connection connection =
      new TimedDialer(dialer, () -> now, times).dial(new Ear());

  @Test
  void aBatchOfResultsIsTimedUntilItsLastOneIsAcknowledged() {
    connection.send(reports(Lane.LANE_RESULTS, 1, 2));
    later(30);
    acknowledge(1);
    assertEquals(0, times.count(), "only a part of it");
    later(20);
    connection.send(reports(Lane.LANE_RESULTS, 3));
    later(10);

    acknowledge(3);

    assertEquals(2, times.count());
    assertEquals(10, times.millis(0.5));
    assertEquals(60, times.millis(1));
    assertEquals(2, dialer.last().sent.size(), "all went on");
    assertEquals(List.of("received", "received"), heard);
  }

  @Test
  void otherReportsAndOtherMessagesAreNotTimed() {
    connection.send(reports(Lane.LANE_PROGRESS, 1));
    connection.send(AgentMessage.getDefaultInstance());
    acknowledge(9);

    assertEquals(0, times.count());
    assertEquals(0, times.millis(0.99));
  }

  @Test
  void whatIsDoneWithAConnectionIsDoneWithTheOtherOne() {
    assertTrue(connection.ready());
    dialer.last().listener.opened();
    dialer.last().listener.ready();
    dialer.last().listener.closed("why");
    connection.close();

    assertEquals(List.of("opened", "ready", "closed why"), heard);
    assertTrue(dialer.last().closed);
  }

  @Test
  void whatTakesLongerThanAnyBucketCountsAsTheLongest() {
    connection.send(reports(Lane.LANE_RESULTS, 1));
    now = now.plus(Duration.ofDays(1));
    acknowledge(1);

    assertEquals(AckTimes.LONGEST_MILLIS, times.millis(1));
  }

  private void later(int millis) {
    now = now.plusMillis(millis);
  }

  private void acknowledge(long through) {
    dialer
        .last()
        .receive(
            CoordinatorMessage.newBuilder()
                .setAck(
                    Ack.newBuilder()
                        .addStoredThrough(
                            LanePosition.newBuilder()
                                .setLane(Lane.LANE_RESULTS)
                                .setSequence(through))));
  }

  private static AgentMessage reports(Lane lane, long... sequences) {
    ReportBatch.Builder batch = ReportBatch.newBuilder();
    for (long sequence : sequences) {
      batch.addReports(Report.newBuilder().setLane(lane).setSequence(sequence));
    }
    return AgentMessage.newBuilder().setReports(batch).build();
  }

  private final class Ear implements Dialer.Listener {
    @Override
    public void opened() {
      heard.add("opened");
    }

    @Override
    public void received(CoordinatorMessage message) {
      heard.add("received");
    }

    @Override
    public void ready() {
      heard.add("ready");
    }

    @Override
    public void closed(String reason) {
      heard.add("closed " + reason);
    }
  }
}
