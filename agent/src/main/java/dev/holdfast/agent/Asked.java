package dev.holdfast.agent;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Asks the owner from other threads. */
final class Asked {
  private final Timers owner;

  Asked(Timers owner) {
    this.owner = owner;
  }

  /** What the owner answers; empty if it has not within the patience. */
  String ask(Supplier<String> question, Duration patience) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    owner.after(Duration.ZERO, () -> answer.complete(question.get()));
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
