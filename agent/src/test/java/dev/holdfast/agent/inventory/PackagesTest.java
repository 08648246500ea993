package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PackagesTest {
  private static final String DPKG =
      """
      Package: lighthouse
      Status: install ok installed
      Section: utils
      Maintainer: Ann Keeper <ann@example.org>
      Architecture: amd64
      Multi-Arch: same
      Source: lamp (2.1)
      Version: 1:2.1-3+b1
      Description: keeps the lamp lit
       A longer text, with a colon: here,
       and Package: nothing.
       .
       The end.
      Homepage: https://example.org/lighthouse

      Package: gone
      Status: deinstall ok config-files
      Version: 1.0

      Package: plain
      Status: hold ok installed
      Architecture: all
      Version: 0.9
      """;

  private static final String APK =
      """
      C:Q1abc=
      P:lamp
      V:1.2.3-r4
      A:aarch64
      T:The lamp itself
      U:https://example.org/lamp
      m:Ann Keeper <ann@example.org>
      o:lighthouse
      F:usr/bin
      R:lamp

      P:oil
      V:7
      """;

  @Test
  void dpkgTellsWhatIsInstalledAndNotWhatIsOnlyConfigured() {
    List<String> asked = new ArrayList<>();
    List<Map<String, String>> entries = new ArrayList<>();

    Packages.dpkg(
        reader(DPKG),
        list -> {
          asked.add(list);
          return list.equals("plain")
              ? Optional.empty()
              : Optional.of(Instant.parse("2026-02-03T04:05:06.789Z"));
        },
        entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name", "lighthouse",
                "Version", "1:2.1-3+b1",
                "Architecture", "x86_64",
                "ApplicationType", "utils",
                "Publisher", "Ann Keeper <ann@example.org>",
                "URL", "https://example.org/lighthouse",
                "Summary", "keeps the lamp lit",
                "InstalledTime", "2026-02-03T04:05:06Z",
                "PackageId", "lamp",
                "PackageSystem", "dpkg"),
            Map.of(
                "Name", "plain",
                "Version", "0.9",
                "Architecture", "noarch",
                "PackageId", "plain",
                "PackageSystem", "dpkg")),
        entries);
    assertEquals(List.of("lighthouse:amd64", "plain"), asked);
  }

  @Test
  void apkPartsTheReleaseFromTheVersion() {
    List<Map<String, String>> entries = new ArrayList<>();

    Packages.apk(reader(APK), entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name", "lamp",
                "Version", "1.2.3",
                "Release", "r4",
                "Architecture", "arm64",
                "Publisher", "Ann Keeper <ann@example.org>",
                "URL", "https://example.org/lamp",
                "Summary", "The lamp itself",
                "PackageId", "lighthouse",
                "PackageSystem", "apk"),
            Map.of("Name", "oil", "Version", "7", "PackageSystem", "apk")),
        entries);
  }

  @Test
  void rpmKeepsTheEpochApartAndLeavesKeysOut() {
    List<Map<String, String>> entries = new ArrayList<>();

    for (String line :
        List.of(
            "lamp\t2\t1.2\t3.el9\ti686\tUnspecified\tAnn\t(none)\tThe lamp\t1700000000\tl.src.rpm",
            "oil\t(none)\t7\t1\tnoarch\t(none)\t(none)\t(none)\tOil\tnever\t(none)",
            "gpg-pubkey\t(none)\t1\t1\t(none)\tKeys\t(none)\t(none)\tkey\t1\t(none)",
            "error: a line of another form")) {
      Packages.rpm(line, entries::add);
    }

    assertEquals(
        List.of(
            Map.ofEntries(
                Map.entry("Name", "lamp"),
                Map.entry("Epoch", "2"),
                Map.entry("Version", "1.2"),
                Map.entry("Release", "3.el9"),
                Map.entry("Architecture", "i386"),
                Map.entry("ApplicationType", "Unspecified"),
                Map.entry("PackageSystem", "rpm"),
                Map.entry("Publisher", "Ann"),
                Map.entry("Summary", "The lamp"),
                Map.entry("InstalledTime", "2023-11-14T22:13:20Z"),
                Map.entry("PackageId", "l.src.rpm")),
            Map.of(
                "Name",
                "oil",
                "Version",
                "7",
                "Release",
                "1",
                "Architecture",
                "noarch",
                "Summary",
                "Oil",
                "PackageSystem",
                "rpm")),
        entries);
  }

  private static BufferedReader reader(String text) {
    return new BufferedReader(new StringReader(text));
  }
}
