package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.compliance.Puts.Decision;
import dev.holdfast.coordinator.store.CompliancePuts;
import dev.holdfast.coordinator.testing.Estate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PutsTest {
  /** Stored: who, hash and time; put: who, hash, time and how many items. */
  @ParameterizedTest
  @CsvSource({
    // nothing is stored
    "'',      '', 0, caller, '', 5, 1, REPLACE",
    "'',      '', 0, caller, '', 5, 0, REPLACE",
    "'',      '', 0, caller, h,  5, 1, REPLACE",
    "'',      '', 0, caller, h,  5, 0, ITEMS_MISSING",
    "'',      '', 0, host,   h,  5, 0, REPLACE",
    // a later time, the same, an earlier one
    "caller,  '', 5, caller, '', 6, 1, REPLACE",
    "caller,  '', 5, caller, '', 5, 1, REPLACE",
    "caller,  '', 5, caller, '', 4, 1, STALE",
    "host,    h,  5, caller, '', 4, 1, STALE",
    "caller,  '', 5, host,   h,  4, 1, STALE",
    "host,    h,  5, host,   i,  4, 1, REPLACE",
    // what is there is known again by its hash
    "caller,  h,  5, caller, h,  6, 1, UNCHANGED",
    "caller,  h,  5, caller, h,  6, 0, UNCHANGED",
    "caller,  h,  5, caller, h,  4, 0, STALE",
    "caller,  h,  5, caller, i,  6, 1, REPLACE",
    "caller,  h,  5, caller, i,  6, 0, ITEMS_MISSING",
    "caller,  h,  5, caller, '', 6, 0, REPLACE",
    "host,    h,  5, host,   h,  4, 1, UNCHANGED",
    "host,    h,  5, host,   i,  6, 0, REPLACE",
  })
  void whatIsPutIsDecidedByWhatIsThere(
      String storedBy,
      String storedHash,
      int storedAt,
      String putBy,
      String hash,
      int at,
      int items,
      Decision decision) {
    Optional<CompliancePuts.Put> before =
        storedBy.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new CompliancePuts.Put(
                    Estate.instance(1),
                    "Custom:Backup",
                    "",
                    Estate.START.plusSeconds(storedAt),
                    storedHash,
                    storedBy.equals("host"),
                    1));
    Puts.Request request =
        new Puts.Request(
            Estate.instance(1),
            "Custom:Backup",
            "",
            Estate.START.plusSeconds(at),
            "",
            "",
            hash,
            putBy.equals("host"),
            items == 0
                ? List.of()
                : List.of(new PutItem("a", "", Severity.LOW, Status.COMPLIANT, Map.of())));

    assertEquals(decision, Puts.decide(before, request));
  }
}
