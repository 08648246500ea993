package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.testing.Cases;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.ReportCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What reports and folders may take. */
final class BoundsTest {

  @Test
  void joinedOutputIsTheFirstAndLastBytesOfBoth() {
    Cases.check(
        500,
        random -> {
          String first = "a".repeat(random.nextInt(30)) + "b".repeat(random.nextInt(30));
          String second = "c".repeat(random.nextInt(30)) + "d".repeat(random.nextInt(30));
          int limit = 20 + random.nextInt(40);
          String all = first + second;

          Output joined = OutputBounds.joined(kept(first, limit), kept(second, limit), limit);

          String head = joined.head().toStringUtf8();
          String tail = joined.tail().toStringUtf8();
          assertEquals(all.length(), joined.totalBytes());
          assertTrue(all.startsWith(head), head + " of " + all);
          assertTrue(all.endsWith(tail), tail + " of " + all);
          assertTrue(head.length() + tail.length() <= limit);
          if (all.length() <= limit) {
            assertEquals(all, head);
          } else {
            assertTrue(tail.length() >= limit / 2, "as much of the end as there is room for");
          }
        });
  }

  @Test
  void theStepsOfAReportFitIntoItHoweverManyThereAre() {
    List<StepResult> steps = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      steps.add(
          new StepResult(
              "step" + i,
              "aws:runShellScript",
              RunStatus.SUCCESS,
              0,
              1,
              Optional.empty(),
              Optional.empty(),
              false,
              List.of(),
              kept("x".repeat(100_000), Limits.MAX_STDOUT_KEPT_BYTES),
              kept("y".repeat(100_000), Limits.MAX_STDERR_KEPT_BYTES),
              "r".repeat(1_000)));
    }

    List<StepResult> fitting = OutputBounds.fitting(steps, Limits.MAX_REPORT_BYTES * 5 / 8);

    int bytes = fitting.stream().mapToInt(step -> ReportCodec.toBytes(step).length).sum();
    assertTrue(bytes < Limits.MAX_REPORT_BYTES - 4_096, bytes + " bytes");
    assertTrue(bytes > Limits.MAX_REPORT_BYTES / 3, bytes + " bytes");
    assertEquals(100_000, fitting.getLast().stdout().totalBytes());
    assertTrue(fitting.getLast().stdout().tail().size() > 500);
    assertEquals(steps.subList(0, 1), OutputBounds.fitting(steps.subList(0, 1), 160_000));
  }

  @Test
  void theOldestFoldersGoFirstAndNeverOneInProgress() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (int i = 0; i < Limits.MAX_HOST_RUNS + 2; i++) {
      sizes.put("runs/" + (1000 + i), 10L);
    }

    assertEquals(List.of("runs/1000", "runs/1002"), RunFolders.tooMany(sizes, Set.of("runs/1001")));
    assertEquals(
        List.of("b"),
        RunFolders.tooMany(new LinkedHashMap<>(orderedSizes(400, 300, 100)), Set.of("a")));
    assertEquals(List.of(), RunFolders.tooMany(orderedSizes(400, 100, 0), Set.of()));
  }

  @Test
  void whereOtherRunsAreNotEnoughWhatEarlierStepsWroteGoes() {
    MemoryDisk disk = new MemoryDisk();
    for (String file : List.of("runs/1/0-1-0/x", "runs/2/0-1-0/x", "runs/2/1-1-0/x")) {
      disk.write(file, new byte[1]);
    }
    FakeProcesses processes =
        new FakeProcesses(new FakeProcesses.Host(), new ManualTimers(Instant.EPOCH)) {
          @Override
          public long bytes(Path folder) {
            return Limits.MAX_HOST_RUNS_BYTES + 1;
          }
        };

    new RunFolders(disk, Path.of("/state"), processes)
        .prune(Set.of("runs/2"), Set.of("runs/2/1-1-0"));

    assertEquals(List.of("2"), disk.list("runs"));
    assertEquals(List.of("1-1-0"), disk.list("runs/2"));
  }

  private static Map<String, Long> orderedSizes(long a, long b, long c) {
    long megabyte = 1024L * 1024;
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put("a", a * megabyte);
    sizes.put("b", b * megabyte);
    sizes.put("c", c * megabyte);
    return sizes;
  }

  private static Output kept(String text, int limit) {
    ByteString all = ByteString.copyFromUtf8(text);
    return all.size() <= limit
        ? new Output(all, ByteString.EMPTY, all.size())
        : new Output(
            all.substring(0, limit / 2),
            all.substring(all.size() - (limit - limit / 2)),
            all.size());
  }
}
