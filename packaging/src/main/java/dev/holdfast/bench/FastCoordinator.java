package dev.holdfast.bench;

import dev.holdfast.coordinator.Armed;
import dev.holdfast.coordinator.Main;
import dev.holdfast.task.Failpoints;
import java.util.Arrays;

/** The coordinator, in the time of {@link Lapse}. */
public final class FastCoordinator {
  private FastCoordinator() {}

  /**
   * As the coordinator's own.
   *
   * @param arguments the launcher that it stands for, then as the coordinator's
   */
  public static void main(String[] arguments) {
    System.exit(
        Main.run(
            Arrays.copyOfRange(arguments, 1, arguments.length),
            new Armed(Failpoints.NONE, Lapse.tempo())));
  }
}
