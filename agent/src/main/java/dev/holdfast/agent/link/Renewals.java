package dev.holdfast.agent.link;

import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.identity.RenewalRule;
import dev.holdfast.agent.link.Dialer.RenewReply;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the certificate while the link lives, and comes back by the host's key when the
 * certificate is not good any more. On the agent's own thread only.
 */
final class Renewals {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  private final Papers papers;
  private final Timers timers;
  private final RandomGenerator random;
  private final Runnable renewed;
  private double chance;
  private Optional<Dialer.Connection> connection = Optional.empty();
  private Optional<Timers.Timer> next = Optional.empty();
  private boolean asked;
  private boolean refused;

  /**
   * Of a link that is not open.
   *
   * @param renewed another certificate is in use: connect again with it
   */
  Renewals(Papers papers, Timers timers, RandomGenerator random, Runnable renewed) {
    this.papers = papers;
    this.timers = timers;
    this.random = random;
    this.renewed = renewed;
    this.chance = random.nextDouble();
  }

  /** The link is open. */
  void open(Dialer.Connection opened) {
    connection = Optional.of(opened);
    refused = false;
    asked = false;
    look();
  }

  /** The link is gone. */
  void close() {
    connection = Optional.empty();
    asked = false;
    next.ifPresent(Timers.Timer::cancel);
    next = Optional.empty();
  }

  /** The coordinator wants it renewed now. */
  void now() {
    if (connection.isPresent() && !asked) {
      ask();
    }
  }

  /**
   * The connection ended.
   *
   * @param turnedAway the coordinator says that the certificate is not good
   */
  void ended(boolean turnedAway) {
    boolean expired =
        papers
            .validity()
            .filter(validity -> !timers.now().isBefore(validity.notAfter()))
            .isPresent();
    refused = papers.validity().isPresent() && (turnedAway || expired);
  }

  /** Whether to come back by the key before the next connection. Asked once for each refusal. */
  boolean mustRecover() {
    boolean must = refused;
    refused = false;
    return must;
  }

  /** Comes back by the key; empty if that went well, else why not. */
  void recover(Consumer<String> done) {
    LOG.warn(
        "the coordinator does not take this host's certificate; asking for another by its key");
    papers.recover(done);
  }

  private void look() {
    papers
        .validity()
        .ifPresent(
            validity -> {
              Duration wait =
                  RenewalRule.until(validity.notAfter(), validity.life(), chance, timers.now());
              if (wait.isZero()) {
                ask();
              } else {
                after(wait);
              }
            });
  }

  private void after(Duration wait) {
    next.ifPresent(Timers.Timer::cancel);
    next = Optional.of(timers.after(wait, this::look));
  }

  private void ask() {
    connection.ifPresent(
        open -> {
          asked = true;
          open.renew(
              papers.request(),
              papers.installNonce().orElse(""),
              reply -> {
                if (connection.filter(open::equals).isPresent()) {
                  asked = false;
                  replied(reply);
                }
              });
        });
  }

  private void replied(RenewReply reply) {
    switch (reply) {
      case RenewReply.Given(var answer) -> {
        try {
          papers.accept(answer);
        } catch (IdentityException e) {
          later(String.valueOf(e.getMessage()));
          return;
        }
        chance = random.nextDouble();
        renewed.run();
      }
      case RenewReply.Refused(var reason) -> later(reason);
    }
  }

  private void later(String reason) {
    Duration life = papers.validity().map(Papers.Validity::life).orElse(Duration.ofDays(1));
    Duration wait = RenewalRule.again(life, random.nextDouble());
    LOG.warn(
        "the certificate is not renewed; trying again reason={} in-s={}", reason, wait.toSeconds());
    after(wait);
  }
}
