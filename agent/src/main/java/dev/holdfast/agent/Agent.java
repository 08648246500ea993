package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.life.Suspect;
import dev.holdfast.agent.link.Uplink;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.run.RunListener;
import dev.holdfast.agent.run.Runner;
import dev.holdfast.agent.schedule.Action;
import dev.holdfast.agent.schedule.Agenda;
import dev.holdfast.agent.schedule.Decision;
import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.schedule.Plan;
import dev.holdfast.agent.schedule.ScheduleClock;
import dev.holdfast.agent.schedule.Situation;
import dev.holdfast.agent.schedule.Watch;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Report;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of the agent's state. Whatever happens (a set came, a body arrived, a run ended, time
 * passed) leads to one round of the work loop: look at everything, let the {@link Agenda} decide,
 * do what it says. A round is never nested in another.
 *
 * <p>All methods are called on the thread of the timers. When the disk fails, {@link
 * dev.holdfast.agent.disk.DiskException} goes up through whatever was called, timer tasks included:
 * the program must end then, since what is in memory may be ahead of the disk.
 */
public final class Agent implements RunListener, Wanted {
  private static final Logger LOG = LoggerFactory.getLogger("agent");

  private final InstanceId instance;
  private final Timers timers;
  private final Holding holding;
  private final Ledger ledger;
  private final Watch watch;
  private final Runs runs;
  private final Uplink uplink;
  private final Adoption adoption;
  private final PermitDesk permits;
  private final HostVoice host;
  private ScheduleClock clock;
  private boolean ahead;
  private Decision decision = new Decision(List.of(), Optional.empty(), List.of(), Map.of());
  private Optional<Timers.Timer> wakeup = Optional.empty();
  private boolean roundRequested;
  private long rounds;
  private Duration roundAt = Duration.ZERO;
  private final WaitBook waits = new WaitBook();

  /**
   * Puts the parts together and starts nothing.
   *
   * @param runners makes the runner, which tells this agent what becomes of runs
   * @param uplinks makes the link, which tells this agent what is wanted; it must connect only
   *     after {@link #start}
   * @param local what the host adds
   */
  public Agent(
      InstanceId instance,
      Disk disk,
      Timers timers,
      Reports reports,
      Function<RunListener, Runner> runners,
      Function<Wanted, Uplink> uplinks,
      Local local) {
    this.instance = instance;
    this.timers = timers;
    this.holding = new Holding(instance, disk);
    this.ledger = new Ledger(disk);
    this.watch = new Watch(timers.now());
    this.clock = new ScheduleClock(timers.now(), timers.uptime(), Optional.empty());
    this.uplink = uplinks.apply(this);
    this.runs =
        new Runs(
            instance,
            holding,
            ledger,
            report -> {
              reports.add(report);
              uplink.spooled();
            },
            runners.apply(this),
            local.failpoints());
    this.adoption = new Adoption(holding, uplink, timers, this::requestRound);
    this.permits = new PermitDesk(timers, uplink, this::requestRound);
    this.host = new HostVoice(disk, timers, reports, local, this::hostChanged);
  }

  /**
   * Takes up what the disk holds: the set, the ledger, the runs that an earlier life left. Then the
   * first round. Called once, before anything else.
   */
  public void start() {
    holding.load();
    int damaged = ledger.load(timers.now());
    if (damaged > 0) {
      LOG.error("the ledger was damaged; what was whole is kept places={}", damaged);
    }
    clock = new ScheduleClock(timers.now(), timers.uptime(), ledger.handledThrough());
    host.begin(runs.newest());
    if (host.safeModeSince().isEmpty()) {
      takeUpRuns();
    }
    permits.start(runs.held(plans()));
    requestRound();
  }

  /** Ends this life in order: what went before counts against nobody any more. */
  public void end() {
    host.end();
  }

  /** Ends safe mode; nothing if there is none. */
  public boolean resume() {
    return host.resume();
  }

  /** The host's policy is another one now. */
  public void policyChanged() {
    hostChanged(false);
  }

  /** What the host says may have changed; so may what is told of it. */
  private void hostChanged(boolean resumed) {
    if (resumed) {
      takeUpRuns();
    }
    uplink.waitsChanged();
    requestRound();
  }

  private void takeUpRuns() {
    runs.recover(host.parked(), timers.now());
  }

  /** The trigger of the run of an association that is in progress, if there is one. */
  public Optional<Trigger> runningTrigger(AssociationId association) {
    return runs.runningTrigger(association);
  }

  /** What an association runs now; empty if it is not assigned. */
  public Optional<Holding.Loaded> loaded(AssociationId association) {
    return holding.loadForRun(association);
  }

  /** What the agent is about now. */
  public AgentStatus status() {
    return new AgentStatus(
        instance,
        holding.generation(),
        new StatusLines(instance, holding, ledger).now(decision.nextRuns()),
        decision.queue(),
        holding.lacking().size(),
        host.standing(),
        conditions());
  }

  /** How long ago the work loop went round last. */
  public Duration sinceRound() {
    return timers.uptime().minus(roundAt);
  }

  /** How large the ledger is on the disk. */
  public long ledgerBytes() {
    return ledger.bytes();
  }

  // What comes down the link.

  @Override
  public Generation generationHeld() {
    return holding.generation();
  }

  @Override
  public Sha256 setHeld() {
    return holding.set();
  }

  @Override
  public void wanted(AssignmentSet set, List<byte[]> beside) {
    adoption.wanted(set, beside);
  }

  @Override
  public void confirmed(Generation generation, Sha256 set) {
    adoption.confirmed(generation, set);
  }

  @Override
  public void linked() {
    permits.linked();
  }

  @Override
  public void unlinked() {
    permits.unlinked();
  }

  @Override
  public PermitRequest permits() {
    return permits.hello();
  }

  @Override
  public void permit(Permit permit) {
    permits.heard(permit);
  }

  @Override
  public long workLoopCount() {
    return rounds;
  }

  @Override
  public List<Wait> waits() {
    return waits.all();
  }

  @Override
  public List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    adoption.condition().ifPresent(conditions::add); // first: so many are told at the most
    conditions.addAll(host.conditions());
    return conditions;
  }

  @Override
  public void reported(String runId, Report.Run report) {
    runs.ended(report, timers.now());
    if (report.status().terminal()) {
      if (report.detailedStatus().equals(Runner.PARKED)) {
        host.park(
            new Suspect(report.association(), report.trigger(), report.assignment()),
            report.steps().isEmpty() ? report.reason() : report.steps().getFirst().reason());
      }
      requestRound();
    }
  }

  /** How many runs are in progress. */
  int inProgress() {
    return runs.running().size();
  }

  // The work loop.

  /** Goes round once more, soon. */
  void requestRound() {
    if (!roundRequested) {
      roundRequested = true;
      timers.after(Duration.ZERO, this::round);
    }
  }

  private void round() {
    roundRequested = false;
    Instant civil = timers.now();
    Instant now = clock.read(civil, timers.uptime());
    tellLead();
    host.round(holding.wanted(), holding.unreadable());
    Set<String> barred = new HashSet<>(holding.wanted().cancelled());
    barred.addAll(holding.wanted().stopped());
    runs.giveUpOn(plans(), barred, civil);
    adoption.round(host.diskScarce());
    Situation situation = situation(now, civil);
    decision = Agenda.decide(situation);
    for (Action action : decision.actions()) {
      perform(action, civil);
    }
    if (waits.note(decision.queue(), holding.unreadable().keySet(), holding.wanted(), civil)) {
      uplink.waitsChanged();
    }
    ledger.sync();
    permits.settle(decision.asks(), runs.held(situation.plans()));
    ledger.tidy(now, holding.wanted());
    adoption.seek();
    arm(now);
    rounds++;
    roundAt = timers.uptime(); // what fails or stands still on the way does not count
  }

  /** Who sees a run that is early should find why. */
  private void tellLead() {
    boolean now = clock.lead().compareTo(RunLimits.CLOCK_STEP) > 0;
    if (now != ahead) {
      ahead = now;
      LOG.warn(
          now
              ? "the clock went back; schedules stay ahead of it until it is even lead={}"
              : "schedules go by the wall clock again lead={}",
          clock.lead());
    }
  }

  private Situation situation(Instant now, Instant civil) {
    List<Plan> plans = plans();
    Map<AssociationId, Past> past = new HashMap<>();
    plans.forEach(plan -> past.put(plan.association(), ledger.past(plan.association())));
    return new Situation(
        now,
        civil,
        plans,
        past,
        holding.wanted().pendingTriggers(),
        Set.copyOf(holding.wanted().cancelled()),
        List.copyOf(runs.running()),
        watch.round(now, plans),
        holding.wanted().freeze(),
        decision.slotQueue(),
        permits.now(Set.copyOf(holding.wanted().stopped())),
        host.say());
  }

  private List<Plan> plans() {
    return holding.lines().stream().map(Holding.Line::plan).toList();
  }

  private void perform(Action action, Instant now) {
    switch (action) {
      case Action.Start start -> {
        if (!runs.start(start, now)) {
          requestRound();
        }
      }
      case Action.Skip skip -> runs.skip(skip, now);
      case Action.Supersede supersede -> {
        runs.supersede(supersede, now);
        requestRound();
      }
      case Action.Miss(AssociationId association, Past.CatchUp catchUp) ->
          ledger.miss(association, catchUp);
      case Action.Defer(AssociationId association, Past.Delay delay) ->
          ledger.defer(association, delay);
      case Action.Handled(AssociationId association, Instant through) ->
          ledger.handled(association, through);
      case Action.Rebase(AssociationId association, Instant to) -> {
        LOG.warn(
            "the clock went back; ticks count from now association={} now={}", association, to);
        ledger.rebase(association, to);
      }
      case Action.Forbid forbid -> runs.forbid(forbid, now);
      case Action.Cancel cancel -> {
        // In safe mode nobody knows the run yet; it is cancelled when it has been taken up.
        if (host.safeModeSince().isEmpty()) {
          runs.cancel(cancel);
        }
      }
    }
  }

  private void arm(Instant now) {
    wakeup.ifPresent(Timers.Timer::cancel);
    Duration wait = timers.idle(RunLimits.ROUND);
    if (decision.wake().isPresent()) {
      wait = shorter(wait, clock.wait(Duration.between(now, decision.wake().get())));
    }
    if (adoption.nextRetry().isPresent()) {
      wait = shorter(wait, adoption.nextRetry().get());
    }
    if (permits.nextLook().isPresent()) {
      wait = shorter(wait, permits.nextLook().get());
    }
    if (host.diskScarce()) {
      wait = shorter(wait, RunLimits.FULL_DISK_LOOK);
    }
    watch.waits(wait);
    wakeup = Optional.of(timers.after(wait, this::round));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
