package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class TallyTest {
  private record Case(String whole, String... targets) {}

  @TestFactory
  List<DynamicTest> whatTargetsComeTo() {
    return List.of(
            new Case("SKIPPED/NoTargets"),
            new Case("SUCCESS/Success", "SUCCESS/Success"),
            new Case("PENDING/Offline", "PENDING/Offline", "PENDING/Offline"),
            new Case("PENDING/Pending", "PENDING/Offline", "PENDING/Scheduled"),
            new Case("IN_PROGRESS/InProgress", "PENDING/Offline", "SUCCESS/Success"),
            new Case("IN_PROGRESS/InProgress", "PENDING/Offline", "FAILED/Failed"),
            new Case("IN_PROGRESS/InProgress", "IN_PROGRESS/InProgress", "SUCCESS/Success"),
            new Case("IN_PROGRESS/Unreachable", "IN_PROGRESS/Unreachable", "FAILED/Failed"),
            new Case("FAILED/InvalidDocument", "FAILED/InvalidDocument", "SUCCESS/Success"),
            new Case("FAILED/Failed", "FAILED/InvalidDocument", "FAILED/MissingParameter"),
            new Case("FAILED/Failed", "FAILED/Failed", "INTERRUPTED/Interrupted"),
            new Case("INTERRUPTED/Interrupted", "INTERRUPTED/Interrupted", "TIMED_OUT/TimedOut"),
            new Case("TIMED_OUT/TimedOut", "TIMED_OUT/TimedOut", "CANCELLED/CancelRequested"),
            new Case("CANCELLED/CancelRequested", "CANCELLED/CancelRequested", "SUCCESS/Success"),
            new Case("SUCCESS/Success", "SUCCESS/Success", "SKIPPED/NotTargeted"),
            new Case("SKIPPED/Skipped", "SKIPPED/Superseded", "SKIPPED/NotTargeted"))
        .stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    List.of(c.targets) + " come to " + c.whole,
                    () -> {
                      Tally tally = Tally.of(targets(c.targets));
                      assertEquals(c.whole, tally.status() + "/" + tally.detailedStatus());
                      assertEquals(c.targets.length, tally.targets());
                      assertEquals(
                          c.targets.length,
                          tally.counts().values().stream().mapToInt(n -> n).sum());
                    }))
        .toList();
  }

  private static List<Targets.Target> targets(String... texts) {
    List<Targets.Target> targets = new ArrayList<>();
    for (String text : texts) {
      int slash = text.indexOf('/');
      targets.add(
          new Targets.Target(
              new InstanceId(String.format("mi-%017x", targets.size())),
              RunStatus.valueOf(text.substring(0, slash)),
              text.substring(slash + 1),
              true));
    }
    return targets;
  }
}
