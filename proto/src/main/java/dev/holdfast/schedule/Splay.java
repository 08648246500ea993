package dev.holdfast.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A delay that spreads a fleet's runs: always the same for one instance and association. */
public final class Splay {
  /** The largest splay, in seconds. */
  public static final int MAX_SECONDS = 86_400;

  private Splay() {}

  /** The delay, from zero up to, not including, the seconds. */
  public static Duration of(InstanceId instance, AssociationId association, int seconds) {
    if (seconds == 0) {
      return Duration.ZERO;
    }
    byte[] hash = Sha256.of((instance + "|" + association).getBytes(StandardCharsets.UTF_8)).raw();
    long number = ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE;
    return Duration.ofMillis(number % (seconds * 1000L));
  }
}
