package dev.holdfast.faults;

import com.google.protobuf.Timestamp;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Schedules where clocks are changed, and where months are uneven. */
final class CalendarCases {
  private CalendarCases() {}

  static List<Case> all() {
    return List.of(new OddTimes());
  }

  /** What a coordinator says of the next runs, and what an agent does. */
  static final class OddTimes implements Case {
    private static final int RUNS = 100;

    private static final List<String> ZONES =
        List.of("Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Africa/Casablanca");

    /** How long an agent may take to see that its clock was set. */
    private static final Duration SEEN = Duration.ofSeconds(75);

    @Override
    public String id() {
      return "R11";
    }

    @Override
    public String claim() {
      return "where clocks are changed a schedule runs once, and on odd days of months when the"
          + " calendar says so";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      int changes = 0;
      for (String zone : ZONES.subList(0, trial.scale().of(2, 4, 4))) {
        changes += clocks(trial, rig, ZoneId.of(zone), trial.scale().of(1, 3, 30));
      }
      trial.note("changes-of-clocks", changes);
      trial.figure(Figure.FAULTS, changes);
      days(trial, rig);
      if (trial.scale() == Scale.SMOKE || !FalseTime.possible()) {
        trial.note("agent", "not tried");
      } else {
        fires(trial, rig);
      }
    }

    /** Around each change of the clocks of a zone in the coming years; how many there were. */
    private static int clocks(Trial trial, Rig rig, ZoneId zone, int years) {
      int gaps = 0;
      int overlaps = 0;
      Instant end = Instant.now().plus(Duration.ofDays(366L * years));
      ZoneOffsetTransition change = next(zone, Instant.now().plus(Duration.ofDays(1)));
      while (change.getInstant().isBefore(end)) {
        gaps += change.isGap() ? 1 : 0;
        overlaps += change.isOverlap() ? 1 : 0;
        around(trial, rig, zone, change);
        change = next(zone, change.getInstant());
      }
      trial.require(gaps > 0 && overlaps > 0, zone + " has " + gaps + " gaps, " + overlaps);
      return gaps + overlaps;
    }

    private static ZoneOffsetTransition next(ZoneId zone, Instant after) {
      return zone.getRules().nextTransition(after);
    }

    private static void around(Trial trial, Rig rig, ZoneId zone, ZoneOffsetTransition change) {
      // The middle of what is skipped or doubled, as a clock on the wall shows it.
      LocalDateTime middle = middle(change);
      YearMonth month = YearMonth.from(middle);
      int minute = middle.getMinute();
      Predicate<LocalDateTime> daily =
          at -> at.getHour() == middle.getHour() && at.getMinute() == minute;
      String days = " " + month.getMonthValue() + " ? " + month.getYear() + ")";
      List<Instant> once = once(zone, month, daily);
      trial.require(
          once.size() == month.lengthOfMonth()
              && once.contains(
                  change.isGap()
                      ? change.getInstant()
                      : middle.toInstant(change.getOffsetBefore())),
          "the case's own list is wrong: " + once);
      agrees(trial, rig, zone, "cron(" + minute + " " + middle.getHour() + " *" + days, once);
      String day = " " + middle.getDayOfMonth();
      agrees(
          trial,
          rig,
          zone,
          "cron(" + minute + " *" + day + days,
          passed(
              zone,
              middle.toLocalDate(),
              at -> at.toLocalDate().equals(middle.toLocalDate()) && at.getMinute() == minute));
      agrees(
          trial,
          rig,
          zone,
          "cron(0/15 0-5" + day + days,
          once(
              zone,
              month,
              at ->
                  at.toLocalDate().equals(middle.toLocalDate())
                      && at.getHour() <= 5
                      && at.getMinute() % 15 == 0));
    }

    private static LocalDateTime middle(ZoneOffsetTransition change) {
      LocalDateTime first = change.isGap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
      return first.plus(change.getDuration().abs().dividedBy(2));
    }

    /**
     * When local times of a month come that fit: one that is skipped when the gap is over, one that
     * is doubled the first time.
     */
    private static List<Instant> once(ZoneId zone, YearMonth month, Predicate<LocalDateTime> fits) {
      Set<Instant> found = new TreeSet<>();
      LocalDateTime end = month.plusMonths(1).atDay(1).atStartOfDay();
      for (LocalDateTime at = month.atDay(1).atStartOfDay();
          at.isBefore(end);
          at = at.plusMinutes(1)) {
        if (fits.test(at)) {
          List<ZoneOffset> offsets = zone.getRules().getValidOffsets(at);
          found.add(
              offsets.isEmpty()
                  ? zone.getRules().getTransition(at).getInstant()
                  : at.toInstant(offsets.getFirst()));
        }
      }
      return List.copyOf(found);
    }

    /** The minutes that really pass around a day whose local time fits. */
    private static List<Instant> passed(ZoneId zone, LocalDate day, Predicate<LocalDateTime> fits) {
      List<Instant> found = new ArrayList<>();
      Instant end = day.plusDays(2).atStartOfDay().toInstant(ZoneOffset.UTC);
      for (Instant at = day.minusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
          at.isBefore(end);
          at = at.plusSeconds(60)) {
        if (fits.test(LocalDateTime.ofInstant(at, zone))) {
          found.add(at);
        }
      }
      return found;
    }

    /** Days that not every month or year has, at noon. */
    private static void days(Trial trial, Rig rig) {
      Map<String, Predicate<LocalDate>> forms = new LinkedHashMap<>();
      forms.put("29 2 ?", day -> day.getMonthValue() == 2 && day.getDayOfMonth() == 29);
      forms.put("31 * ?", day -> day.getDayOfMonth() == 31);
      forms.put("L * ?", day -> day.plusDays(1).getDayOfMonth() == 1);
      forms.put("LW * ?", day -> day.equals(workday(day, day.lengthOfMonth())));
      forms.put("15W * ?", day -> day.equals(workday(day, 15)));
      forms.put("1W * ?", day -> day.equals(workday(day, 1)));
      forms.put("L 2 ?", day -> day.getMonthValue() == 2 && day.plusDays(1).getDayOfMonth() == 1);
      forms.put("? * 2#1", day -> nth(day, DayOfWeek.MONDAY, 1));
      forms.put("? * FRI#5", day -> nth(day, DayOfWeek.FRIDAY, 5));
      forms.put("? 11 5#4", day -> day.getMonthValue() == 11 && nth(day, DayOfWeek.THURSDAY, 4));
      forms.put(
          "? * 6L",
          day ->
              day.getDayOfWeek() == DayOfWeek.FRIDAY
                  && day.getMonth() != day.plusWeeks(1).getMonth());
      forms.put("? * L", day -> day.getDayOfWeek() == DayOfWeek.SATURDAY);
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      forms.forEach(
          (form, fits) -> {
            List<Instant> expected = new ArrayList<>();
            for (LocalDate day = today;
                day.getYear() < 2200 && expected.size() <= RUNS;
                day = day.plusDays(1)) {
              if (fits.test(day)) {
                expected.add(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
              }
            }
            agrees(trial, rig, ZoneOffset.UTC, "cron(0 12 " + form + " *)", expected);
            trial.count(Figure.FAULTS, 1);
          });
      // 2100 is no leap year.
      agrees(
          trial,
          rig,
          ZoneOffset.UTC,
          "cron(0 12 29 2 ? 2095-2105)",
          List.of(Instant.parse("2096-02-29T12:00:00Z"), Instant.parse("2104-02-29T12:00:00Z")));
      try {
        trial.require(
            false, "30 February comes at " + runs(rig, ZoneOffset.UTC, "cron(0 12 30 2 ? *)"));
      } catch (StatusRuntimeException e) {
        trial.count(Figure.REFUSED, 1);
      }
    }

    /** The day of Monday to Friday of the month that is next to one of its days. */
    private static LocalDate workday(LocalDate within, int number) {
      LocalDate day = within.withDayOfMonth(number);
      return switch (day.getDayOfWeek()) {
        case SATURDAY -> number == 1 ? day.plusDays(2) : day.minusDays(1);
        case SUNDAY -> number == day.lengthOfMonth() ? day.minusDays(2) : day.plusDays(1);
        default -> day;
      };
    }

    private static boolean nth(LocalDate day, DayOfWeek of, int number) {
      return day.getDayOfWeek() == of && (day.getDayOfMonth() + 6) / 7 == number;
    }

    /** The coordinator's list is this one, as far as both go. */
    private static void agrees(
        Trial trial, Rig rig, ZoneId zone, String expression, List<Instant> all) {
      List<Instant> told = runs(rig, zone, expression);
      Instant now = Instant.now();
      List<Instant> expected = all.stream().filter(at -> at.isAfter(now)).limit(RUNS - 1).toList();
      List<Instant> actual = told.stream().filter(at -> at.isAfter(now)).limit(RUNS - 1).toList();
      trial.require(
          actual.equals(expected),
          expression + " in " + zone + " runs at " + actual + " and not at " + expected);
    }

    private static List<Instant> runs(Rig rig, ZoneId zone, String expression) {
      return rig
          .associations()
          .planAssociation(
              PlanAssociationRequest.newBuilder()
                  .setAssociation(
                      Association.newBuilder()
                          .setName("nothing")
                          .setScheduleExpression(expression)
                          .setScheduleTimezone(zone.equals(ZoneOffset.UTC) ? "" : zone.getId())
                          .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                  .setNextRunCount(RUNS)
                  .build())
          .getNextRunsList()
          .stream()
          .map(CalendarCases::instant)
          .toList();
    }

    /** An agent whose clock goes over a time that comes twice, and over one that never comes. */
    private static void fires(Trial trial, Rig rig) throws Exception {
      FalseTime time = FalseTime.of(trial);
      ZoneId zone = ZoneId.of(ZONES.getFirst());
      ZoneOffsetTransition overlap = next(zone, Instant.now().plus(Duration.ofDays(1)));
      while (!overlap.isOverlap()) {
        overlap = next(zone, overlap.getInstant());
      }
      ZoneOffsetTransition gap = next(zone, overlap.getInstant());
      Marked marked = Marked.enroll(trial, rig);
      rig.createScript("marks", List.of(marked.mark()));
      for (ZoneOffsetTransition change : List.of(overlap, gap)) {
        LocalDateTime at = middle(change);
        String expression =
            "cron(%d %d %d %d ? %d)"
                .formatted(
                    at.getMinute(),
                    at.getHour(),
                    at.getDayOfMonth(),
                    at.getMonthValue(),
                    at.getYear());
        marked.associate(
            "marks",
            to ->
                to.setScheduleExpression(expression)
                    .setScheduleTimezone(zone.getId())
                    .setApplyOnlyAtCronInterval(true));
      }
      String poke = marked.associate("nothing", to -> to);
      rig.agentWithin(time.within());
      rig.startAgent();
      trial.require(marked.runs(poke, Duration.ofSeconds(60)), "the agent runs nothing");
      Instant first = middle(overlap).toInstant(overlap.getOffsetBefore());
      Instant second = middle(overlap).toInstant(overlap.getOffsetAfter());
      before(time, rig, poke, first);
      comes(trial, marked, first);
      before(time, rig, poke, second);
      TimeUnit.SECONDS.sleep(8);
      trial.require(marked.begun() == 1, "a time that came twice ran " + marked.begun() + " times");
      before(time, rig, poke, gap.getInstant());
      comes(trial, marked, gap.getInstant());
      TimeUnit.SECONDS.sleep(1);
      trial.require(marked.begun() == 2, "in all " + marked.begun() + " began");
      trial.figure(Figure.STARTED, marked.begun());
      trial.figure(
          Figure.STARTED_TWICE, marked.byRun().values().stream().filter(each -> each > 1).count());
    }

    /** Sets the agent's clock to some seconds before, and makes it look at it. */
    private static void before(FalseTime time, Rig rig, String poke, Instant moment)
        throws IOException {
      time.set(moment.minusSeconds(4));
      var _ = AgentCases.start(rig, poke);
    }

    private static void comes(Trial trial, Marked marked, Instant tick)
        throws InterruptedException {
      trial.require(
          Field.await(SEEN, () -> triggers(marked).contains("tick:" + tick)),
          "tick:" + tick + " never ran, but " + triggers(marked));
    }

    private static Set<String> triggers(Marked marked) {
      try {
        return marked.triggers();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds());
  }
}
