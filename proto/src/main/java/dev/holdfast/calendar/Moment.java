package dev.holdfast.calendar;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DATE or DATE-TIME as it is written.
 *
 * @param local a date is its midnight
 * @param kind what the local time is to be read by
 */
record Moment(LocalDateTime local, Kind kind) {
  private static final Pattern FORM =
      Pattern.compile("(\\d{4})(\\d\\d)(\\d\\d)(?:T(\\d\\d)(\\d\\d)(\\d\\d)(Z)?)?");
  private static final Pattern LENGTH =
      Pattern.compile(
          "\\+?P(?:(\\d{1,6})W|(?:(\\d{1,6})D)?(?:T(?:(\\d{1,7})H)?(?:(\\d{1,8})M)?(?:(\\d{1,9})S)?)?)");

  /** The forms of a time. */
  enum Kind {
    /** Without a time of day. */
    DATE,
    /** A local time: by its TZID, or floating. */
    LOCAL,
    /** With a Z. */
    UTC
  }

  /**
   * How long something lasts.
   *
   * @param days by the calendar: of 23 or 25 hours where the clocks change
   * @param exact beside them
   */
  record Length(long days, Duration exact) {
    boolean nothing() {
      return days == 0 && exact.isZero();
    }
  }

  /** Reads one; empty if it isn't of the form or is no date. */
  static Optional<Moment> read(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.of(number(form, 1), number(form, 2), number(form, 3));
      if (form.group(4) == null) {
        return Optional.of(new Moment(date.atStartOfDay(), Kind.DATE));
      }
      // A leap second is no time of day in any program that anybody plans with.
      int second = Math.min(number(form, 6), 60) == 60 ? 59 : number(form, 6);
      return Optional.of(
          new Moment(
              date.atTime(number(form, 4), number(form, 5), second),
              form.group(7) == null ? Kind.LOCAL : Kind.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Reads a DURATION that is not negative. */
  static Optional<Length> readLength(String text) {
    Matcher form = LENGTH.matcher(text);
    if (!form.matches() || text.endsWith("P") || text.endsWith("T")) {
      return Optional.empty();
    }
    return Optional.of(
        new Length(
            number(form, 1) * 7L + number(form, 2),
            Duration.ofHours(number(form, 3))
                .plusMinutes(number(form, 4))
                .plusSeconds(number(form, 5))));
  }

  /**
   * The instant of a local time (RFC 5545 section 3.3.5): one that a change of clocks skips is read
   * with the offset before it, one that it doubles is the first.
   */
  static Instant instant(LocalDateTime local, ZoneRules zone) {
    ZoneOffsetTransition transition = zone.getTransition(local);
    return local.toInstant(
        transition == null ? zone.getOffset(local) : transition.getOffsetBefore());
  }

  private static int number(Matcher form, int group) {
    return form.group(group) == null ? 0 : Integer.parseInt(form.group(group));
  }
}
