package dev.holdfast.agent.simulate;

import dev.holdfast.agent.download.Downloads;
import java.nio.file.Path;

/** Downloads of a host that is not there: whatever is asked for is there at once. */
public final class SimulatedDownloads implements Downloads {
  @Override
  public Path get(Order order) {
    return order.downloads().resolve(order.destination());
  }
}
