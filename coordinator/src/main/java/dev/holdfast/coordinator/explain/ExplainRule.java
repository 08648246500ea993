package dev.holdfast.coordinator.explain;

import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.explain.Reason.Code;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides why an association runs, or does not, on an instance. There is always a reason, and each
 * code is given once. What matters most comes first: what goes on now, then what holds what was
 * asked for, then what comes next.
 */
public final class ExplainRule {
  private final Facts facts;
  private final Map<Code, Reason> reasons = new LinkedHashMap<>();

  private ExplainRule(Facts facts) {
    this.facts = facts;
  }

  /** The reasons; at least one. */
  public static List<Reason> decide(Facts facts) {
    ExplainRule rule = new ExplainRule(facts);
    rule.decide();
    return List.copyOf(rule.reasons.values());
  }

  private void decide() {
    facts.running().ifPresent(this::running);
    if (!facts.approved()) {
      add(Code.NOT_APPROVED, "the instance waits to be let in; nothing runs on it until then");
      return;
    }
    if (facts.memberSince().isEmpty()) {
      add(Code.NOT_TARGETED, "the association does not apply to it: " + facts.notTargeted());
      return;
    }
    if (facts.problem().isPresent()) {
      add(Code.INVALID_DOCUMENT, "nothing can be run: " + facts.problem().get());
      return;
    }
    facts
        .waiting()
        .filter(wait -> wait.code() == Code.PARKED && wait.words().isEmpty())
        .ifPresent(
            wait ->
                add(
                    Code.PARKED,
                    wait.trigger() + " " + words(Code.PARKED),
                    Optional.of(wait.since())));
    facts.outstanding().forEach(this::outstanding);
    if (!facts.enabled()) {
      add(Code.DISABLED, "the association is disabled; only people can start it");
      return;
    }
    if (reasons.isEmpty()) {
      atRest();
    }
  }

  private void running(Facts.Running run) {
    add(Code.RUNNING, "its run of " + run.trigger() + " is in progress", run.since());
    run.busy().ifPresent(what -> add(Code.BUSY, "a step of the run is " + what));
    if (facts.offlineSince().isPresent()) {
      add(
          Code.OFFLINE,
          "the instance is not linked; how the run ends is told when it is",
          facts.offlineSince());
    }
  }

  /** What keeps something that was asked for from starting. */
  private void outstanding(Facts.Outstanding asked) {
    String what = asked.trigger().text();
    boolean manual = asked.trigger() instanceof Trigger.Manual;
    boolean tick = asked.trigger() instanceof Trigger.Tick;
    if (facts.offlineSince().isPresent()) {
      add(
          Code.OFFLINE,
          tick
              ? what
                  + " came while the instance was not linked; it runs its ticks by itself, and"
                  + " tells when it is back"
              : what + " waits for the instance to be linked",
          facts.offlineSince());
    }
    if (!manual && facts.frozen().isPresent()) {
      add(Code.FROZEN, what + " waits: " + facts.frozen().get());
    }
    if (!manual && facts.calendar().isPresent()) {
      add(
          Code.CALENDAR_CLOSED,
          what + " waits: the calendar " + facts.calendar().get() + " is closed");
    }
    if (reasons.isEmpty()) {
      onTheInstance(asked, what);
    }
  }

  /** Nothing but the instance itself holds it. */
  private void onTheInstance(Facts.Outstanding asked, String what) {
    Optional<Facts.Wait> wait = facts.waiting();
    if (wait.isPresent()) {
      add(
          wait.get().code(),
          wait.get().trigger()
              + " "
              + (wait.get().words().isEmpty()
                  ? words(wait.get().code())
                  : "waits for " + wait.get().words()),
          Optional.of(wait.get().since()));
    } else if (facts.holding() != Facts.Holding.CURRENT) {
      add(
          Code.FETCHING,
          what + " waits for the instance to hold the version that is in force",
          Optional.of(asked.since()));
    } else if (spread(asked).isPresent()) {
      add(
          Code.SPLAY,
          what + " starts at " + spread(asked).get() + ", its place in the splay",
          Optional.of(asked.since()));
    } else {
      add(
          Code.QUEUED,
          what + " was handed to the instance, which has not told of its start yet",
          Optional.of(asked.since()));
    }
  }

  private Optional<Instant> spread(Facts.Outstanding asked) {
    boolean spreads =
        asked.trigger() instanceof Trigger.Tick || asked.trigger() instanceof Trigger.Change;
    return Optional.of(asked.since().plus(facts.splay()))
        .filter(start -> spreads && start.isAfter(facts.now()));
  }

  private static String words(Code code) {
    return switch (code) {
      case QUEUED -> "waits for a slot: other documents run on the host, as many as may at once";
      case RUNNING -> "waits for the run of its association that is in progress";
      case SPLAY -> "waits for its place in the splay";
      case WAITING_FOR_PERMIT -> "waits for a permit: as many run at once as may";
      case CALENDAR_CLOSED -> "waits for a calendar of the association to open";
      case FROZEN -> "waits for the end of the freeze";
      case PARKED ->
          "is left alone: the instance's agent can't read it, or went down with it; it waits for a"
              + " new version of the association or its document";
      case NOT_TARGETED,
          WAITING_FOR_TICK,
          ERROR_LIMIT,
          BUSY,
          OFFLINE,
          APPLY_ONLY,
          DISABLED,
          FETCHING,
          SUPERSEDED,
          DONE,
          NOT_APPROVED,
          INVALID_DOCUMENT,
          EXPIRED,
          CANCELLED ->
          "waits on the instance";
    };
  }

  /** Nothing is left to run. */
  private void atRest() {
    facts.frozen().ifPresent(words -> add(Code.FROZEN, "no tick is taken: " + words));
    if (facts.nextTick().isPresent()) {
      Instant tick = facts.nextTick().get();
      add(
          Code.WAITING_FOR_TICK,
          "it runs at "
              + tick.plus(facts.splay())
              + (facts.splay().isZero() ? "" : ", the tick of " + tick + " and its splay"));
      facts
          .calendarAtTick()
          .ifPresent(
              name ->
                  add(
                      Code.CALENDAR_CLOSED,
                      "that tick will be skipped: the calendar " + name + " is closed then"));
    }
    lastOutcome();
    if (facts.onlyTicks() && facts.last().isEmpty()) {
      add(
          Code.APPLY_ONLY,
          "it has not run here: it applies only at its ticks"
              + (facts.nextTick().isPresent() ? "" : ", and none comes"));
    }
    if (reasons.isEmpty()) {
      settled();
    }
    if (facts.holding() == Facts.Holding.OLDER) {
      add(Code.FETCHING, "the instance does not hold the version that is in force yet");
    }
    if (facts.offlineSince().isPresent()) {
      add(
          Code.OFFLINE,
          "the instance is not linked; it goes on by what it holds",
          facts.offlineSince());
    }
  }

  /** What came before, where it did not run. */
  private void lastOutcome() {
    if (facts.last().isEmpty()) {
      return;
    }
    Facts.Ended last = facts.last().get();
    Optional<Instant> at = Optional.of(last.at());
    switch (last.detail()) {
      case "CancelRequested", "Cancelled" ->
          add(Code.CANCELLED, last.trigger() + " was cancelled", at);
      case "Superseded" ->
          add(Code.SUPERSEDED, "something newer took the place of " + last.trigger(), at);
      case "Expired" -> add(Code.EXPIRED, last.trigger() + " could not start in time", at);
      case "ErrorLimit" ->
          add(Code.ERROR_LIMIT, last.trigger() + " was stopped: too many had failed", at);
      default -> {
        // it ran, or its tick was skipped for what is told above
      }
    }
  }

  /** No tick comes. */
  private void settled() {
    if (facts.last().isEmpty()) {
      add(
          Code.APPLY_ONLY,
          "nothing has asked for a run since the instance came in, and no tick comes;"
              + " StartAssociationsOnce starts one");
      return;
    }
    Facts.Ended last = facts.last().get();
    add(
        Code.DONE,
        "no tick comes, and its run of " + last.trigger() + " ended " + last.status(),
        Optional.of(last.at()));
  }

  private void add(Code code, String message) {
    add(code, message, Optional.empty());
  }

  private void add(Code code, String message, Optional<Instant> since) {
    reasons.putIfAbsent(code, new Reason(code, message, since));
  }
}
