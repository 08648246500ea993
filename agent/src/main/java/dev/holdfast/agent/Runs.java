package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Ended;
import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.assignment.Opened;
import dev.holdfast.agent.life.Parking;
import dev.holdfast.agent.life.Suspect;
import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.run.Runner;
import dev.holdfast.agent.schedule.Action;
import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.schedule.Plan;
import dev.holdfast.agent.schedule.Situation;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and ends, in the order of what becomes durable that keeps the promises. A start: noted in
 * the ledger and synced, then given to the runner. An end: in the spool, then closed in the ledger
 * and synced, then the runner may forget it. So after a crash each start that is open in the ledger
 * either is known to the runner, or never got that far; then it is reported {@code Interrupted}, in
 * the same words however often. A skip: noted and synced, then in the spool; closing it need not be
 * synced, since it too is reported in the same words again.
 */
final class Runs {
  private static final Logger LOG = LoggerFactory.getLogger("agent");

  private final InstanceId instance;
  private final Holding holding;
  private final Ledger ledger;
  private final Reports reports;
  private final Runner runner;
  private final Failpoints failpoints;
  private final Set<String> cancelling = new HashSet<>();

  Runs(
      InstanceId instance,
      Holding holding,
      Ledger ledger,
      Reports reports,
      Runner runner,
      Failpoints failpoints) {
    this.failpoints = failpoints;
    this.instance = instance;
    this.holding = holding;
    this.ledger = ledger;
    this.reports = reports;
    this.runner = runner;
  }

  String runId(AssociationId association, Trigger trigger) {
    return Identity.runId(instance, association, trigger);
  }

  /**
   * Takes up the runs that an earlier life of the agent left, and ends those of which nobody but
   * the ledger knows.
   *
   * @param parked what is left alone: a run of it that has no end is ended, unread
   */
  void recover(Collection<Parking> parked, Instant now) {
    cancelling.clear();
    Map<String, Parking> abandoned = new HashMap<>();
    for (Parking parking : parked) {
      abandoned.put(runId(parking.suspect().association(), parking.suspect().trigger()), parking);
    }
    runner.recover(abandoned.keySet());
    Set<AssociationId> active = runner.active();
    for (Opened opened : ledger.open()) {
      Parking parking = abandoned.get(runId(opened.association(), opened.trigger()));
      if (opened.skipped().isPresent()) {
        report(opened, opened.skipped().get());
      } else if (parking != null) {
        Report.Run end = opened.ended(RunStatus.FAILED, Runner.PARKED);
        end(end.saying(Runner.PARKED, parking.why()), Optional.empty(), now);
      } else if (!active.contains(opened.association()) && !ledger.waits(opened)) {
        ended(opened.ended(RunStatus.INTERRUPTED, RunStatus.INTERRUPTED.text()), now);
      }
    }
    ledger.sync();
  }

  /** The trigger of the run of an association that is in progress. */
  Optional<Trigger> runningTrigger(AssociationId association) {
    return ledger.inProgress().stream()
        .filter(opened -> opened.association().equals(association))
        .map(Opened::trigger)
        .findFirst();
  }

  /** Runs in progress, as the runner or the ledger knows them. */
  Collection<Situation.Running> running() {
    Map<AssociationId, Situation.Running> running = new HashMap<>();
    for (AssociationId association : runner.active()) {
      running.put(association, new Situation.Running(association, Optional.empty(), true, false));
    }
    for (Opened opened : ledger.inProgress()) {
      boolean ending = cancelling.contains(runId(opened.association(), opened.trigger()));
      running.put(
          opened.association(),
          new Situation.Running(
              opened.association(),
              Optional.of(opened.trigger()),
              opened.takesSlot(),
              ending,
              opened.endBy()));
    }
    return running.values();
  }

  /**
   * The runs that have started and not ended, of associations whose runs need permits, or of which
   * that is not known any more.
   */
  List<PermitRequest.Hold> held(Collection<Plan> plans) {
    Set<AssociationId> free = new HashSet<>();
    plans.stream().filter(plan -> !plan.needsPermit()).map(Plan::association).forEach(free::add);
    return ledger.open().stream()
        .filter(opened -> opened.skipped().isEmpty() && !free.contains(opened.association()))
        .map(
            opened ->
                new PermitRequest.Hold(
                    opened.association(), opened.trigger(), !ledger.waits(opened)))
        .toList();
  }

  /**
   * Starts a run.
   *
   * @return false if what it needs turned out to be damaged; then nothing happened
   */
  boolean start(Action.Start start, Instant now) {
    Optional<Holding.Line> line = holding.line(start.association());
    Optional<Holding.Loaded> loaded = holding.loadForRun(start.association());
    if (line.isEmpty() || loaded.isEmpty()) {
      return false;
    }
    if (!(start.trigger() instanceof Trigger.Manual)) {
      giveUp(
          waiting ->
              waiting.association().equals(start.association())
                  && !waiting.trigger().equals(start.trigger())
                  && !(waiting.trigger() instanceof Trigger.Manual),
          now);
    }
    Opened opened =
        open(
            line.get(),
            start.trigger(),
            start.attempt(),
            now,
            start.caughtUp(),
            start.missedTicks(),
            Optional.empty(),
            "",
            ledger
                .open(start.association(), start.trigger())
                .flatMap(Opened::endBy)
                .or(start::endBy));
    ledger.open(opened, start.handledThrough());
    ledger.sync();
    failpoints.reach(Failpoints.AFTER_INTENT_FSYNC);
    runner.start(
        new RunRequest(
            runId(start.association(), start.trigger()),
            opened.trigger(),
            opened.attempt(),
            opened.startNumber(),
            loaded.get().assignment(),
            opened.assignment(),
            loaded.get().document(),
            loaded.get().children(),
            opened.scheduled(),
            opened.caughtUp(),
            opened.missedTicks()));
    return true;
  }

  /** Notes and reports that a tick does not start. */
  void skip(Action.Skip skip, Instant now) {
    skip(
        skip.association(),
        new Trigger.Tick(skip.tick()),
        skip.reason().detailedStatus(),
        skip.why(),
        skip.ticks(),
        skip.handledThrough(),
        now);
  }

  /** Notes and reports that the host does not let a trigger start. */
  void forbid(Action.Forbid action, Instant now) {
    skip(
        action.association(),
        action.trigger(),
        Action.Reason.FORBIDDEN.detailedStatus(),
        action.why(),
        1,
        Optional.empty(),
        now);
  }

  /** The run that is in progress and began last. */
  Optional<Suspect> newest() {
    return ledger.inProgress().stream()
        .max(Comparator.comparing(Opened::at))
        .map(one -> new Suspect(one.association(), one.trigger(), one.assignment()));
  }

  /** Notes and reports that a newer trigger took the place of one. */
  void supersede(Action.Supersede action, Instant now) {
    skip(
        action.association(),
        action.trigger(),
        Action.Reason.SUPERSEDED.detailedStatus(),
        "",
        1,
        action.trigger() instanceof Trigger.Tick(var at) ? Optional.of(at) : Optional.empty(),
        now);
  }

  private void skip(
      AssociationId association,
      Trigger trigger,
      String reason,
      String why,
      int ticks,
      Optional<Instant> handledThrough,
      Instant now) {
    Optional<Holding.Line> line = holding.line(association);
    if (line.isEmpty()) {
      return;
    }
    boolean several = ticks > 1;
    Opened opened =
        open(
            line.get(),
            trigger,
            0,
            now,
            several,
            several ? ticks : 0,
            Optional.of(reason),
            why,
            Optional.empty());
    ledger.open(opened, handledThrough);
    ledger.sync();
    report(opened, reason);
  }

  /** Ends a run that is in progress; its end is reported when it has come. */
  void cancel(Action.Cancel cancel) {
    String runId = runId(cancel.association(), cancel.trigger());
    cancelling.add(runId);
    runner.cancel(runId);
  }

  /**
   * Takes a report of a run. If it is an end, it is durable and noted when this returns. An end
   * that nobody saw is none where the association asks for another attempt: until that has come to
   * its end the run goes on.
   */
  void ended(Report.Run report, Instant now) {
    if (!report.status().terminal()) {
      reports.add(report);
      return;
    }
    String runId = runId(report.association(), report.trigger());
    cancelling.remove(runId);
    Optional<Opened> opened = ledger.open(report.association(), report.trigger());
    Optional<Past.Again> again = opened.flatMap(start -> again(start, report));
    if (again.isPresent()) {
      giveUp(other -> other.association().equals(report.association()), now);
    }
    end(
        again.isPresent() ? RunEnds.triedAgain(report) : RunEnds.cutOff(opened, report),
        again,
        now);
    LOG.info(
        "run ended run={} association={} trigger={} status={} again={}",
        runId,
        report.association(),
        report.trigger().text(),
        report.detailedStatus(),
        again.isPresent());
  }

  private void end(Report.Run report, Optional<Past.Again> again, Instant now) {
    reports.add(report);
    ledger.close(
        report.association(),
        report.trigger(),
        again.isPresent()
            ? Optional.empty()
            : Optional.of(new Ended(report.trigger(), report.status(), report.end().orElse(now))),
        again);
    ledger.sync();
  }

  /** Ends the runs that were to be tried again and are not any more. */
  void giveUpOn(Collection<Plan> plans, Set<String> cancelled, Instant now) {
    giveUp(
        opened ->
            opened.over(now)
                || plans.stream()
                    .filter(plan -> plan.association().equals(opened.association()))
                    .noneMatch(
                        plan ->
                            plan.triesAgain(
                                ledger.past(opened.association()).again().orElseThrow(),
                                cancelled,
                                now)),
        now);
  }

  private void giveUp(Predicate<Opened> which, Instant now) {
    for (Opened opened : List.copyOf(ledger.open())) {
      if (ledger.waits(opened) && which.test(opened)) {
        reports.add(opened.ended(RunStatus.INTERRUPTED, RunStatus.INTERRUPTED.text()));
        ledger.close(
            opened.association(),
            opened.trigger(),
            Optional.of(new Ended(opened.trigger(), RunStatus.INTERRUPTED, now)),
            Optional.empty());
        ledger.sync();
      }
    }
  }

  private Optional<Past.Again> again(Opened opened, Report.Run report) {
    int next = Math.max(opened.attempt(), report.attempt()) + 1;
    return report.status() == RunStatus.INTERRUPTED
            && !opened.over(report.end().orElse(opened.at()))
            && next <= RunLimits.MAX_ATTEMPTS
            && holding.line(opened.association()).filter(line -> line.plan().rerun()).isPresent()
        ? Optional.of(
            new Past.Again(
                opened.trigger(), next, opened.caughtUp(), opened.missedTicks(), opened.at()))
        : Optional.empty();
  }

  private void report(Opened skipped, String reason) {
    reports.add(skipped.ended(RunStatus.SKIPPED, reason));
    ledger.close(skipped.association(), skipped.trigger(), Optional.empty(), Optional.empty());
  }

  private Opened open(
      Holding.Line line,
      Trigger trigger,
      int attempt,
      Instant now,
      boolean caughtUp,
      int missedTicks,
      Optional<String> skipped,
      String why,
      Optional<Instant> endBy) {
    return new Opened(
        line.plan().association(),
        trigger,
        attempt,
        ledger.nextNumber(line.plan().association()),
        now,
        line.plan().assignment(),
        line.assignment().associationVersion(),
        line.assignment().documentVersion(),
        caughtUp,
        missedTicks,
        line.plan().takesSlot(),
        skipped,
        why,
        endBy);
  }
}
