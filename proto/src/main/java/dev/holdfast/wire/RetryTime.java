package dev.holdfast.wire;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/**
 * The refusal of somebody who came too often, with the time after which to try again. That time is
 * in the trailers, in milliseconds, under the name that gRPC gives it, so that other clients heed
 * it too.
 */
public final class RetryTime {
  /** Of the trailer. */
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final int MAX_DIGITS = 9;

  private RetryTime() {}

  /** The status of such a refusal; its text says the time too. */
  public static Status status(String reason, Duration after) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        reason + ": try again in " + seconds(after) + " s");
  }

  /** The trailers of such a refusal. */
  public static Metadata trailers(Duration after) {
    Metadata trailers = new Metadata();
    trailers.put(KEY, Long.toString(Math.clamp(after.toMillis(), 1, 999_999_999)));
    return trailers;
  }

  /** Such a refusal. */
  public static StatusRuntimeException refusal(String reason, Duration after) {
    return status(reason, after).asRuntimeException(trailers(after));
  }

  /** The time that the other side named when it ended a call; empty if it named none. */
  public static Optional<Duration> of(Throwable failure) {
    Metadata trailers = Status.trailersFromThrowable(failure);
    String said = trailers == null ? null : trailers.get(KEY);
    return said == null || said.length() > MAX_DIGITS || !said.chars().allMatch(RetryTime::digit)
        ? Optional.empty()
        : Optional.of(said)
            .filter(text -> !text.isEmpty())
            .map(Long::parseLong)
            .map(Duration::ofMillis);
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static String seconds(Duration after) {
    return Long.toString(Math.max(1, (after.toMillis() + 999) / 1000));
  }
}
