package dev.holdfast.coordinator.watch;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.FleetRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.WatchLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads how the probed instances stand. */
final class ProbeRows {
  private ProbeRows() {}

  static ProbeRule.Standing standing(Read read, Instant now) {
    List<ProbeRule.Probed> probed = new ArrayList<>();
    for (AssociationId association : FleetRows.naming(read, ProbeRule.DOCUMENT)) {
      int room = WatchLimits.MAX_PROBED - probed.size();
      if (room == 0) {
        break;
      }
      Instant due =
          Executions.newestTick(read, association, now.minus(WatchLimits.PROBE_LATE))
              .orElse(Instant.MIN);
      FleetRows.members(read, association, room)
          .forEach(
              member -> probed.add(new ProbeRule.Probed(member.since(), member.success(), due)));
    }
    return ProbeRule.standing(probed, now);
  }
}
