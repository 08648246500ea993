package dev.holdfast.coordinator.store;

import java.util.List;
import java.util.function.Function;

/**
 * Something that must be true of the rows, whatever happened. It reads one view and changes
 * nothing.
 *
 * @param name a word in lower case, as it is shown
 * @param look finds out whether it is true; what it throws counts as not
 */
public record Check(String name, Function<Read, Outcome> look) {
  /** All of them, in the order in which they are made. */
  public static final List<Check> ALL =
      List.of(new Check("audit-chain", AuditChain::check), new Check("database", Check::database));

  /**
   * What a check found.
   *
   * @param detail how much was looked at; or what is wrong, and where
   */
  public record Outcome(boolean ok, String detail) {
    /** It is as it has to be. */
    public static Outcome passed(String detail) {
      return new Outcome(true, detail);
    }

    /** It is not. */
    public static Outcome failed(String detail) {
      return new Outcome(false, detail);
    }
  }

  /** Reads every page of the database, and compares each index with its table. */
  private static Outcome database(Read read) {
    List<String> found =
        read.handle().createQuery("PRAGMA integrity_check(3)").mapTo(String.class).list();
    return found.equals(List.of("ok"))
        ? Outcome.passed("all pages are as they have to be")
        : Outcome.failed(String.join("; ", found) + ": restore it from a backup");
  }

  /** Makes it on one view of the rows. */
  public Outcome make(Store store) {
    try {
      return store.read(look);
    } catch (RuntimeException e) {
      return Outcome.failed("could not be made: " + e.getMessage());
    }
  }
}
