package dev.holdfast.agent.link;

import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Report;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Measures, on the way of another dialer, how long each batch of results that was sent took to be
 * acknowledged. What a broken link left unanswered is not counted: it is sent again.
 */
public final class TimedDialer implements Dialer {
  private final Dialer dialer;
  private final Supplier<Duration> uptime;
  private final AckTimes times;

  /**
   * Around another one.
   *
   * @param uptime monotonic time
   */
  public TimedDialer(Dialer dialer, Supplier<Duration> uptime, AckTimes times) {
    this.dialer = dialer;
    this.uptime = uptime;
    this.times = times;
  }

  @Override
  public Connection dial(Listener listener) {
    Deque<Batch> batches = new ArrayDeque<>();
    return new TimedConnection(dialer.dial(new TimedListener(listener, batches)), batches);
  }

  /** A batch that went: the last of its results, and when. */
  private record Batch(long last, Duration sent) {}

  private final class TimedListener implements Listener {
    private final Listener listener;
    private final Deque<Batch> batches;

    TimedListener(Listener listener, Deque<Batch> batches) {
      this.listener = listener;
      this.batches = batches;
    }

    @Override
    public void received(CoordinatorMessage message) {
      if (message.hasAck()) {
        answered(message.getAck());
      }
      listener.received(message);
    }

    private void answered(Ack ack) {
      long through =
          ack.getStoredThroughList().stream()
              .filter(position -> position.getLane() == Lane.LANE_RESULTS)
              .mapToLong(LanePosition::getSequence)
              .findFirst()
              .orElse(0);
      while (!batches.isEmpty() && batches.peek().last <= through) {
        times.took(uptime.get().minus(batches.remove().sent));
      }
    }

    @Override
    public void opened() {
      listener.opened();
    }

    @Override
    public void ready() {
      listener.ready();
    }

    @Override
    public void closed(String reason) {
      listener.closed(reason);
    }

    @Override
    public void turnedAway(String reason) {
      listener.turnedAway(reason);
    }

    @Override
    public void tooOften(String reason, Duration retryAfter) {
      listener.tooOften(reason, retryAfter);
    }
  }

  private final class TimedConnection extends OtherConnection {
    private final Deque<Batch> batches;

    TimedConnection(Connection connection, Deque<Batch> batches) {
      super(connection);
      this.batches = batches;
    }

    @Override
    public void send(AgentMessage message) {
      if (message.hasReports()) {
        long last =
            message.getReports().getReportsList().stream()
                .filter(report -> report.getLane() == Lane.LANE_RESULTS)
                .mapToLong(Report::getSequence)
                .max()
                .orElse(0);
        if (last > 0) {
          batches.add(new Batch(last, uptime.get()));
        }
      }
      super.send(message);
    }
  }
}
