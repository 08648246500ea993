package dev.holdfast.agent.life;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.life.CrashRule.Crash;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers how the lives of this agent ended, and what is parked for it. Each change is on disk
 * when the method returns. On the agent's own thread.
 */
public final class Lives {
  private static final Logger LOG = LoggerFactory.getLogger("life");

  private final LivesFile file;
  private final CrashRule rule;
  private final Map<AssociationId, Parking> parked = new TreeMap<>();
  private List<Crash> crashes = List.of();
  private Optional<Instant> safeSince = Optional.empty();
  private String bootId = "";

  /** On a disk; {@link #begin} comes first. */
  public Lives(Disk disk, CrashRule rule) {
    this.file = new LivesFile(disk);
    this.rule = rule;
  }

  /**
   * A life begins. If the one before it did not end in order, and the host has been up since, that
   * was a crash.
   *
   * @param run in progress, that began last
   * @param boot names the start of the host
   */
  public void begin(Instant now, String boot, Optional<Suspect> run) {
    LivesFile.Content before = file.read();
    before.parked().forEach(one -> parked.put(one.suspect().association(), one));
    crashes = CrashRule.recent(before.crashes(), now);
    bootId = boot;
    if (before.lives() && before.bootId().equals(boot)) {
      List<Crash> all = new ArrayList<>(crashes);
      all.add(new Crash(now, run));
      crashes = all.subList(Math.max(0, all.size() - RunLimits.MAX_CRASHES), all.size());
      CrashRule.Verdict verdict = rule.decide(crashes, now);
      LOG.warn("the agent did not end in order crashes={}", crashes.size());
      verdict
          .park()
          .ifPresent(
              suspect ->
                  put(
                      new Parking(
                          suspect,
                          now,
                          "the agent went down "
                              + rule.parkAfter()
                              + " times within "
                              + RunLimits.CRASH_WINDOW.toMinutes()
                              + " minutes while it ran this")));
      if (verdict.safeMode()) {
        safeSince = Optional.of(now);
        LOG.error(
            "safe mode: the agent went down {} times within {} minutes, so nothing runs for {}"
                + " minutes, or until: holdfast-agent resume",
            crashes.size(),
            RunLimits.CRASH_WINDOW.toMinutes(),
            RunLimits.SAFE_MODE.toMinutes());
      }
    }
    write(true);
  }

  /** This life ends in order: what was before it counts no more. */
  public void end() {
    crashes = List.of();
    safeSince = Optional.empty();
    write(false);
  }

  /** Since when nothing runs; empty if all does. */
  public Optional<Instant> safeModeSince() {
    return safeSince;
  }

  /** Safe mode is over; nothing if there was none. */
  public void resume() {
    if (safeSince.isPresent()) {
      LOG.warn("safe mode is over");
      crashes = List.of();
      safeSince = Optional.empty();
      write(true);
    }
  }

  /** Leaves an association alone. */
  public void park(Suspect suspect, Instant now, String why) {
    put(new Parking(suspect, now, why));
    write(true);
  }

  /** What is parked, by association. */
  public Map<AssociationId, Parking> parked() {
    return Map.copyOf(parked);
  }

  /** Forgets what is parked and to be left alone no more. */
  public void unpark(Predicate<Parking> which) {
    List<Parking> gone = parked.values().stream().filter(which).toList();
    if (!gone.isEmpty()) {
      gone.forEach(
          one -> {
            LOG.info("no longer parked association={}", one.suspect().association());
            parked.remove(one.suspect().association());
          });
      write(true);
    }
  }

  private void put(Parking parking) {
    LOG.error(
        "parked association={} trigger={} reason={}",
        parking.suspect().association(),
        parking.suspect().trigger().text(),
        parking.why());
    parked.put(parking.suspect().association(), parking);
    while (parked.size() > RunLimits.MAX_ASSIGNMENTS) {
      parked.values().stream()
          .min(Comparator.comparing(Parking::since))
          .ifPresent(oldest -> parked.remove(oldest.suspect().association()));
    }
  }

  private void write(boolean lives) {
    file.write(new LivesFile.Content(lives, bootId, crashes, List.copyOf(parked.values())));
  }
}
