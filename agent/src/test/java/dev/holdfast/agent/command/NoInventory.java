package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import java.util.List;
import java.util.Set;

/** A host of which there is nothing to say. */
final class NoInventory implements Gatherer {
  @Override
  public Found gather(Gathering wanted) {
    return Found.of(List.of());
  }

  @Override
  public Set<String> types() {
    return Set.of();
  }
}
