package dev.holdfast.agent.assignment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.link.Uplink;
import dev.holdfast.assignment.Generation;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BodyFetcherTest {
  private static final List<Sha256> MANY =
      IntStream.range(0, 10)
          .mapToObj(i -> Sha256.of(("" + i).getBytes(StandardCharsets.UTF_8)))
          .toList();
  private static final Sha256 ONE = MANY.getFirst();

  private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
  private final Link link = new Link();
  private final List<Sha256> taken = new ArrayList<>();
  private final BodyFetcher fetcher =
      new BodyFetcher(
          link,
          timers,
          (body, bytes) -> {
            taken.add(body);
            return bytes.isPresent();
          });

  @Test
  void itAsksForAFewAtOnceAndGoesOnAsTheyArrive() {
    fetcher.seek(MANY);
    assertEquals(RunLimits.FETCHES_AT_ONCE, link.asked.size());

    link.answer(ONE, true);
    fetcher.seek(MANY.subList(1, 10));

    assertEquals(RunLimits.FETCHES_AT_ONCE, link.asked.size());
    assertEquals(List.of(ONE), taken);
  }

  @Test
  void itAsksForNothingTwiceAtATime() {
    fetcher.seek(List.of(ONE));
    fetcher.seek(List.of(ONE));

    assertEquals(1, link.requests);
  }

  @Test
  void itAsksForNothingWithoutALink() {
    link.linked = false;
    fetcher.seek(MANY);

    assertEquals(0, link.requests);
    assertEquals(Optional.empty(), fetcher.nextRetry());
  }

  @Test
  void afterAFailureItWaitsLongerAndLonger() {
    fetcher.seek(List.of(ONE));
    Duration expected = Limits.RECONNECT_FIRST;
    for (int i = 0; i < 12; i++) {
      int before = link.requests;
      link.answer(ONE, false);
      assertEquals(Optional.of(expected), fetcher.nextRetry());
      timers.advance(expected.minusMillis(1));
      fetcher.seek(List.of(ONE));
      assertEquals(before, link.requests, "too early");
      timers.advance(Duration.ofMillis(1));
      fetcher.seek(List.of(ONE));
      assertEquals(before + 1, link.requests);
      Duration doubled = expected.multipliedBy(2);
      expected =
          doubled.compareTo(Limits.RECONNECT_LONGEST) > 0 ? Limits.RECONNECT_LONGEST : doubled;
    }
  }

  @Test
  void whenTheCoordinatorIsHeardItAsksAgainAtOnce() {
    fetcher.seek(List.of(ONE));
    link.answer(ONE, false);

    fetcher.retryNow();
    fetcher.seek(List.of(ONE));

    assertEquals(2, link.requests);
  }

  @Test
  void anAnswerThatNeverComesIsGivenUp() {
    fetcher.seek(List.of(ONE));
    timers.advance(BodyFetcher.PATIENCE);
    fetcher.seek(List.of(ONE));
    assertEquals(Optional.empty(), fetcher.nextRetry());

    timers.advance(Duration.ofMillis(1));
    fetcher.seek(List.of(ONE));
    assertEquals(Optional.of(Limits.RECONNECT_FIRST), fetcher.nextRetry());
    timers.advance(Limits.RECONNECT_FIRST);
    fetcher.seek(List.of(ONE));

    assertEquals(2, link.requests);
  }

  @Test
  void whatIsNotLackingAnyMoreIsForgotten() {
    fetcher.seek(List.of(ONE));
    link.answer(ONE, false);
    fetcher.seek(List.of());

    assertEquals(Optional.empty(), fetcher.nextRetry());
  }

  private static final class Link implements Uplink {
    private final Map<Sha256, Consumer<Optional<byte[]>>> asked = new LinkedHashMap<>();
    private boolean linked = true;
    private int requests;

    @Override
    public boolean linked() {
      return linked;
    }

    @Override
    public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
      requests++;
      asked.put(body, result);
    }

    @Override
    public void adopted(Generation generation, Sha256 set) {
      throw new IllegalStateException("it only fetches");
    }

    @Override
    public void permits(PermitRequest request) {
      throw new IllegalStateException("it only fetches");
    }

    @Override
    public void spooled() {
      throw new IllegalStateException("it only fetches");
    }

    @Override
    public void waitsChanged() {
      throw new IllegalStateException("it only fetches");
    }

    void answer(Sha256 body, boolean well) {
      Optional.ofNullable(asked.remove(body))
          .orElseThrow()
          .accept(well ? Optional.of(new byte[0]) : Optional.empty());
    }
  }
}
