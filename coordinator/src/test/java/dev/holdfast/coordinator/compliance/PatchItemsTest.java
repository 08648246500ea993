package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.PutRules;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.task.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PatchItemsTest {
  @ParameterizedTest
  @CsvSource({
    "true,  Critical,  CRITICAL, Critical",
    "false, critical,  CRITICAL, Critical",
    "true,  Important, HIGH,     Security",
    "true,  high,      HIGH,     Security",
    "true,  '',        HIGH,     Security",
    "true,  None,      HIGH,     Security",
    "true,  Moderate,  MEDIUM,   Security",
    "true,  medium,    MEDIUM,   Security",
    "true,  Low,       LOW,      Security",
    "false, '',        MEDIUM,   Other",
    "false, Important, MEDIUM,   Other",
    "'',    '',        MEDIUM,   Other",
  })
  void eachKindOfUpdateHasItsSeverity(
      String security, String said, Severity severity, String classification) {
    PutItem item =
        PatchItems.of(List.of(Map.of("Name", "openssl", "Security", security, "Severity", said)))
            .getFirst();

    assertEquals(severity, item.severity());
    assertEquals(Status.NON_COMPLIANT, item.status());
    assertEquals(classification, item.details().get("Classification"));
    assertEquals("MISSING", item.details().get("PatchState"));
  }

  @Test
  void anUpdateIsNamedByItsPackageAndSaysFromWhatToWhat() {
    PutItem item =
        PatchItems.of(
                List.of(
                    Map.of(
                        "Name",
                        "openssl",
                        "InstalledVersion",
                        "3.0.13",
                        "AvailableVersion",
                        "3.0.14",
                        "Security",
                        "true",
                        "Origin",
                        "noble-security")))
            .getFirst();

    assertEquals("openssl", item.id());
    assertEquals("openssl 3.0.14, now 3.0.13", item.title());
    assertEquals(
        Map.of(
            "PatchState",
            "MISSING",
            "Classification",
            "Security",
            "InstalledVersion",
            "3.0.13",
            "AvailableVersion",
            "3.0.14",
            "Repository",
            "noble-security"),
        item.details());
  }

  @Test
  void thatNothingIsMissingIsAnItemOfItsOwn() {
    PutItem item = PatchItems.of(List.of()).getFirst();

    assertEquals("no-updates-missing", item.id());
    assertEquals(Status.COMPLIANT, item.status());
  }

  @Test
  void thatOfOnePackageTheWorstIsKept() {
    List<PutItem> items =
        PatchItems.of(
            List.of(
                Map.of("Name", "libc6", "AvailableVersion", "1", "Security", "false"),
                Map.of("Name", "libc6", "AvailableVersion", "2", "Security", "true"),
                Map.of("Name", "libc6", "AvailableVersion", "3", "Security", "false")));

    assertEquals(1, items.size());
    assertEquals("2", items.getFirst().details().get("AvailableVersion"));
  }

  @Test
  void whereThereAreMoreThanThereIsRoomForTheWorstAreTold() {
    List<Map<String, String>> updates = new ArrayList<>();
    for (int i = 0; i < 2 * Limits.MAX_COMPLIANCE_ITEMS; i++) {
      updates.add(
          Map.of("Name", String.format("p%04d", i), "Security", Boolean.toString(i % 4 == 0)));
    }

    List<PutItem> items = PatchItems.of(updates);

    assertEquals(Limits.MAX_COMPLIANCE_ITEMS, items.size());
    assertEquals(500, items.stream().filter(item -> item.severity() == Severity.HIGH).count());
    PutItem rest = items.getLast();
    assertEquals("more-updates", rest.id());
    assertEquals("1001 more updates are missing", rest.title());
    assertEquals(Severity.MEDIUM, rest.severity());
  }

  @Test
  void whateverAHostSaysItsItemsAreWithinWhatItemsMayTake() {
    String endless = "x".repeat(5_000);
    List<PutItem> items =
        PatchItems.of(
            List.of(
                Map.of(
                    "Name",
                    endless,
                    "InstalledVersion",
                    endless,
                    "AvailableVersion",
                    endless,
                    "Severity",
                    endless,
                    "Origin",
                    endless),
                Map.of()));

    assertEquals(2, items.size());
    assertTrue(PutRules.items(items).isEmpty(), () -> PutRules.items(items).toString());
  }
}
