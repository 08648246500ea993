package dev.holdfast.faults;

import dev.holdfast.coordinator.Armed;
import dev.holdfast.coordinator.Main;

/** The coordinator, ended at the failpoints of a file. */
public final class ArmedCoordinator {
  private ArmedCoordinator() {}

  /** As the coordinator's own. */
  public static void main(String[] arguments) {
    System.exit(Main.run(arguments, Armed.with(ArmedFailpoints.armed())));
  }
}
