package dev.holdfast.coordinator.link;

import dev.holdfast.task.TokenBucket;
import java.time.Duration;

/**
 * What one instance may still send: pure. A message that is there is paid for afterwards; until it
 * is, none is read.
 */
record Allowance(TokenBucket messages, TokenBucket bytes, TokenBucket results, TokenBucket links) {

  /** That of an instance of which nothing was heard for long. */
  static Allowance full(Quotas quotas, Duration now) {
    return new Allowance(
        TokenBucket.full(quotas.messages(), now),
        TokenBucket.full(quotas.bytes(), now),
        TokenBucket.full(quotas.results(), now),
        TokenBucket.full(quotas.links(), now));
  }

  /** After a message. */
  Allowance received(long size, int resultsOfIt, Duration now) {
    return new Allowance(
        messages.spend(1, now), bytes.spend(size, now), results.spend(resultsOfIt, now), links);
  }

  /** For how long nothing more is to be read of it; zero: read on. */
  Duration owed(Duration now) {
    return longest(messages.until(0, now), longest(bytes.until(0, now), results.until(0, now)));
  }

  /** For how long it may open no link; zero: it may. */
  Duration untilLink(Duration now) {
    return links.until(1, now);
  }

  /** After a link was opened. */
  Allowance linked(Duration now) {
    return new Allowance(messages, bytes, results, links.spend(1, now));
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
