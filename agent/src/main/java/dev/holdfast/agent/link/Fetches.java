package dev.holdfast.agent.link;

import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/** Asks for bodies on the open link: a few at once, the rest wait. Each gets exactly one answer. */
final class Fetches {
  /** All bodies that the largest set names. */
  private static final int MAX_WAITING =
      (2 + RunLimits.MAX_CHILD_DOCUMENTS) * RunLimits.MAX_ASSIGNMENTS;

  private final Timers timers;
  private final SecretFetches secrets;
  private final Queue<Fetch> waiting = new ArrayDeque<>();
  private final Set<Fetch> asked = new LinkedHashSet<>();
  private Optional<Dialer.Connection> connection = Optional.empty();

  Fetches(Timers timers) {
    this.timers = timers;
    this.secrets = new SecretFetches(timers);
  }

  /** Asks for SecureStrings on the same link. */
  SecretFetches secrets() {
    return secrets;
  }

  /** A link is open. */
  void open(Dialer.Connection opened) {
    connection = Optional.of(opened);
    secrets.open(opened);
  }

  /** It is gone: nothing more comes. */
  void close() {
    connection = Optional.empty();
    secrets.close();
    List<Fetch> all = new ArrayList<>(asked);
    all.addAll(waiting);
    asked.clear();
    waiting.clear();
    all.forEach(fetch -> timers.after(Duration.ZERO, () -> fetch.answer(Optional.empty())));
  }

  /** Asks for one. */
  void add(Sha256 body, Consumer<Optional<byte[]>> result) {
    Fetch fetch = new Fetch(body, result);
    if (connection.isEmpty() || waiting.size() >= MAX_WAITING) {
      timers.after(Duration.ZERO, () -> fetch.answer(Optional.empty()));
      return;
    }
    waiting.add(fetch);
    askMore();
  }

  private void askMore() {
    while (connection.isPresent() && asked.size() < Limits.MAX_FETCHES && !waiting.isEmpty()) {
      Fetch fetch = waiting.remove();
      asked.add(fetch);
      fetch.deadline =
          Optional.of(timers.after(Limits.FETCH, () -> answered(fetch, Optional.empty())));
      connection.get().fetch(fetch.body, bytes -> answered(fetch, bytes));
    }
  }

  private void answered(Fetch fetch, Optional<byte[]> bytes) {
    if (asked.remove(fetch)) {
      fetch.answer(bytes);
      askMore();
    }
  }

  private static final class Fetch {
    private final Sha256 body;
    private final Consumer<Optional<byte[]>> result;
    private Optional<Timers.Timer> deadline = Optional.empty();

    Fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
      this.body = body;
      this.result = result;
    }

    void answer(Optional<byte[]> bytes) {
      deadline.ifPresent(Timers.Timer::cancel);
      result.accept(bytes);
    }
  }
}
