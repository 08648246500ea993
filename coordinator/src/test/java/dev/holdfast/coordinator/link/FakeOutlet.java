package dev.holdfast.coordinator.link;

import dev.holdfast.wire.agent.CoordinatorMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A network that takes messages while it is told to be ready, and keeps them. */
final class FakeOutlet implements Outlet {
  final List<CoordinatorMessage> sent = new ArrayList<>();
  boolean ready = true;
  int asked;
  Optional<String> closed = Optional.empty();
  Optional<Duration> retryAfter = Optional.empty();

  @Override
  public boolean ready() {
    return ready && closed.isEmpty();
  }

  @Override
  public void send(CoordinatorMessage message) {
    if (!ready()) {
      throw new AssertionError("sent to an outlet that is not ready: " + message);
    }
    sent.add(message);
  }

  @Override
  public void next() {
    asked++;
  }

  @Override
  public void close(String reason) {
    closed = Optional.of(reason);
  }

  @Override
  public void turnAway(String reason, Duration retry) {
    retryAfter = Optional.of(retry);
    close(reason);
  }

  /** What was sent since it was taken last. */
  List<CoordinatorMessage> take() {
    List<CoordinatorMessage> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }
}
