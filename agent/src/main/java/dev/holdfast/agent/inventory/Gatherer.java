package dev.holdfast.agent.inventory;

import dev.holdfast.report.Report;
import java.util.List;
import java.util.Set;

/** Looks what is on this host. */
public interface Gatherer {

  /**
   * Gathers the types asked for; those that do not exist on this platform come empty. Takes a
   * while, so it is called on a worker; it changes nothing.
   *
   * @param types {@code AWS:Application}, ...; unknown ones are left out
   */
  List<Report.Inventory> gather(Set<String> types);

  /** The types that it knows. */
  Set<String> types();
}
