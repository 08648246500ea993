package dev.holdfast.agent.link;

import dev.holdfast.agent.link.Dialer.SecretReply;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks for SecureStrings on the link. Where there is none, or no answer comes, a run waits a while
 * for the next one: a short interruption fails no run. Each gets exactly one answer.
 */
final class SecretFetches implements Secrets {
  /** How long it waits before it asks again on the same link. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Timers timers;
  private final Set<Fetch> waiting = new LinkedHashSet<>();
  private Optional<Dialer.Connection> connection = Optional.empty();

  SecretFetches(Timers timers) {
    this.timers = timers;
  }

  /** A link is open. */
  void open(Dialer.Connection opened) {
    connection = Optional.of(opened);
    List.copyOf(waiting).forEach(this::ask);
  }

  /** It is gone. */
  void close() {
    connection = Optional.empty();
  }

  @Override
  public void fetch(AssociationId association, Set<String> names, Consumer<Answer> answer) {
    if (waiting.size() >= Limits.MAX_SECRET_WAITERS) {
      answer.accept(new Answer.Unavailable("too many runs wait for their secrets"));
      return;
    }
    Fetch fetch = new Fetch(association, Set.copyOf(names), answer);
    waiting.add(fetch);
    fetch.deadline = timers.after(Limits.SECRET_WAIT, () -> tooLate(fetch));
    ask(fetch);
  }

  private void ask(Fetch fetch) {
    if (connection.isEmpty() || !waiting.contains(fetch)) {
      return;
    }
    Dialer.Connection asked = connection.get();
    asked.fetchSecrets(fetch.association, fetch.names, reply -> replied(fetch, asked, reply));
  }

  private void replied(Fetch fetch, Dialer.Connection asked, SecretReply reply) {
    if (!waiting.contains(fetch)) {
      return; // answered already
    }
    switch (reply) {
      case SecretReply.Given(var secrets) -> answer(fetch, new Answer.Given(secrets));
      case SecretReply.Refused(var reason) -> answer(fetch, new Answer.Unavailable(reason));
      case SecretReply.Lost(var reason) -> {
        fetch.lost = reason;
        timers.after(
            AGAIN,
            () -> {
              if (connection.filter(asked::equals).isPresent()) {
                ask(fetch);
              }
            });
      }
    }
  }

  private void tooLate(Fetch fetch) {
    if (waiting.contains(fetch)) {
      String why = connection.isEmpty() ? "there is no link to the coordinator" : fetch.lost;
      answer(
          fetch,
          new Answer.Unavailable(
              why
                  + "; "
                  + Limits.SECRET_WAIT.toSeconds()
                  + " s were waited for "
                  + String.join(", ", fetch.names.stream().sorted().toList())));
    }
  }

  private void answer(Fetch fetch, Answer answer) {
    waiting.remove(fetch);
    fetch.deadline.cancel();
    fetch.answer.accept(answer);
  }

  private static final class Fetch {
    private final AssociationId association;
    private final Set<String> names;
    private final Consumer<Answer> answer;
    private Timers.Timer deadline = () -> {};
    private String lost = "the coordinator does not answer";

    Fetch(AssociationId association, Set<String> names, Consumer<Answer> answer) {
      this.association = association;
      this.names = names;
      this.answer = answer;
    }
  }
}
