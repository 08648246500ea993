package dev.holdfast.wire;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Optional;

/** {@link Instant} to {@code google.protobuf.Timestamp} and back. */
public final class Times {
  private Times() {}

  /** To the wire. */
  public static Timestamp toProto(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** From the wire; refuses what is outside the years 1 to 9999. */
  public static Instant fromProto(Timestamp timestamp) {
    if (!Timestamps.isValid(timestamp)) {
      throw new WireException(
          "a time outside the years 1 to 9999: " + timestamp.getSeconds() + " s");
    }
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  static Optional<Instant> fromProto(boolean present, Timestamp timestamp) {
    return present ? Optional.of(fromProto(timestamp)) : Optional.empty();
  }
}
