package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.inventory.VersionOrder.Version;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VersionOrderTest {
  @ParameterizedTest(name = "{0}: {1} {2} {3}")
  @CsvSource({
    "DPKG, 1.0, <, 1.1",
    "DPKG, 1.9, <, 1.10",
    "DPKG, 1.0~rc1, <, 1.0",
    "DPKG, 1.0~~, <, 1.0~",
    "DPKG, 1.0~~a, <, 1.0~",
    "DPKG, 1.0, <, 1.0a",
    "DPKG, 1.0a, <, 1.0+b1",
    "DPKG, 1.0a, <, 1.0b",
    "DPKG, 1.0, =, 1.00",
    "DPKG, 1.2.3, <, 1.2.3.4",
    "DPKG, 7.6p2, <, 7.6p10",
    "DPKG, 2.30+dfsg, >, 2.30",
    "RPM, 1.0, <, 1.0.1",
    "RPM, 1.9, <, 1.10",
    "RPM, 1.0~rc1, <, 1.0",
    "RPM, 1.0~rc1, <, 1.0~rc2",
    "RPM, 1.0^git1, >, 1.0",
    "RPM, 1.0^git1, <, 1.0.1",
    "RPM, 1.0^git1~pre, <, 1.0^git1",
    "RPM, 1.0^, >, 1.0",
    "RPM, 1.0a, <, 1.0.1",
    "RPM, 1.0, <, 1.0a",
    "RPM, 2.0.1a, >, 2.0.1",
    "RPM, fc4, =, fc.4",
    "RPM, 1_0, =, 1.0",
    "RPM, 10abc, =, 10.abc",
    "RPM, 27.el9, >, 6.el9",
    "RPM, 1.010, =, 1.10",
    "APK, 1.9, <, 1.10",
    "APK, 1.0, <, 1.0.0",
    "APK, 1.0_alpha1, <, 1.0_beta1",
    "APK, 1.0_beta, <, 1.0_pre",
    "APK, 1.0_pre, <, 1.0_rc1",
    "APK, 1.0_rc1, <, 1.0",
    "APK, 1.0, <, 1.0_git20260101",
    "APK, 1.0_git20260101, <, 1.0_p1",
    "APK, 1.0_p1, <, 1.0_p2",
    "APK, 1.0a, <, 1.0b",
    "APK, 1.0, <, 1.0a",
    "APK, 1.0b_rc1, <, 1.0b",
    "APK, 1.05, <, 1.1",
    "GENERIC, 1.9, <, 1.10",
    "GENERIC, 1.2, =, 1.2.0",
    "GENERIC, v1.2, =, 1.2",
    "GENERIC, 1.2-rc1, <, 1.2",
    "GENERIC, 1.2-rc1, <, 1.2-rc2",
    "GENERIC, 1.2-beta, <, 1.2-RC",
    "GENERIC, 1.1.1w, >, 1.1.1",
    "GENERIC, 1.1.1a, <, 1.1.1w",
    "GENERIC, 1.1.1w, <, 1.1.2",
    "GENERIC, 10.0.19045, >, 6.3.9600",
    "GENERIC, 3.0.14~beta, <, 3.0.14",
    "GENERIC, 99999999999999999999, >, 9999999999999999999",
  })
  void partsFollowTheRuleOfTheirPackager(
      VersionOrder order, String left, String sign, String right) {
    Version one = new Version(null, left, null);
    Version other = new Version(null, right, null);
    int wanted = sign.equals("<") ? -1 : sign.equals(">") ? 1 : 0;

    assertEquals(wanted, Integer.signum(order.compare(one, other)));
    assertEquals(-wanted, Integer.signum(order.compare(other, one)));
  }

  @ParameterizedTest(name = "{0}: {1} {2} {3}")
  @CsvSource({
    "DPKG, 3.0.11-1~deb12u2, <, 3.0.14",
    "DPKG, 3.0.14-1~deb12u2, =, 3.0.14",
    "DPKG, 3.0.14-1~deb12u2, <, 3.0.14-1",
    "DPKG, 2:9.0.1378-2, <, 9.1",
    "DPKG, 2:9.0.1378-2, >, 1:9.1",
    "DPKG, 9.0, <, 1:1.0",
    "DPKG, 1:1.0, =, 1:1.0",
    "DPKG, 1.0-1, <, 1.0-2",
    "APK, 3.1.4-r5, =, 3.1.4",
    "APK, 3.1.4-r5, <, 3.1.4-r10",
    "APK, 3.1.4-r5, <, 3.1.5-r0",
    "GENERIC, 1.2-3, >, 1.2-2",
  })
  void whatABoundLeavesOutIsNotCompared(
      VersionOrder order, String version, String sign, String bound) {
    int wanted = sign.equals("<") ? -1 : sign.equals(">") ? 1 : 0;
    Attributes item = Attributes.of(Map.of("Version", version));

    assertEquals(
        wanted,
        Integer.signum(order.compare(order.read("Version", version, item), order.parse(bound))));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "<, 3.0.14",
    "=, 3.0.7",
    "<, 1:3.0.14",
    "=, 3.0.7-27.el9",
    "<, 3.0.7-28.el9",
    "<, 2:1.0",
    ">, 0:9.0",
    ">, 3.0.7-6.el9",
  })
  void anRpmIsItsEpochVersionAndRelease(String sign, String bound) {
    Attributes item = Attributes.of(Map.of("Version", "3.0.7", "Release", "27.el9", "Epoch", "1"));
    int wanted = sign.equals("<") ? -1 : sign.equals(">") ? 1 : 0;

    assertEquals(
        wanted,
        Integer.signum(
            VersionOrder.RPM.compare(
                VersionOrder.RPM.read("Version", "3.0.7", item), VersionOrder.RPM.parse(bound))));
  }

  @Test
  void theRuleComesFromTheItemElseFromThePlatformElseItIsGeneric() {
    String type = "AWS:Application";
    VersionOrder debian = VersionOrder.ofPlatform("Debian GNU/Linux");
    assertEquals(VersionOrder.DPKG, debian);
    assertEquals(VersionOrder.RPM, VersionOrder.ofPlatform("Red Hat Enterprise Linux"));
    assertEquals(VersionOrder.APK, VersionOrder.ofPlatform("Alpine Linux"));
    assertEquals(VersionOrder.GENERIC, VersionOrder.ofPlatform("Windows Server 2025"));

    assertEquals(VersionOrder.DPKG, VersionOrder.of(type, item("ApplicationType", "libs"), debian));
    assertEquals(VersionOrder.RPM, VersionOrder.of(type, item("Release", "3.el9"), debian));
    assertEquals(VersionOrder.APK, VersionOrder.of(type, item("Release", "r3"), debian));
    assertEquals(VersionOrder.RPM, VersionOrder.of(type, item("Epoch", "1"), debian));
    assertEquals(
        VersionOrder.GENERIC, VersionOrder.of(type, item("ApplicationType", "flatpak"), debian));
    assertEquals(VersionOrder.RPM, VersionOrder.of(type, item("PackageSystem", "rpm"), debian));
    assertEquals(VersionOrder.GENERIC, VersionOrder.of("AWS:File", item("Release", "3"), debian));
  }

  @Test
  void eachOrderIsOneThatCanBeSortedBy() {
    List<String> versions =
        List.of(
            "", "0", "1", "1.0", "1.0.0", "1.0a", "1.0b", "1.0rc", "1.0~rc", "1.0~", "1.0^a",
            "1.0-1", "1.0-rc1", "1.0_p1", "1.0_rc", "a", "a1", "1a", "1.a", "01", "1..0", "v1",
            "~");
    for (VersionOrder order : VersionOrder.values()) {
      for (String a : versions) {
        for (String b : versions) {
          int ab = sign(order, a, b);
          assertEquals(-ab, sign(order, b, a), order + " " + a + " " + b);
          for (String c : versions) {
            if (ab <= 0 && sign(order, b, c) <= 0) {
              assertEquals(
                  Math.min(ab, sign(order, b, c)),
                  sign(order, a, c),
                  order + " '" + a + "' '" + b + "' '" + c + "'");
            }
          }
        }
      }
    }
  }

  private static int sign(VersionOrder order, String a, String b) {
    return Integer.signum(order.compare(new Version(null, a, null), new Version(null, b, null)));
  }

  private static Attributes item(String name, String value) {
    return Attributes.of(Map.of("Name", "n", name, value));
  }
}
