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
   * @param wanted types that are not known are left out
   * @throws RuntimeException if one of them cannot be read; the message says which and why
   */
  List<Report.Inventory> gather(Gathering wanted);

  /** The types that it knows, {@link Gathering#CUSTOM} among them if it reads files of people. */
  Set<String> types();
}
