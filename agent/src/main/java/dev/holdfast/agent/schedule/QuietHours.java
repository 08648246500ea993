package dev.holdfast.agent.schedule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A part of each day, by the clock on the wall of a zone: from its first minute up to, not
 * including, its last. If that is no later than the first, it is the next day's.
 *
 * @param from the first minute
 * @param until the minute that is not part of it any more
 */
public record QuietHours(LocalTime from, LocalTime until, ZoneId zone) {
  private static final Pattern FORM =
      Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])( +(\\S+))?");

  /**
   * Reads {@code 22:00-06:00 Europe/Berlin}; without a zone it is UTC.
   *
   * @throws IllegalArgumentException with words on what it must be
   */
  public static QuietHours parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "give hours and a zone: 22:00-06:00 Europe/Berlin; without a zone they are UTC");
    }
    try {
      return new QuietHours(
          LocalTime.of(number(matcher, 1), number(matcher, 2)),
          LocalTime.of(number(matcher, 3), number(matcher, 4)),
          matcher.group(6) == null ? ZoneOffset.UTC : ZoneId.of(matcher.group(6)));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "this host does not know the zone '"
              + matcher.group(6)
              + "'; give one like Europe/Berlin",
          e);
    }
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  /** Whether a moment is part of it. */
  public boolean covers(Instant moment) {
    LocalTime time = moment.atZone(zone).toLocalTime();
    return from.isBefore(until)
        ? !time.isBefore(from) && time.isBefore(until)
        : !time.isBefore(from) || time.isBefore(until);
  }

  /**
   * The next moment at which it may begin or end; between now and then nothing changes. It is no
   * more than a day and a bit away.
   */
  Instant nextChange(Instant moment) {
    ZonedDateTime here = moment.atZone(zone);
    LocalDate today = here.toLocalDate();
    ZoneOffsetTransition shift = zone.getRules().nextTransition(moment);
    return Stream.concat(
            Stream.of(today, today.plusDays(1), today.plusDays(2))
                .flatMap(
                    day ->
                        Stream.of(from, until)
                            .flatMap(
                                time ->
                                    // A time that comes twice a day counts both times.
                                    Stream.of(
                                        ZonedDateTime.of(day, time, zone),
                                        ZonedDateTime.of(day, time, zone)
                                            .withLaterOffsetAtOverlap())))
                .map(ZonedDateTime::toInstant),
            Stream.of(Optional.ofNullable(shift))
                .flatMap(Optional::stream)
                .map(ZoneOffsetTransition::getInstant))
        .filter(change -> change.isAfter(moment))
        .min(Instant::compareTo)
        .orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s-%s %s", from, until, zone.equals(ZoneOffset.UTC) ? "UTC" : zone);
  }
}
