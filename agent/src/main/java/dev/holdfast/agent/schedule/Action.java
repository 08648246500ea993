package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.Optional;

/** One thing to do now, as the agenda decided. Done in the order given. */
public sealed interface Action {

  /** Whom it concerns. */
  AssociationId association();

  /**
   * Start a run.
   *
   * @param attempt numbers the starts of this run, from 1
   * @param caughtUp it makes up for missed ticks
   * @param missedTicks how many; else 0
   * @param handledThrough ticks up to this instant are done with by this start
   * @param endBy when it is ended, whatever it does then; empty: never
   */
  record Start(
      AssociationId association,
      Trigger trigger,
      int attempt,
      boolean caughtUp,
      int missedTicks,
      Optional<Instant> handledThrough,
      Optional<Instant> endBy)
      implements Action {}

  /**
   * Report a tick as skipped; ticks up to it are done with, but for those that were missed before
   * it and wait to be made up for while the gate was shut for this one.
   *
   * @param ticks for how many due ticks it stands, itself included
   * @param why in words, where the reason leaves something to say
   */
  record Skip(AssociationId association, Instant tick, Reason reason, int ticks, String why)
      implements Action {

    /** One whose reason says all. */
    public Skip(AssociationId association, Instant tick, Reason reason, int ticks) {
      this(association, tick, reason, ticks, "");
    }

    /** Ticks up to here are handled by it, missed ones too. */
    public Optional<Instant> handledThrough() {
      return switch (reason) {
        case STILL_RUNNING, SUPERSEDED -> Optional.of(tick);
        case CALENDAR_CLOSED, FROZEN, PARKED, FORBIDDEN -> Optional.empty();
      };
    }
  }

  /** Report a trigger as skipped: a newer one of its association has begun elsewhere. */
  record Supersede(AssociationId association, Trigger trigger) implements Action {}

  /**
   * Report a trigger that is no tick as skipped: the host does not let it start.
   *
   * @param why in words
   */
  record Forbid(AssociationId association, Trigger trigger, String why) implements Action {}

  /** Remember that ticks were missed: one run will make up for them. Ticks up to it are handled. */
  record Miss(AssociationId association, Past.CatchUp catchUp) implements Action {}

  /** Remember until when a pending {@code change:} waits. */
  record Defer(AssociationId association, Past.Delay delay) implements Action {}

  /** Ticks up to this instant need no run: they were cancelled. */
  record Handled(AssociationId association, Instant through) implements Action {}

  /** The clock is far behind what was handled: believe it. */
  record Rebase(AssociationId association, Instant to) implements Action {}

  /** End a run in progress. */
  record Cancel(AssociationId association, Trigger trigger) implements Action {}

  /** Why a tick does not start. */
  enum Reason {
    /** It found a run of its own association in progress. */
    STILL_RUNNING("StillRunning"),
    /** It had not started when a newer tick came. */
    SUPERSEDED("Superseded"),
    /** A calendar of its association was closed. */
    CALENDAR_CLOSED("CalendarClosed"),
    /** Everything was frozen. */
    FROZEN("Frozen"),
    /** Its association is left alone: it brought the agent down. */
    PARKED("Parked"),
    /** The host's own policy does not allow it. */
    FORBIDDEN("ForbiddenByHost");

    private final String detailedStatus;

    Reason(String detailedStatus) {
      this.detailedStatus = detailedStatus;
    }

    /** The word of the documented list. */
    public String detailedStatus() {
      return detailedStatus;
    }
  }
}
