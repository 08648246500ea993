package dev.holdfast.agent.command;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.download.HostDownloads;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.process.OsProcesses;
import dev.holdfast.agent.process.OsPrograms;
import dev.holdfast.agent.run.DocumentRunner;
import dev.holdfast.agent.run.RunRequest;
import dev.holdfast.agent.run.Runner;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.StateWork;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Stocktaking;
import dev.holdfast.agent.step.Workbench;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.document.Value;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs one document on this host, by the runner that the service uses, over a folder of its own. It
 * never reboots the host. If the program is told to stop, the run is cancelled first.
 */
final class LocalRun {
  private static final AssociationId NONE =
      new AssociationId("00000000-0000-0000-0000-000000000000");

  private final HostFacts host;
  private final Gatherer gatherer;

  LocalRun(HostFacts host, Gatherer gatherer) {
    this.host = host;
    this.gatherer = gatherer;
  }

  /** What became of it. */
  record Result(Report.Run report) {

    boolean success() {
      return report.status() == RunStatus.SUCCESS;
    }

    Value json() {
      String status = report.status().terminal() ? report.status().text() : Runner.REBOOT_REQUESTED;
      Map<String, Value> fields = new LinkedHashMap<>();
      fields.put("status", new Value.Text(status));
      fields.put(
          "reason",
          new Value.Text(report.detailedStatus().equals(status) ? "" : report.detailedStatus()));
      fields.put("steps", new Value.Items(report.steps().stream().map(Result::step).toList()));
      return new Value.Fields(fields);
    }

    private static Value step(StepResult step) {
      Map<String, Value> fields = new LinkedHashMap<>();
      fields.put("name", new Value.Text(step.name()));
      fields.put("action", new Value.Text(step.action()));
      fields.put(
          "status",
          new Value.Text(
              step.status().terminal() ? step.status().text() : Runner.REBOOT_REQUESTED));
      fields.put("exitCode", number(step.exitCode()));
      fields.put("reason", new Value.Text(step.reason()));
      fields.put("attempts", number(step.attempt()));
      fields.put("stdout", new Value.Text(text(step.stdout())));
      fields.put("stderr", new Value.Text(text(step.stderr())));
      fields.put("stdoutBytes", number(step.stdout().totalBytes()));
      fields.put("stderrBytes", number(step.stderr().totalBytes()));
      fields.put("changed", new Value.Flag(step.changed()));
      fields.put("drift", new Value.Items(step.drift().stream().map(Result::drift).toList()));
      return new Value.Fields(fields);
    }

    private static Value drift(Drift drift) {
      Map<String, Value> fields = new LinkedHashMap<>();
      fields.put("resource", new Value.Text(drift.resource()));
      fields.put("property", new Value.Text(drift.property()));
      fields.put("actual", new Value.Text(drift.actual()));
      fields.put("desired", new Value.Text(drift.desired()));
      return new Value.Fields(fields);
    }

    private static String text(Output output) {
      long left = output.totalBytes() - output.head().size() - output.tail().size();
      String gap = left > 0 ? "\n[" + left + " bytes left out]\n" : "";
      return left > 0
          ? output.head().toStringUtf8() + gap + output.tail().toStringUtf8()
          : output.head().concat(output.tail()).toStringUtf8();
    }

    private static Value number(long number) {
      return new Value.Num(BigDecimal.valueOf(number));
    }
  }

  /**
   * Runs it, and waits for its end.
   *
   * @param output where scripts and output stay; empty: they are removed
   * @param platform as which preconditions are judged; empty: this one
   */
  Result run(
      byte[] document,
      Map<String, Value> values,
      boolean audit,
      Optional<Path> output,
      Optional<String> platform)
      throws IOException {
    Path folder = output.isPresent() ? made(output.get()) : Files.createTempDirectory("holdfast-");
    String runId = UUID.randomUUID().toString();
    CompletableFuture<Report.Run> end = new CompletableFuture<>();
    try (OwnerThread owner =
        new OwnerThread("owner", Clock.systemUTC(), end::completeExceptionally)) {
      Runner runner =
          new DocumentRunner(
              (id, report) -> {
                if (report.status().terminal()
                    || report.detailedStatus().equals(Runner.REBOOT_REQUESTED)) {
                  // Later: the runner has not forgotten the run yet.
                  owner.after(Duration.ZERO, () -> end.complete(report));
                }
              },
              new FileDisk(folder),
              folder,
              new OsProcesses(owner),
              owner,
              new StepPlanner(platform.map(host::on).orElse(host)),
              new Workbench(
                  gatherer,
                  new HostDownloads(
                      new OsPrograms(owner::uptime), Path.of(host.home()), owner::uptime),
                  LocalRun::unreachable,
                  task -> Thread.ofPlatform().daemon().start(task),
                  owner,
                  Stocktaking.NOBODY,
                  new StateWork(
                      ThisHost.keeper(host),
                      task -> Thread.ofPlatform().daemon().start(task),
                      owner)),
              (association, names, answer) ->
                  answer.accept(
                      new Secrets.Answer.Unavailable(
                          "SecureStrings come from a coordinator, and here is none: "
                              + String.join(", ", names))),
              () -> {},
              () -> Standing.ABSENT,
              Failpoints.NONE);
      Thread stopped = new Thread(() -> cancelAndWait(owner, runner, runId, end), "stop");
      Runtime.getRuntime().addShutdownHook(stopped);
      RunRequest request = request(runId, document, values, audit);
      owner.after(Duration.ZERO, () -> runner.start(request));
      Report.Run report = end.get();
      removeHook(stopped);
      return new Result(report);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      if (output.isEmpty()) {
        Path parent = Objects.requireNonNull(folder.getParent(), "a temporary folder has one");
        new FileDisk(parent).delete(folder.getFileName().toString());
      }
    }
  }

  private static RunRequest request(
      String runId, byte[] document, Map<String, Value> values, boolean audit) {
    Assignment assignment =
        new Assignment(
            NONE,
            1,
            "",
            "",
            1,
            Sha256.of(document),
            values,
            new Assignment.Recurrence("", "", 0, 0, Instant.EPOCH),
            false,
            true,
            audit,
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

  /** There is no coordinator here. */
  private static void unreachable(
      String runId, AssociationId asking, List<String> ids, Consumer<Outcome> outcome) {
    outcome.accept(
        Outcome.failed(
            "CoordinatorUnreachable: a document that runs here and now has no coordinator to ask"));
  }

  private static void cancelAndWait(
      OwnerThread owner, Runner runner, String runId, CompletableFuture<Report.Run> end) {
    owner.after(Duration.ZERO, () -> runner.cancel(runId));
    try {
      end.get(
          RunLimits.KILL_GRACE.plus(RunLimits.WRAPPER_GRACE).plusSeconds(5).toSeconds(),
          TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The program ends either way; what is left of the tree is the host's.
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is ending, and the hook has done its work.
    }
  }

  private static Path made(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      Files.createDirectories(
          absolute,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return absolute;
  }
}
