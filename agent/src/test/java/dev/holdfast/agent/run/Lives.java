package dev.holdfast.agent.run;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.StateWork;
import dev.holdfast.agent.step.Stocktaking;
import dev.holdfast.agent.step.Workbench;
import dev.holdfast.association.AssociationId;
import dev.holdfast.report.Report;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Timers;
import dev.holdfast.testing.ManualTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A host with a disk and a clock, on which agents live one after another. */
final class Lives {
  final MemoryDisk disk = new MemoryDisk();
  final ManualTimers clock = new ManualTimers(Instant.parse("2026-01-01T00:00:00Z"));
  final FakeProcesses.Host host = new FakeProcesses.Host();

  /** What reached the spool, progress and ends. */
  final List<Report.Run> reports = new ArrayList<>();

  final List<Report.Inventory> inventory = new ArrayList<>();
  final AtomicInteger reboots = new AtomicInteger();

  /** Where runs get their SecureStrings from. */
  Secrets secrets =
      (association, names, answer) ->
          answer.accept(new Secrets.Answer.Unavailable("there is none"));

  /** What the host allows. */
  Standing policy = Standing.ABSENT;

  private int life;
  private boolean crashAfterEnd;

  /** The timers of one life: they die with it. */
  private final class Mortal implements Timers {
    private final int born = life;

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public Duration uptime() {
      return clock.uptime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      return clock.after(
          delay,
          () -> {
            if (life == born) {
              task.run();
            }
          });
    }
  }

  /** What keepers were told to do, and what becomes of the next of it; by default all is right. */
  final List<Keeper.Order> orders = new ArrayList<>();

  final Queue<Optional<Keeper.Result>> results = new ArrayDeque<>();

  /** Where keepers work. */
  Executor hands = Runnable::run;

  private Optional<Keeper.Result> keep(Keeper.Order order, Path folder) {
    orders.add(order);
    return results.isEmpty() ? Optional.of(Keeper.Result.COMPLIANT) : results.remove();
  }

  /** The next life. */
  DocumentRunner runner() {
    life++;
    Timers timers = new Mortal();
    Gatherer gatherer =
        new Gatherer() {
          @Override
          public Found gather(Gathering wanted) {
            return Found.of(
                wanted.types().stream()
                    .sorted()
                    .map(
                        type ->
                            new Report.Inventory(
                                type, "1.0", clock.now(), "hash", List.of(Map.of("Name", "x"))))
                    .toList());
          }

          @Override
          public Set<String> types() {
            return Set.of();
          }
        };
    return new DocumentRunner(
        (id, report) -> {
          reports.add(report);
          if (report.status().terminal() && crashAfterEnd) {
            crashAfterEnd = false;
            throw new MemoryDisk.Crash();
          }
        },
        disk,
        Path.of("/state"),
        new FakeProcesses(host, timers),
        timers,
        Documents.PLANNER,
        new Workbench(
            gatherer,
            order -> order.downloads().resolve(order.destination()),
            (run, asking, ids, outcome) -> outcome.accept(Outcome.done("asked for " + ids)),
            Runnable::run,
            timers,
            new Stocktaking() {
              @Override
              public Allowed allowed(AssociationId asking, Gathering wanted) {
                return new Allowed(wanted, List.of());
              }

              @Override
              public void take(AssociationId asking, Gathering gathering, Gatherer.Found found) {
                inventory.addAll(found.types());
              }
            },
            new StateWork(this::keep, task -> hands.execute(task), timers)),
        secrets,
        reboots::incrementAndGet,
        () -> policy,
        Failpoints.NONE);
  }

  /** The agent dies between the durable report of an end and forgetting the run. */
  void crashAfterEnd() {
    crashAfterEnd = true;
  }

  /** The ends that were reported. */
  List<Report.Run> ends() {
    return reports.stream().filter(report -> report.status().terminal()).toList();
  }
}
