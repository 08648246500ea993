package dev.holdfast.agent;

import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.link.Uplink;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.run.RunListener;
import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.run.Runner;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host with an agent whose disk, journal of runs, spool and scripts outlive it, and a coordinator
 * that gives what it is asked for.
 */
final class Host {
  final MemoryDisk disk = new MemoryDisk();
  final List<Report.Run> spool = new ArrayList<>();
  final List<RunRequest> started = new ArrayList<>();

  /** Runs whose intent is journalled and whose end is not reported, by run id. */
  final Map<String, RunRequest> journal = new LinkedHashMap<>();

  /** Of those, the ones whose process is gone without a trace. */
  final List<String> lost = new ArrayList<>();

  final List<PermitRequest> requests = new ArrayList<>();
  final List<Generation> adopted = new ArrayList<>();
  int waitsTold;
  final List<String> cancelled = new ArrayList<>();
  boolean linked = true;
  boolean endsAtOnce;
  final Map<Sha256, byte[]> coordinator = new HashMap<>();
  Standing policy = Standing.ABSENT;
  Local local = new Local(() -> policy, CrashRule.DEFAULT, "boot");
  final List<String> abandoned = new ArrayList<>();
  private ManualTimers timers;
  private Agent agent;

  Host(String start) {
    timers = new ManualTimers(Instant.parse(start));
    agent = newAgent();
  }

  private Agent newAgent() {
    return new Agent(
        Samples.INSTANCE, disk, timers, this::add, Scripts::new, Coordinator::new, local);
  }

  Agent agent() {
    return agent;
  }

  Instant now() {
    return timers.now();
  }

  Host start() {
    agent.start();
    return advance(Duration.ZERO);
  }

  /** The agent dies, time passes, a new one starts. What is not on the disk is gone. */
  Host restartAfter(Duration down) {
    disk.powerOn();
    timers = new ManualTimers(timers.now().plus(down));
    agent = newAgent();
    return start();
  }

  Host advance(Duration time) {
    timers.advance(time);
    return this;
  }

  /** Runs until a moment of the wall clock. */
  Host until(String moment) {
    return advance(Duration.between(timers.now(), Instant.parse(moment)));
  }

  /** Somebody sets the wall clock; the work loop sees it within its round. */
  Host stepClock(Duration by) {
    timers.step(by);
    return advance(Duration.ofSeconds(31));
  }

  /** The host sleeps: the wall clock goes on and nothing runs. */
  Host sleep(Duration time) {
    timers.step(time);
    return advance(Duration.ofMinutes(1));
  }

  Host push(AssignmentSet set) {
    agent.wanted(set, List.of());
    return advance(Duration.ZERO);
  }

  /** The link is there, and the hello is answered. */
  Host link() {
    requests.add(agent.permits());
    agent.linked();
    return advance(Duration.ZERO);
  }

  Host unlink() {
    agent.unlinked();
    return advance(Duration.ZERO);
  }

  /** The coordinator answers the newest request, or one that came so many before it. */
  Host permit(int number, Trigger trigger, Permit.Verdict verdict, int before) {
    agent.permit(
        new Permit(
            Samples.association(number), trigger, requests.getLast().number() - before, verdict));
    return advance(Duration.ZERO);
  }

  Host grant(int number, Trigger trigger) {
    return permit(number, trigger, Permit.Verdict.GRANTED, 0);
  }

  /** A set of these assignments, effective from now, with these triggers for the first of them. */
  AssignmentSet set(long position, List<Samples> samples, Trigger... pending) {
    return set(position, samples, now(), pending);
  }

  AssignmentSet set(long position, List<Samples> samples, Instant from, Trigger... pending) {
    for (Samples sample : samples) {
      coordinator.put(sample.body(), sample.bytes());
      sample.documents().forEach(bytes -> coordinator.put(Sha256.of(bytes), bytes));
    }
    return new AssignmentSet(
        new Generation(1, position),
        samples.stream().map(sample -> sample.from(from)).toList(),
        List.of(),
        Stream.of(pending)
            .map(
                trigger ->
                    new PendingTrigger(
                        samples.getFirst().association(),
                        trigger,
                        "test",
                        now().plus(Duration.ofDays(1)),
                        samples.getFirst().body(),
                        false,
                        Optional.empty()))
            .toList());
  }

  AssignmentSet cancelling(AssignmentSet set, long position, String execution) {
    return new AssignmentSet(
        new Generation(1, position), set.assignments(), List.of(execution), set.pendingTriggers());
  }

  /** The one run in progress of an association ends. */
  Host end(int number, RunStatus status) {
    RunRequest request =
        journal.values().stream()
            .filter(r -> r.assignment().association().equals(Samples.association(number)))
            .findAny()
            .orElseThrow();
    report(request, status, agent);
    return advance(Duration.ZERO);
  }

  /** The same, with a detailed status of its own. */
  Host endAs(int number, RunStatus status, String detailed) {
    RunRequest request =
        journal.values().stream()
            .filter(r -> r.assignment().association().equals(Samples.association(number)))
            .findAny()
            .orElseThrow();
    report(request, status, detailed, agent);
    return advance(Duration.ZERO);
  }

  /** Triggers that the runner was told to start, with the attempt if it is not the first. */
  List<String> starts() {
    return started.stream()
        .map(r -> r.trigger().text() + (r.attempt() > 1 ? " attempt " + r.attempt() : ""))
        .toList();
  }

  /** Ends in the spool. */
  List<String> ends() {
    return spool.stream()
        .filter(report -> report.status().terminal())
        .map(report -> report.trigger().text() + " " + report.detailedStatus())
        .toList();
  }

  private void add(Report report) {
    if (report instanceof Report.Run run) {
      spool.add(run);
    }
  }

  private void report(RunRequest request, RunStatus status, RunListener listener) {
    report(request, status, status.text(), listener);
  }

  private void report(RunRequest request, RunStatus status, String detailed, RunListener listener) {
    listener.reported(
        request.runId(),
        new Report.Run(
            request.assignment().association(),
            request.trigger(),
            request.attempt(),
            request.startNumber(),
            status,
            detailed,
            request.assignmentSha256(),
            request.assignment().associationVersion(),
            request.assignment().documentVersion(),
            request.scheduled(),
            Optional.of(now()),
            Optional.of(now()),
            request.caughtUp(),
            request.missedTicks(),
            List.of(),
            ""));
    if (status.terminal()) {
      journal.remove(request.runId());
    }
  }

  private final class Scripts implements Runner {
    private final RunListener listener;

    Scripts(RunListener listener) {
      this.listener = listener;
    }

    @Override
    public void recover(Set<String> parked) {
      parked.forEach(
          run -> {
            if (journal.remove(run) != null) {
              abandoned.add(run);
            }
          });
      for (String run : List.copyOf(lost)) {
        Optional.ofNullable(journal.get(run))
            .ifPresent(request -> report(request, RunStatus.INTERRUPTED, listener));
        lost.remove(run);
      }
    }

    @Override
    public void start(RunRequest request) {
      if (active().contains(request.assignment().association())) {
        throw new AssertionError("two runs at once: " + request);
      }
      started.add(request);
      journal.put(request.runId(), request);
      report(request, RunStatus.IN_PROGRESS, listener);
      if (endsAtOnce) {
        report(request, RunStatus.SUCCESS, listener);
      }
    }

    @Override
    public void cancel(String runId) {
      cancelled.add(runId);
    }

    @Override
    public Set<AssociationId> active() {
      return journal.values().stream()
          .map(request -> request.assignment().association())
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  private final class Coordinator implements Uplink {
    private final ManualTimers life = timers;

    Coordinator(Wanted wanted) {
      if (wanted.workLoopCount() != 0) {
        throw new IllegalStateException("it began before it was started");
      }
    }

    @Override
    public boolean linked() {
      return linked;
    }

    @Override
    public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
      life.after(
          Duration.ZERO,
          () ->
              result.accept(
                  linked ? Optional.ofNullable(coordinator.get(body)) : Optional.empty()));
    }

    @Override
    public void adopted(Generation generation, Sha256 set) {
      adopted.add(generation);
    }

    @Override
    public void permits(PermitRequest request) {
      requests.add(request);
    }

    @Override
    public void spooled() {
      if (spool.isEmpty()) {
        throw new AssertionError("nothing was spooled");
      }
    }

    @Override
    public void waitsChanged() {
      waitsTold++;
    }
  }
}
