package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Gate;
import dev.holdfast.task.PeopleLimits;
import dev.holdfast.task.Timers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Refused calls, in the audit trail. The first of its kind is written before the caller is
 * answered; equal ones of the minute that follows become one row with their count. From any thread.
 */
public final class Denials implements Gate.Refusals {
  /** Stands for what is not told apart when there are too many kinds at once. */
  private static final String MANY = "many";

  private final Store store;
  private final Supplier<UUID> ids;
  private final Optional<Timers> timers;
  private final Map<Kind, Integer> folded = new HashMap<>();

  /**
   * Over a store.
   *
   * @param timers when a minute is over; empty: each refusal is a row of its own
   */
  public Denials(Store store, Supplier<UUID> ids, Optional<Timers> timers) {
    this.store = store;
    this.ids = ids;
    this.timers = timers;
  }

  private record Kind(String principal, String method, String address, String reason) {}

  @Override
  public void refused(String principal, String method, String address, String reason) {
    Kind kind = new Kind(principal, method.substring(method.indexOf('/') + 1), address, reason);
    if (timers.isEmpty()) {
      write(kind, 1);
      return;
    }
    synchronized (folded) {
      if (folded.size() >= PeopleLimits.MAX_FOLDED_REFUSALS && !folded.containsKey(kind)) {
        kind = new Kind(MANY, kind.method, MANY, "");
      }
      Integer more = folded.get(kind);
      if (more != null) {
        folded.put(kind, more + 1);
        return;
      }
      folded.put(kind, 0);
    }
    Kind first = kind;
    timers.get().after(PeopleLimits.REFUSALS_FOLDED, () -> over(first));
    write(kind, 1);
  }

  /** Writes down what is counted so far. */
  public void flush() {
    List<Kind> kinds;
    synchronized (folded) {
      kinds = List.copyOf(folded.keySet());
    }
    kinds.forEach(this::over);
  }

  private void over(Kind kind) {
    Integer more;
    synchronized (folded) {
      more = folded.remove(kind);
    }
    if (more != null && more > 0) {
      write(kind, more);
    }
  }

  private void write(Kind kind, int count) {
    store.write(
        write -> {
          AuditTrail.add(
              write,
              ids.get().toString(),
              kind.method,
              kind.principal,
              kind.address,
              List.of(),
              "DENIED",
              kind.reason,
              "{}",
              count);
          return true;
        });
  }
}
