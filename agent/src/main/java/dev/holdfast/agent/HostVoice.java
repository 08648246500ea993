package dev.holdfast.agent;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.life.Lives;
import dev.holdfast.agent.life.Parking;
import dev.holdfast.agent.life.Suspect;
import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.agent.policy.PolicyRule;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.schedule.HostSay;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the host itself has to say, put together: its policy, what is parked, safe mode. On the
 * agent's own thread.
 */
final class HostVoice {
  private static final Logger LOG = LoggerFactory.getLogger("agent");

  private final Disk disk;
  private final Reports reports;
  private final Timers timers;
  private final Local local;
  private final Changed changed;
  private final Lives lives;
  private Standing standing = Standing.ABSENT;
  private final ClockWatch clock;
  private Instant standingSince;
  private Optional<Instant> droppedSince = Optional.empty();
  private Optional<Instant> scarceSince = Optional.empty();
  private final Map<AssociationId, Condition> unreadable = new TreeMap<>();

  /** Hears that the host says something else now. */
  interface Changed {
    /**
     * It does.
     *
     * @param resumed whether safe mode is over
     */
    void now(boolean resumed);
  }

  HostVoice(Disk disk, Timers timers, Reports reports, Local local, Changed changed) {
    this.reports = reports;
    this.disk = disk;
    this.timers = timers;
    this.local = local;
    this.changed = changed;
    this.lives = new Lives(disk, local.crashes());
    this.standingSince = timers.now();
    this.clock = new ClockWatch(timers.now(), timers.uptime());
  }

  /**
   * A life begins.
   *
   * @param run in progress, that began last
   */
  void begin(Optional<Suspect> run) {
    lives.begin(timers.now(), local.bootId(), run);
    look();
    if (lives.safeModeSince().isPresent()) {
      timers.after(RunLimits.SAFE_MODE, this::resume);
    }
  }

  void end() {
    lives.end();
  }

  /** Ends safe mode; whether there was one. */
  boolean resume() {
    if (lives.safeModeSince().isEmpty()) {
      return false;
    }
    lives.resume();
    changed.now(true);
    return true;
  }

  Optional<Instant> safeModeSince() {
    return lives.safeModeSince();
  }

  Standing standing() {
    return standing;
  }

  Collection<Parking> parked() {
    return lives.parked().values();
  }

  void park(Suspect suspect, String why) {
    lives.park(suspect, timers.now(), why);
    changed.now(false);
  }

  private static String unread(AssociationId association, String reason) {
    return "the newest version of the association " + association + " is not followed: " + reason;
  }

  /**
   * A round begins: what is parked is left alone as long as its revision is wanted.
   *
   * @param cannotBeRead what is wanted and can't be followed, with the reason
   */
  void round(AssignmentSet wanted, Map<AssociationId, String> cannotBeRead) {
    look();
    Instant now = timers.now();
    unreadable.keySet().retainAll(cannotBeRead.keySet());
    cannotBeRead.forEach(
        (association, reason) ->
            unreadable.putIfAbsent(
                association, new Condition("PARKED", unread(association, reason), now)));
    if (!lives.parked().isEmpty()) {
      lives.unpark(
          parking ->
              wanted.assignments().stream()
                  .noneMatch(
                      line ->
                          line.association().equals(parking.suspect().association())
                              && line.body().equals(parking.suspect().assignment())));
    }
  }

  /** Whether there is so little room that nothing new begins. */
  boolean diskScarce() {
    return scarceSince.isPresent();
  }

  private void look() {
    Optional<Duration> step = clock.look(timers.now(), timers.uptime());
    if (step.isPresent()) {
      LOG.warn("the wall clock stepped by={}", step.get());
      changed.now(false);
    }
    boolean scarce = disk.space().scarce();
    if (scarce != scarceSince.isPresent()) {
      scarceSince = scarce ? Optional.of(timers.now()) : Optional.empty();
      if (scarce) {
        LOG.error("little room on the disk, so nothing new runs free={}", disk.space().free());
      } else {
        LOG.info("there is room on the disk again free={}", disk.space().free());
      }
      changed.now(false);
    }
    Standing now = local.policy().get();
    if (!now.equals(standing)) {
      standing = now;
      standingSince = timers.now();
    }
  }

  HostSay say() {
    Map<AssociationId, HostSay.Parked> parked = new HashMap<>();
    lives
        .parked()
        .forEach(
            (association, parking) ->
                parked.put(
                    association, new HostSay.Parked(parking.suspect().trigger(), parking.why())));
    return PolicyRule.say(
        standing,
        lives
            .safeModeSince()
            .map(_ -> Waiting.Reason.SAFE_MODE)
            .or(() -> scarceSince.map(_ -> Waiting.Reason.HOST_DISK)),
        parked);
  }

  /** What needs the attention of people. */
  List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    lives
        .safeModeSince()
        .ifPresent(
            since ->
                conditions.add(
                    new Condition(
                        "SAFE_MODE",
                        "the agent went down again and again, so nothing runs for an hour, or until"
                            + " on the host: holdfast-agent resume",
                        since)));
    scarceSince.ifPresent(
        since ->
            conditions.add(
                new Condition(
                    "DISK_FULL",
                    "there is little room on the disk of the state folder, so nothing new runs and"
                        + " outputs are not kept; it goes on by itself when there is room",
                    since)));
    if (standing instanceof Standing.Wrong(var reason)) {
      conditions.add(new Condition("POLICY_WRONG", reason, standingSince));
    }
    lives
        .parked()
        .values()
        .forEach(
            parking ->
                conditions.add(
                    new Condition(
                        "PARKED",
                        "the association "
                            + parking.suspect().association()
                            + " is left alone until it has a new version: "
                            + parking.why(),
                        parking.since())));
    clock.condition(timers.uptime()).ifPresent(conditions::add);
    String dropped = reports.dropped();
    if (!dropped.isEmpty()) {
      droppedSince = droppedSince.or(() -> Optional.of(timers.now()));
      conditions.add(new Condition("REPORTS_DROPPED", dropped, droppedSince.get()));
    }
    conditions.addAll(unreadable.values());
    return conditions;
  }
}
