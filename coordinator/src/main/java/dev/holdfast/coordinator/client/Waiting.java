package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for something to come to its end. The coordinator's events say when to look; what is looked
 * at are the rows. Since some ends have no event (time passes), it also looks every few seconds.
 */
final class Waiting {
  /** How long after the first look the next is, without any event; it doubles. */
  private static final Duration SOON = Duration.ofMillis(100);

  /** The longest time between two looks. */
  private static final Duration LATER = Duration.ofSeconds(5);

  private Waiting() {}

  /** How something stands. */
  sealed interface Standing {
    /** In words. */
    String text();

    /** It goes on. */
    record Going(String text) implements Standing {}

    /** It is at its end. */
    record Ended(boolean good, String text) implements Standing {}
  }

  /** How an execution stands; none yet: it goes on. */
  static Standing of(Optional<AssociationExecution> newest) {
    if (newest.isEmpty()) {
      return new Standing.Going("it was not due yet");
    }
    AssociationExecution execution = newest.get();
    String text =
        (execution.getExecutionId()
                + " "
                + Shown.word(execution.getStatus(), "RUN_STATUS_")
                + " "
                + Shown.counts(execution.getResourceCountByStatusMap()))
            .strip();
    return switch (execution.getStatus()) {
      case RUN_STATUS_UNSPECIFIED, RUN_STATUS_PENDING, RUN_STATUS_IN_PROGRESS, UNRECOGNIZED ->
          new Standing.Going(text);
      case RUN_STATUS_SUCCESS -> new Standing.Ended(allSuccess(execution), text);
      case RUN_STATUS_FAILED,
          RUN_STATUS_TIMED_OUT,
          RUN_STATUS_CANCELLED,
          RUN_STATUS_SKIPPED,
          RUN_STATUS_INTERRUPTED ->
          new Standing.Ended(false, text);
    };
  }

  /** How an instance stands: only one that is linked is at the end. */
  static Standing of(InstanceInformation instance) {
    String text =
        instance.getInstanceId() + " " + Shown.word(instance.getPingStatus(), "PING_STATUS_");
    return instance.getPingStatus() == PingStatus.PING_STATUS_ONLINE
        ? new Standing.Ended(true, text)
        : new Standing.Going(text);
  }

  /**
   * Looks until the end, or until the time is over.
   *
   * @param resource whose events say when to look
   * @param uptime monotonic time
   * @return how it stands then
   */
  static Standing until(
      Channel channel,
      String resource,
      Duration timeout,
      Supplier<Duration> uptime,
      Supplier<Standing> look)
      throws InterruptedException {
    Duration end = uptime.get().plus(timeout);
    Bell bell = new Bell();
    bell.listen(channel, resource);
    try {
      Duration wait = SOON;
      while (true) {
        Standing standing = look.get();
        Duration left = end.minus(uptime.get());
        if (standing instanceof Standing.Ended || !left.isPositive()) {
          return standing;
        }
        if (!bell.await(wait.compareTo(left) < 0 ? wait : left)) {
          wait = wait.multipliedBy(2).compareTo(LATER) < 0 ? wait.multipliedBy(2) : LATER;
          bell.listenAgain(channel, resource);
        }
      }
    } finally {
      bell.close();
    }
  }

  private static boolean allSuccess(AssociationExecution execution) {
    return execution.getResourceCountByStatusMap().entrySet().stream()
        .allMatch(entry -> entry.getKey().equals("Success") || entry.getValue() == 0);
  }

  /** Rings when there is an event; many at once ring once. */
  private static final class Bell implements ClientResponseObserver<WatchRequest, Event> {
    private final BlockingQueue<Boolean> rings = new ArrayBlockingQueue<>(1);
    private volatile boolean broken;
    private @Nullable ClientCallStreamObserver<WatchRequest> stream;

    void listen(Channel channel, String resource) {
      broken = false;
      EventServiceGrpc.newStub(channel)
          .watch(
              WatchRequest.newBuilder().setAfterPosition(-1).addResourceIds(resource).build(),
              this);
    }

    /** A stream that broke is opened again; what was missed is looked at anyway. */
    void listenAgain(Channel channel, String resource) {
      if (broken) {
        listen(channel, resource);
      }
    }

    boolean await(Duration atMost) throws InterruptedException {
      return rings.poll(atMost.toNanos(), TimeUnit.NANOSECONDS) != null;
    }

    void close() {
      if (stream != null) {
        stream.cancel("done", null);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
      stream = started;
    }

    @Override
    public void onNext(Event event) {
      rings.offer(true);
    }

    @Override
    public void onError(Throwable failure) {
      broken = true;
    }

    @Override
    public void onCompleted() {
      broken = true;
    }
  }
}
