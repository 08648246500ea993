package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class TallyTest {
  private record Case(String whole, List<String> targets) {}

  private static Case of(String whole, String... targets) {
    return new Case(whole, List.of(targets));
  }

  @TestFactory
  List<DynamicTest> whatTargetsComeTo() {
    return List.of(
            of("SKIPPED/NoTargets"),
            of("SUCCESS/Success", "SUCCESS/Success"),
            of("PENDING/Offline", "PENDING/Offline", "PENDING/Offline"),
            of("PENDING/Pending", "PENDING/Offline", "PENDING/Scheduled"),
            of("IN_PROGRESS/InProgress", "PENDING/Offline", "SUCCESS/Success"),
            of("IN_PROGRESS/InProgress", "PENDING/Offline", "FAILED/Failed"),
            of("IN_PROGRESS/InProgress", "IN_PROGRESS/InProgress", "SUCCESS/Success"),
            of("IN_PROGRESS/Unreachable", "IN_PROGRESS/Unreachable", "FAILED/Failed"),
            of("FAILED/InvalidDocument", "FAILED/InvalidDocument", "SUCCESS/Success"),
            of("FAILED/Failed", "FAILED/InvalidDocument", "FAILED/MissingParameter"),
            of("FAILED/Failed", "FAILED/Failed", "INTERRUPTED/Interrupted"),
            of("INTERRUPTED/Interrupted", "INTERRUPTED/Interrupted", "TIMED_OUT/TimedOut"),
            of("TIMED_OUT/TimedOut", "TIMED_OUT/TimedOut", "CANCELLED/CancelRequested"),
            of("CANCELLED/CancelRequested", "CANCELLED/CancelRequested", "SUCCESS/Success"),
            of("SUCCESS/Success", "SUCCESS/Success", "SKIPPED/NotTargeted"),
            of("SKIPPED/Skipped", "SKIPPED/Superseded", "SKIPPED/NotTargeted"))
        .stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.targets + " come to " + c.whole,
                    () -> {
                      Tally tally = Tally.of(targets(c.targets));
                      assertEquals(c.whole, tally.status() + "/" + tally.detailedStatus());
                      assertEquals(c.targets.size(), tally.targets());
                      assertEquals(
                          c.targets.size(),
                          tally.counts().values().stream().mapToInt(n -> n).sum());
                    }))
        .toList();
  }

  private static List<Targets.Target> targets(List<String> texts) {
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
