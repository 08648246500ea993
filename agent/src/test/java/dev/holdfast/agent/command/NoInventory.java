package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.report.Report;
import java.util.List;
import java.util.Set;

/** A host of which there is nothing to say. */
final class NoInventory implements Gatherer {
  @Override
  public List<Report.Inventory> gather(Set<String> types) {
    return List.of();
  }

  @Override
  public Set<String> types() {
    return Set.of();
  }
}
