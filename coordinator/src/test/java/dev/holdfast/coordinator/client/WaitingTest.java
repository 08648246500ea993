package dev.holdfast.coordinator.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.RunStatus;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WaitingTest {
  @Test
  void anExecutionIsAtItsGoodEndWhenAllTargetsSucceeded() {
    assertEquals("going", kind(Waiting.of(Optional.empty())));
    assertEquals("going", kind(execution(RunStatus.RUN_STATUS_PENDING, Map.of("Pending", 1))));
    assertEquals(
        "going",
        kind(execution(RunStatus.RUN_STATUS_IN_PROGRESS, Map.of("Success", 1, "InProgress", 1))));
    assertEquals("good", kind(execution(RunStatus.RUN_STATUS_SUCCESS, Map.of("Success", 2))));
    assertEquals(
        "bad", kind(execution(RunStatus.RUN_STATUS_SUCCESS, Map.of("Success", 2, "Skipped", 1))));
    assertEquals("bad", kind(execution(RunStatus.RUN_STATUS_FAILED, Map.of("Failed", 1))));
    assertEquals("bad", kind(execution(RunStatus.RUN_STATUS_INTERRUPTED, Map.of())));
  }

  @Test
  void anInstanceIsAtItsEndWhenItIsOnline() {
    for (PingStatus status : PingStatus.values()) {
      if (status != PingStatus.UNRECOGNIZED) {
        assertEquals(
            status == PingStatus.PING_STATUS_ONLINE ? "good" : "going",
            kind(Waiting.of(InstanceInformation.newBuilder().setPingStatus(status).build())));
      }
    }
  }

  private static Waiting.Standing execution(RunStatus status, Map<String, Integer> counts) {
    return Waiting.of(
        Optional.of(
            AssociationExecution.newBuilder()
                .setExecutionId("x")
                .setStatus(status)
                .putAllResourceCountByStatus(counts)
                .build()));
  }

  private static String kind(Waiting.Standing standing) {
    return switch (standing) {
      case Waiting.Standing.Going _ -> "going";
      case Waiting.Standing.Ended(boolean good, String _) -> good ? "good" : "bad";
    };
  }
}
