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
   */
  Found gather(Gathering wanted);

  /**
   * What was gathered.
   *
   * @param types each of them whole, as far as a report can carry it
   * @param failures types that could not be read, each with the reason; they are not told, since
   *     half of them would be taken for all there is
   */
  record Found(List<Report.Inventory> types, List<String> failures) {
    /** Copies the lists. */
    public Found {
      types = List.copyOf(types);
      failures = List.copyOf(failures);
    }

    /** All could be read. */
    public static Found of(List<Report.Inventory> types) {
      return new Found(types, List.of());
    }
  }

  /** The types that it knows, {@link Gathering#CUSTOM} among them if it reads files of people. */
  Set<String> types();
}
