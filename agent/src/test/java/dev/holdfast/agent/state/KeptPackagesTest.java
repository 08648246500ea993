package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.report.Drift;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Packages.Refresh;
import dev.holdfast.state.Packages.Want;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KeptPackagesTest {
  private static final String STATUS =
      """
      Package: vim
      Status: install ok installed
      Architecture: amd64
      Version: 2:9.0
      Description: an editor
       Package: not this one

      Package: held
      Status: hold ok installed
      Architecture: all
      Version: 1

      Package: gone
      Status: deinstall ok config-files
      Architecture: amd64
      Version: 3

      Package: half
      Status: install ok half-configured
      Architecture: amd64
      Version: 4

      Package: lib
      Status: install ok installed
      Architecture: i386
      Version: 5
      """;

  private final MemoryHost host = new MemoryHost().with(Apt.STATUS, STATUS);

  @Test
  void whatIsInstalledIsReadFromDpkgsFileAndNothingIsStarted() {
    assertEquals(
        Map.of("vim", "2:9.0", "held", "1", "lib", "5", "lib:i386", "5"),
        apt().installed(Set.of("vim", "held", "gone", "half", "lib", "lib:i386", "nano")));
    assertEquals(
        Set.of("gone", "half"), Set.copyOf(apt().leftovers(Set.of("vim", "gone", "half"))));
    assertEquals(List.of(), host.commands);
  }

  @Test
  void eachPackageThatIsNotAsWantedIsADifference() {
    assertEquals(
        List.of(
            new Drift("package nano", "version", "absent", "present"),
            new Drift("package vim", "version", "2:9.0", "absent"),
            new Drift("package held", "version", "1", "2"),
            new Drift("package half", "version", "absent", "present")),
        kept(
                false,
                "nano",
                new Want.Present(),
                "vim",
                new Want.Absent(),
                "held",
                new Want.Version("2"),
                "half",
                new Want.Present(),
                "gone",
                new Want.Absent(),
                "lib",
                new Want.Present())
            .check());
  }

  @Test
  void configurationThatWasLeftIsADifferenceOnlyIfItIsPurged() {
    assertEquals(List.of(), kept(false, "gone", new Want.Absent()).check());
    assertEquals(
        List.of(new Drift("package gone", "version", "configuration left", "absent")),
        kept(true, "gone", new Want.Absent()).check());
  }

  @Test
  void onlyWhoWantsTheLatestAsksWhichThatIs() {
    host.programs(
        words ->
            MemoryHost.said(
                """
                vim:
                  Installed: 2:9.0
                  Candidate: 2:9.1
                nano:
                  Installed: (none)
                  Candidate: (none)
                """));

    assertEquals(
        List.of(
            new Drift("package vim", "version", "2:9.0", "2:9.1"),
            new Drift("package nano", "version", "absent", "latest")),
        kept(false, "vim", new Want.Latest(), "nano", new Want.Latest()).check());
    assertEquals(1, host.commands.size());
  }

  @Test
  void aptChangesAllOfItInOneTransactionWithoutAQuestion() {
    kept(
            true,
            "nano",
            new Want.Present(),
            "held",
            new Want.Version("2"),
            "vim",
            new Want.Absent(),
            "lib",
            new Want.Present())
        .apply(
            List.of(
                new Drift("package nano", "", "", ""),
                new Drift("package held", "", "", ""),
                new Drift("package vim", "", "", "")));

    String options =
        "apt-get -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o"
            + " Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o APT::Get::Assume-Yes=true ";
    assertEquals(
        List.of(
            options + "update", options + "--allow-downgrades --purge install nano held=2 vim-"),
        host.commands);
  }

  @Test
  void whatIsOnlyRemovedNeedsNoNewsOfTheSources() {
    kept(false, "vim", new Want.Absent()).apply(List.of(new Drift("package vim", "", "", "")));

    assertEquals(1, host.commands.size());
    assertTrue(host.commands.getFirst().endsWith(" remove vim"), host.commands::toString);
  }

  @Test
  void aChangeThatWasCutOffIsMendedAndTheChangeTriedAgain() {
    boolean[] mended = {false};
    host.programs(
        words -> {
          if (words.startsWith("dpkg ")) {
            mended[0] = true;
          }
          return mended[0] || words.endsWith("update")
              ? MemoryHost.said("")
              : MemoryHost.failed(
                  100, "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'");
        });

    kept(false, "nano", new Want.Present()).apply(List.of(new Drift("package nano", "", "", "")));

    assertEquals(4, host.commands.size());
    assertEquals("dpkg --force-confdef --force-confold --configure -a", host.commands.get(2));
  }

  @Test
  void whatAptRefusesIsToldInItsWords() {
    host.programs(
        words -> MemoryHost.failed(100, "W: x\nE: Unable to locate package nano\nE: more\n"));

    HostException refused =
        assertThrows(
            HostException.class,
            () ->
                kept(false, "nano", new Want.Present())
                    .apply(List.of(new Drift("package nano", "", "", ""))));
    assertEquals(
        "apt-get update ended with exit code 100: E: Unable to locate package nano",
        refused.getMessage());
  }

  @Test
  void rpmTellsWhatIsInstalledInOneQuestion() {
    host.programs(words -> new Ran(1, "vim\t9.0-1.el9\npackage nano is not installed\n", ""));

    assertEquals(Map.of("vim", "9.0-1.el9"), rpm(Rpm.Front.DNF).installed(List.of("vim", "nano")));
    assertEquals(1, host.commands.size());
  }

  @ParameterizedTest
  @EnumSource
  void eachFrontOfRpmChangesAllOfItInOneTransaction(Rpm.Front front) {
    rpm(front)
        .change(
            new PackageTool.Change(
                List.of("nano"), Map.of("vim", "9.0-1"), List.of("ed"), false, Refresh.NEVER));

    assertEquals(
        List.of(
            switch (front) {
              case DNF -> "dnf -y shell <- install nano vim-9.0-1\nremove ed\nrun\n";
              case YUM -> "yum -y shell <- install nano vim-9.0-1\nremove ed\nrun\n";
              case ZYPPER ->
                  "zypper --non-interactive --no-refresh install --oldpackage -- nano vim=9.0-1"
                      + " -ed";
            }),
        host.commands);
  }

  @Test
  void theNewestVersionIsReadFromTheAnswerOfEachFront() {
    String dnf = "vim\t9.1-1\n";
    String yum = "Updated Packages\nvim.x86_64   2:9.1-1   updates\n";
    String zypper =
        """
        S | Repository | Name | Current Version | Available Version | Arch
        v | main       | vim  | 9.0-1           | 9.1-1             | x86_64
        """;

    for (Map.Entry<Rpm.Front, String> each :
        Map.of(Rpm.Front.DNF, dnf, Rpm.Front.YUM, yum, Rpm.Front.ZYPPER, zypper).entrySet()) {
      host.programs(words -> MemoryHost.said(each.getValue()));
      assertEquals(
          "9.1-1", rpm(each.getKey()).newest(List.of("vim")).get("vim"), each.getKey().name());
    }
  }

  @Test
  void aHostWithoutAKnownManagerSaysSo() {
    assertThrows(HostException.class, () -> PackageTools.here(new MemoryHost(), new Transcript()));
  }

  private Apt apt() {
    return new Apt(host, new Transcript());
  }

  private Rpm rpm(Rpm.Front front) {
    return new Rpm(host, front, new Transcript());
  }

  private KeptPackages kept(boolean purge, Object... wanted) {
    Map<String, Want> wants = new LinkedHashMap<>();
    for (int i = 0; i < wanted.length; i += 2) {
      wants.put((String) wanted[i], (Want) wanted[i + 1]);
    }
    return new KeptPackages(apt(), new Packages(wants, purge, Refresh.BEFORE_INSTALL));
  }
}
