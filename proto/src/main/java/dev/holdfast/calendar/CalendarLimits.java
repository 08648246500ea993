package dev.holdfast.calendar;

import java.time.Duration;

/**
 * The bounds of change calendars. Each refusal names its limit. The size of the text is that of any
 * document.
 */
public final class CalendarLimits {
  /** Calendars of one association, and of one question. */
  public static final int MAX_CALENDARS = 20;

  /** Components within each other. */
  public static final int MAX_DEPTH = 8;

  /** Events of a calendar, overrides of single occurrences included. */
  public static final int MAX_EVENTS = 500;

  /** Events of a calendar that recur by a rule. */
  public static final int MAX_RULES = 50;

  /** Time zones that a calendar defines. */
  public static final int MAX_ZONES = 20;

  /** Spans of standard or daylight time of one zone that a calendar defines. */
  public static final int MAX_OBSERVANCES = 40;

  /** Changes of clocks of one zone that a calendar defines. */
  public static final int MAX_CLOCK_CHANGES = 2_000;

  /** Times within one day at which a rule lets an event begin. */
  public static final int MAX_TIMES_A_DAY = 24;

  /** What {@code COUNT} and {@code INTERVAL} of a rule may be at most. */
  public static final int MAX_RULE_NUMBER = 1_000;

  /** Numbers in one part of a rule. */
  public static final int MAX_PART_ITEMS = 400;

  /** Occurrences of all rules of a calendar together, each in the year that follows its start. */
  public static final int MAX_OCCURRENCES_A_YEAR = 10_000;

  /** How long an event that recurs may last, in days. */
  public static final int MAX_RECURRING_DAYS = 366;

  /** The first year of a start or an end. */
  public static final int FIRST_YEAR = 1970;

  /** The last year of a start or an end, and of what recurs. */
  public static final int LAST_YEAR = 2199;

  /** How far ahead the next transition is looked for. */
  public static final Duration HORIZON = Duration.ofDays(5 * 366L);

  private CalendarLimits() {}
}
