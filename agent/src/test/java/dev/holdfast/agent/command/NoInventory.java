package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.report.Report;
import java.util.List;
import java.util.Set;

/** A host of which there is nothing to say. */
final class NoInventory implements Gatherer {
  @Override
  public List<Report.Inventory> gather(Gathering wanted) {
    return List.of();
  }

  @Override
  public Set<String> types() {
    return Set.of();
  }
}
