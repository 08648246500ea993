package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The wall clock of a host goes where it likes. */
final class ClockCases {
  /** A round of the agent's work loop, and room. */
  private static final Duration SEEN = Duration.ofSeconds(75);

  /** A round of it, and a little room: by then it has found out. */
  private static final Duration ROUND = Duration.ofSeconds(70);

  private static final Duration SHORTLY = Duration.ofSeconds(6);

  private ClockCases() {}

  static List<Case> all() {
    return List.of(new Steps());
  }

  /** Forward and back, by hours, days and years. */
  static final class Steps implements Case {
    @Override
    public String id() {
      return "R10";
    }

    @Override
    public String claim() {
      return "wherever the wall clock goes, no trigger runs twice, one run at most catches up, and"
          + " the schedule goes on";
    }

    @Override
    public void run(Trial trial) throws Exception {
      FalseTime time = FalseTime.of(trial);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      rig.agentWithin(time.within());
      rig.startAgent();
      new Walk(trial, time, marked).walk(trial.scale().of(1, 1, 10));
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.agent().pid()));
    }
  }

  /** An agent whose association recurs hourly, and its clock. */
  private static final class Walk {
    private final Trial trial;
    private final FalseTime time;
    private final Marked marked;
    private String poke = "";
    private String slow = "";
    private String hourly = "";

    Walk(Trial trial, FalseTime time, Marked marked) {
      this.trial = trial;
      this.time = time;
      this.marked = marked;
    }

    void walk(int times) throws Exception {
      marked.rig().createScript("hourly", List.of(marked.mark()));
      marked.rig().createScript("nothing", List.of("true"));
      marked.document("slow", Map.of("sleep", List.of("sleep 300")));
      hourly =
          marked.associate(
              "hourly",
              to -> to.setScheduleExpression("cron(0 * * * ? *)").setApplyOnlyAtCronInterval(true));
      poke = marked.associate("nothing", to -> to);
      slow =
          marked.associate(
              "slow",
              to ->
                  to.setScheduleExpression("cron(0 0 1 1 ? 2099)")
                      .setApplyOnlyAtCronInterval(true));
      Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
      seen();
      for (int i = 0; i < times; i++) {
        byHours(hour);
        hour = hour.plus(6, ChronoUnit.HOURS);
        if (trial.scale() != Scale.SMOKE) {
          far(hour);
          hour = hour.plus(6, ChronoUnit.HOURS);
        }
      }
      marked.judge(trial);
    }

    private void byHours(Instant hour) throws Exception {
      set(hour.minus(SHORTLY), "before a full hour");
      ticks(hour);
      int before = marked.begun();
      set(hour.plus(270, ChronoUnit.MINUTES), "four hours and a half forward");
      one(before);
      String sleeping = AgentCases.start(marked.rig(), slow);
      long began = System.nanoTime();
      set(hour.plus(5, ChronoUnit.HOURS).minusSeconds(20), "forward, to just before a full hour");
      seen();
      set(hour.plus(4, ChronoUnit.HOURS).minusSeconds(20), "an hour back");
      // Its own time goes on: the tick comes although the wall clock is far from it.
      ticks(hour.plus(5, ChronoUnit.HOURS));
      set(hour.minus(2, ChronoUnit.HOURS), "some hours more back");
      if (trial.scale() != Scale.SMOKE) {
        timesOut(sleeping, began);
      }
      set(hour.plus(331, ChronoUnit.MINUTES), "forward, to where it was even");
      seen();
    }

    /** A step's time is up when it is, wherever the wall clock goes meanwhile. */
    private void timesOut(String execution, long began) throws InterruptedException {
      trial.require(
          Field.await(
              Duration.ofSeconds(100),
              () -> AgentCases.over(marked.rig().targets(slow, execution))),
          "a step of 60 s did not time out");
      AssociationExecutionTarget target = marked.rig().targets(slow, execution).getFirst();
      double seconds = (System.nanoTime() - began) / 1e9;
      trial.require(
          target.getStatus() == RunStatus.RUN_STATUS_TIMED_OUT && seconds > 55,
          "a step of 60 s ended after " + seconds + " s: " + target);
    }

    private void far(Instant hour) throws Exception {
      int before = marked.begun();
      Instant month = hour.plus(30, ChronoUnit.DAYS);
      set(month.plus(30, ChronoUnit.MINUTES), "30 days forward");
      one(before);
      set(month.plus(1, ChronoUnit.HOURS).minus(SHORTLY), "to just before a full hour");
      ticks(month.plus(1, ChronoUnit.HOURS));
      before = marked.begun();
      Instant late = Instant.parse("2038-01-18T10:00:00Z");
      set(late.plus(30, ChronoUnit.MINUTES), "to 2038");
      one(before);
      set(late.plus(1, ChronoUnit.HOURS).minus(SHORTLY), "to just before a full hour");
      ticks(late.plus(1, ChronoUnit.HOURS));
      refused("this host's clock is ahead");
      back(hour.plus(30, ChronoUnit.MINUTES), "back to where it was right");
      set(hour.plus(1, ChronoUnit.HOURS).minus(SHORTLY), "to just before a full hour");
      ticks(hour.plus(1, ChronoUnit.HOURS));
      Instant past = hour.minus(30, ChronoUnit.DAYS);
      // Found out within a round. What is older than the association is run when it comes, as what
      // recurs is, and not made up for: so the clock may not step over it.
      back(past.minus(ROUND), "30 days back");
      ticks(past);
      refused("this host's clock is behind");
      before = marked.begun();
      set(hour.plus(270, ChronoUnit.MINUTES), "right again");
      one(before);
      set(hour.plus(5, ChronoUnit.HOURS).minus(SHORTLY), "to just before a full hour");
      ticks(hour.plus(5, ChronoUnit.HOURS));
    }

    private void set(Instant moment, String what) throws IOException {
      time.set(moment);
      trial.count(Figure.FAULTS, 1);
      trial.note("newest-step", what.replace(' ', '-'));
    }

    /** So far back that it is believed: ticks count from when the agent finds out. */
    private void back(Instant moment, String what) throws Exception {
      long before = said("ticks count from now association=" + hourly);
      set(moment, what);
      trial.require(
          Field.await(SEEN, () -> said("ticks count from now association=" + hourly) > before),
          "the agent does not see that its clock went back");
    }

    /** How many lines of the agent's log have these words. */
    private long said(String words) {
      return marked.rig().agent().said().lines().filter(line -> line.contains(words)).count();
    }

    /**
     * What was started has ended: ticks that come while it runs are skipped, and not made up for.
     */
    private void rests() throws InterruptedException {
      String of = " association=" + hourly;
      trial.require(
          Field.await(
              SHORTLY.multipliedBy(5),
              () -> said(of + " trigger=") == 2 * said(of + " status=Success detail=")),
          "a run has no end");
    }

    /** The tick comes. */
    private void ticks(Instant tick) throws InterruptedException {
      String trigger = "tick:" + tick;
      trial.require(Field.await(SEEN, () -> triggers().contains(trigger)), trigger + " never ran");
      rests();
    }

    /** One run makes up for what was missed. */
    private void one(int before) throws InterruptedException {
      trial.require(Field.await(SEEN, () -> marked.begun() > before), "nothing catches up");
      TimeUnit.SECONDS.sleep(2);
      trial.require(
          marked.begun() == before + 1, (marked.begun() - before) + " runs to catch up with");
      rests();
    }

    /** The agent has looked at its clock: something was started by hand. */
    private void seen() throws InterruptedException {
      trial.require(marked.runs(poke, Duration.ofSeconds(60)), "a start by hand has no end");
    }

    /** The agent can't come back, and says why. */
    private void refused(String why) throws InterruptedException {
      marked.rig().coordinator().kill();
      marked.rig().startCoordinator();
      trial.require(
          Field.await(Duration.ofSeconds(90), () -> marked.rig().agent().said().contains(why)),
          "the agent does not say: " + why);
    }

    private java.util.Set<String> triggers() {
      try {
        return marked.triggers();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
