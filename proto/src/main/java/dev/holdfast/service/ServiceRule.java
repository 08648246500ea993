package dev.holdfast.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a service manager is told, and when. Pure. */
final class ServiceRule {
  /** Characters of a status; what is beyond is cut. */
  static final int MAX_STATUS = 200;

  /** How often it is looked at what there is to tell. */
  static final Duration LOOK = Duration.ofSeconds(10);

  /** How soon again what was not taken is told. */
  static final Duration AGAIN = Duration.ofSeconds(1);

  private ServiceRule() {}

  /**
   * How the program stands.
   *
   * @param status what it is about, for people
   * @param rounds how many rounds of its work were completed
   */
  record Situation(boolean ready, boolean stopping, String status, long rounds) {}

  /** What was told, and up to which round it was told that the program lives. */
  record Said(boolean ready, boolean stopping, String status, long rounds) {
    /** Nothing yet. */
    static final Said NOTHING = new Said(false, false, "", 0);
  }

  /**
   * What is to be said now.
   *
   * @param message empty if nothing is
   * @param after what was told once it is taken
   */
  record Word(String message, Said after) {}

  /**
   * What is to be said now. That the program lives is said only if a round was completed since that
   * was said last, and nothing is said after the stop.
   *
   * @param watched whether it wants to hear that the program lives
   */
  static Word next(boolean watched, Said said, Situation now) {
    if (said.stopping) {
      return new Word("", said);
    }
    List<String> lines = new ArrayList<>();
    boolean ready = said.ready || now.ready;
    if (ready && !said.ready) {
      lines.add("READY=1");
    }
    if (now.stopping) {
      lines.add("STOPPING=1");
    }
    String status = line(now.status);
    if (!status.equals(said.status)) {
      lines.add("STATUS=" + status);
    }
    long rounds = said.rounds;
    if (watched && ready && !now.stopping && now.rounds > said.rounds) {
      lines.add("WATCHDOG=1");
      rounds = now.rounds;
    }
    return new Word(String.join("\n", lines), new Said(ready, now.stopping, status, rounds));
  }

  /** How long to wait before the next look: no longer than half of what the watchdog waits. */
  static Duration wait(Optional<Duration> watchdog, boolean taken) {
    Duration wait = taken ? LOOK : AGAIN;
    Optional<Duration> half = watchdog.map(all -> all.dividedBy(2));
    return half.filter(shorter -> shorter.compareTo(wait) < 0).orElse(wait);
  }

  /** One line of a bounded length that can't be taken for another assignment. */
  private static String line(String status) {
    String one = status.strip().replaceAll("\\p{C}", " ");
    if (one.length() <= MAX_STATUS) {
      return one;
    }
    int end = Character.isHighSurrogate(one.charAt(MAX_STATUS - 1)) ? MAX_STATUS - 1 : MAX_STATUS;
    return one.substring(0, end);
  }
}
