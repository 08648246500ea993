package dev.holdfast.coordinator.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.FleetRows;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.Association;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FleetFiguresTest {
  @ParameterizedTest
  @CsvSource({
    // told online, told silent, told lost, never, inactive, linked online, linked silent, coming
    // back
    "5, 0, 1, 1, 2, 5, 0, false, 5, 0, 2, 2, 0",
    "5, 0, 1, 1, 2, 2, 0, true,  2, 0, 2, 2, 3",
    "5, 1, 1, 0, 0, 2, 1, false, 2, 1, 4, 0, 0",
    "4, 0, 0, 0, 0, 5, 0, false, 5, 0, 0, 0, 0",
  })
  void instancesAreCountedByWhatTheLogSaysAndWhoIsLinked(
      int online,
      int silent,
      int lost,
      int never,
      int inactive,
      int linkedOnline,
      int linkedSilent,
      boolean comingBack,
      double isOnline,
      double isSilent,
      double isLost,
      double isInactive,
      double isUnknown) {
    Map<String, Integer> told =
        Map.of(
            "ONLINE",
            online,
            "SILENT",
            silent,
            "CONNECTION_LOST",
            lost,
            PresenceRows.NEVER,
            never,
            "INACTIVE",
            inactive);

    assertEquals(
        Map.of(
            "online", isOnline,
            "silent", isSilent,
            "connection_lost", isLost,
            "inactive", isInactive,
            "unknown", isUnknown),
        FleetFigures.presences(told, linkedOnline, linkedSilent, comingBack));
  }

  @Test
  void whatIsInTheStoreIsCounted(@TempDir Path folder) {
    try (Estate estate = new Estate(folder)) {
      FleetFigures figures = new FleetFigures(estate.store, estate.timers);
      FleetFigures.Fleet empty = figures.now().orElseThrow();
      assertEquals(0, empty.associations() + empty.inProgress() + empty.openExecutions());
      assertEquals(new FleetRows.Permits(0, 0), empty.permits());
      assertEquals(Optional.empty(), empty.backedUp());

      InstanceId one = estate.addInstance(1);
      InstanceId two = estate.addInstance(2);
      AssociationId probe =
          estate.addAssociation(
              1,
              Association.newBuilder()
                  .setName(ProbeRule.DOCUMENT)
                  .setScheduleExpression("rate(1 hour)")
                  .build());
      estate.enter(probe, one, two);
      estate.change(probe);
      Instant now = estate.timers.now();
      estate.store.write(
          write -> {
            PresenceRows.tell(write, one, "ONLINE");
            Meta.put(write, Meta.BACKED_UP, Long.toString(now.toEpochMilli()));
            current(write, one, probe, RunStatus.IN_PROGRESS, Optional.of(now));
            current(write, two, probe, RunStatus.SUCCESS, Optional.of(now.minusSeconds(60)));
            return true;
          });
      assertEquals(empty, figures.now().orElseThrow(), "not asked again so soon");

      estate.timers.advance(Duration.ofSeconds(15));
      FleetFigures.Fleet fleet = figures.now().orElseThrow();

      assertEquals(Map.of("ONLINE", 1, "NEVER", 1), fleet.told());
      assertEquals(1, fleet.associations());
      assertEquals(1, fleet.inProgress());
      assertEquals(1, fleet.openExecutions());
      assertEquals(Optional.of(now), fleet.backedUp());
      assertEquals(new ProbeRule.Standing(2, 0, Duration.ofSeconds(75)), fleet.probes());
    }
  }

  private static void current(
      dev.holdfast.coordinator.store.Write write,
      InstanceId instance,
      AssociationId association,
      RunStatus status,
      Optional<Instant> success) {
    Runs.putCurrent(
        write, new Runs.Current(instance, association, "run-" + instance, status, 1, 1, success));
  }
}
