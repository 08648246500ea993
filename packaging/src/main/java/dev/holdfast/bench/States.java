package dev.holdfast.bench;

import com.google.protobuf.ByteString;
import com.sun.management.OperatingSystemMXBean;
import dev.holdfast.agent.command.ThisHost;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.process.OsProcesses;
import dev.holdfast.agent.run.DocumentRunner;
import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.agent.simulate.SimulatedDownloads;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.StateWork;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Stocktaking;
import dev.holdfast.agent.step.Workbench;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What a run that changes nothing costs in a warm agent: the runner that the service uses runs one
 * document again and again, and the processor time of this process is read before and after each
 * run; that of the processes that it started is told apart.
 */
public final class States {
  private static final AssociationId ASSOCIATION =
      new AssociationId("00000000-0000-0000-0000-000000000000");

  /** How often a tick of the kernel's figures comes. */
  private static final long TICKS_A_SECOND = 100;

  private States() {}

  /** Arguments: the document, the runs to grow warm, the runs that are measured. */
  public static void main(String[] args) throws Exception {
    byte[] document = Files.readAllBytes(Path.of(args[0]));
    int warm = Integer.parseInt(args[1]);
    int measured = Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory("holdfast-bench-");
    List<Long> own = new ArrayList<>();
    List<Long> wall = new ArrayList<>();
    long children = 0;
    try (OwnerThread owner =
        new OwnerThread("owner", Clock.systemUTC(), failure -> failure.printStackTrace())) {
      BlockingQueue<Report.Run> ends = new LinkedBlockingQueue<>();
      DocumentRunner runner = runner(owner, folder, ends);
      for (int i = -warm; i < measured; i++) {
        long cpu = cpu();
        long others = childTicks();
        long begun = System.nanoTime();
        Report.Run end = run(owner, runner, ends, document);
        check(end, i == -warm);
        if (i >= 0) {
          wall.add(System.nanoTime() - begun);
          own.add(cpu() - cpu);
          children += childTicks() - others;
        }
      }
    } finally {
      new FileDisk(Objects.requireNonNull(folder.getParent(), "a temporary folder has one"))
          .delete(folder.getFileName().toString());
    }
    System.out.printf(
        Locale.ROOT,
        "holdfast-agent, warm: %.1f ms of CPU of its own (p50), %.1f (largest), and %.1f in the"
            + " processes that it starts; %.0f ms by the clock%n",
        new Times(own).millis(0.5),
        new Times(own).millis(1),
        children * 1000.0 / TICKS_A_SECOND / measured,
        new Times(wall).millis(0.5));
  }

  private static DocumentRunner runner(
      OwnerThread owner, Path folder, BlockingQueue<Report.Run> ends) {
    HostFacts host = ThisHost.facts("", "");
    return new DocumentRunner(
        (id, report) -> {
          if (report.status().terminal()) {
            owner.after(Duration.ZERO, () -> ends.add(report));
          }
        },
        new FileDisk(folder),
        folder,
        new OsProcesses(owner),
        owner,
        new StepPlanner(host),
        new Workbench(
            NOTHING,
            new SimulatedDownloads(),
            (id, asking, ids, outcome) -> outcome.accept(Outcome.done("")),
            Runnable::run,
            owner,
            Stocktaking.NOBODY,
            new StateWork(
                ThisHost.keeper(host), task -> Thread.ofPlatform().daemon().start(task), owner)),
        (association, names, answer) ->
            answer.accept(new Secrets.Answer.Unavailable("nothing here has secrets")),
        () -> {},
        () -> Standing.ABSENT,
        Failpoints.NONE);
  }

  private static Report.Run run(
      OwnerThread owner, DocumentRunner runner, BlockingQueue<Report.Run> ends, byte[] document)
      throws InterruptedException {
    owner.after(Duration.ZERO, () -> runner.start(request(document)));
    return ends.take();
  }

  private static final Gatherer NOTHING =
      new Gatherer() {
        @Override
        public Found gather(Gathering wanted) {
          return Found.of(List.of());
        }

        @Override
        public Set<String> types() {
          return Set.of();
        }
      };

  private static RunRequest request(byte[] document) {
    String runId = UUID.randomUUID().toString();
    Assignment assignment =
        new Assignment(
            ASSOCIATION,
            1,
            "",
            "",
            1,
            Sha256.of(document),
            Map.of(),
            new Assignment.Recurrence("", "", 0, 0, Instant.EPOCH),
            false,
            true,
            false,
            false,
            false,
            false);
    return new RunRequest(
        runId,
        new Trigger.Manual(runId),
        1,
        1,
        assignment,
        Sha256.of(document),
        ByteString.copyFrom(document),
        Map.of(),
        Optional.empty(),
        false,
        0);
  }

  /** The first run may change something; from then on all is right. */
  private static void check(Report.Run end, boolean first) {
    boolean quiet = end.steps().stream().noneMatch(step -> step.changed());
    if (end.status() != RunStatus.SUCCESS || !(first || quiet)) {
      throw new IllegalStateException("not a run that changes nothing: " + end.steps());
    }
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long childTicks() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
  }
}
