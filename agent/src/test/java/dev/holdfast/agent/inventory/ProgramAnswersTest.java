package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What package managers and container programs answer. */
final class ProgramAnswersTest {
  @TempDir Path root = Path.of("set by JUnit");

  private final List<Map<String, String>> entries = new ArrayList<>();

  @Test
  void aptTellsUpdatesAndNotWhatWouldBeNew() {
    for (String line :
        List.of(
            "Reading package lists...",
            "Inst libssl3 [3.0.11-1] (3.0.14-1~deb12u2 Debian-Security:12/stable-security [amd64])",
            "Inst base-files [12.4] (12.4+deb12u5 Debian:12.5/stable, Debian:12/x [all]) []",
            "Inst linux-image-6.1 (6.1.90-1 Debian:12.5/stable [amd64])",
            "Conf libssl3 (3.0.14-1~deb12u2 Debian-Security:12/stable-security [amd64])",
            "Remv old [1]")) {
      Updates.apt(line, entries::add);
    }

    assertEquals(
        List.of(
            Map.of(
                "Name", "libssl3",
                "Architecture", "x86_64",
                "InstalledVersion", "3.0.11-1",
                "AvailableVersion", "3.0.14-1~deb12u2",
                "Security", "true",
                "Origin", "Debian-Security:12/stable-security",
                "PackageSystem", "dpkg"),
            Map.of(
                "Name", "base-files",
                "Architecture", "noarch",
                "InstalledVersion", "12.4",
                "AvailableVersion", "12.4+deb12u5",
                "Security", "false",
                "Origin", "Debian:12.5/stable, Debian:12/x",
                "PackageSystem", "dpkg")),
        entries);
  }

  @Test
  void dnfTellsUpdatesWithTheGravestOfTheirAdvisories() {
    Map<String, Updates.Advisory> advisories = new HashMap<>();
    for (String line :
        List.of(
            "FEDORA-1 bugfix          bash-5.2-1.fc40.x86_64",
            "FEDORA-2 Moderate/Sec.   openssl-1:3.0.14-2.el9.x86_64",
            "FEDORA-3 Critical/Sec.   openssl-1:3.0.14-2.el9.x86_64",
            "FEDORA-4 security Low    vim-9.1-1.noarch 2026-01-01 00:00:00",
            "torn")) {
      Updates.advisory(line, advisories);
    }
    Map<String, String> installed = new HashMap<>();
    Updates.installed("openssl\t1:3.0.7-1.el9\tx86_64", installed);
    Updates.installed("bash\t0:5.1-1.fc40\tx86_64", installed);
    Updates.installed("vim\t0:9.0-1\tnoarch", installed);

    for (String line :
        List.of(
            "bash 0:5.2-1.fc40 x86_64 updates\\n",
            "",
            "openssl 1:3.0.14-2.el9 x86_64 baseos",
            "vim 0:9.1-1 noarch appstream")) {
      Updates.dnf(line, installed, advisories, entries::add);
    }

    assertEquals(
        List.of(
            "bash 5.1-1.fc40 5.2-1.fc40 false null FEDORA-1 updates",
            "openssl 1:3.0.7-1.el9 1:3.0.14-2.el9 true Critical FEDORA-3 baseos",
            "vim 9.0-1 9.1-1 true Low FEDORA-4 appstream"),
        entries.stream()
            .map(
                e ->
                    String.join(
                        " ",
                        e.get("Name"),
                        e.get("InstalledVersion"),
                        e.get("AvailableVersion"),
                        e.get("Security"),
                        String.valueOf(e.get("Severity")),
                        e.get("Advisory"),
                        e.get("Origin")))
            .toList());
  }

  @Test
  void zypperTellsPackagesAndPatches() {
    Updates.zypper(
        """
        <?xml version='1.0'?>
        <stream>
        <message type="info">Loading repository data...</message>
        <update-status version="0.6">
        <update-list>
          <update kind="package" name="lamp" edition="2-1" edition-old="1-1" arch="x86_64">
            <summary>The &lt;lamp&gt;</summary>
          </update>
          <update kind="patch" name="openSUSE-2026-1" edition="1" arch="noarch"
            category="security" severity="important"/>
        </update-list>
        <blocked-update-list>
          <update kind="package" name="held" edition="2-1" arch="x86_64"/>
        </blocked-update-list>
        </update-status>
        </stream>
        """,
        entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name", "lamp",
                "Architecture", "x86_64",
                "InstalledVersion", "1-1",
                "AvailableVersion", "2-1",
                "Security", "false",
                "Kind", "package",
                "PackageSystem", "rpm"),
            Map.of(
                "Name", "openSUSE-2026-1",
                "Architecture", "noarch",
                "AvailableVersion", "1",
                "Security", "true",
                "Severity", "Important",
                "Advisory", "openSUSE-2026-1",
                "Kind", "patch",
                "PackageSystem", "rpm")),
        entries);
    assertTrue(
        String.valueOf(
                assertThrows(InventoryException.class, () -> Updates.zypper("no XML", entries::add))
                    .getMessage())
            .startsWith("Host:PendingUpdate: zypper answers no XML"));
  }

  @Test
  void aPackageManagerIsAskedAgainOnlyWhenSomethingItsAnswerRestsOnChanged() throws IOException {
    program("apt-get");
    file("var/lib/dpkg/status", "");
    file("var/lib/apt/lists/a_Packages.lz4", "");
    List<List<String>> asked = new ArrayList<>();
    PendingUpdates updates =
        new PendingUpdates(
            root,
            (command, _, line) -> {
              asked.add(command);
              line.accept("Inst a [1] (2 Debian:12/stable [amd64])");
            });

    updates.read(entries::add);
    updates.read(entries::add);
    assertEquals(1, asked.size());
    assertEquals(2, entries.size());
    assertEquals(
        List.of(
            root.resolve("usr/bin/apt-get").toString(),
            "-s",
            "-q",
            "-o",
            "Debug::NoLocking=true",
            "dist-upgrade"),
        asked.getFirst());

    for (String changed : List.of("var/lib/dpkg/status", "var/lib/apt/lists/a_Packages.lz4")) {
      Files.setLastModifiedTime(
          root.resolve(changed), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      updates.read(entries::add);
    }
    file("etc/apt/preferences.d/pin", "");
    updates.read(entries::add);
    assertEquals(4, asked.size());
  }

  @Test
  void whatNobodyCanTellIsNotToldAsNothing() throws IOException {
    PendingUpdates updates = new PendingUpdates(root, (_, _, _) -> {});

    assertTrue(failure(updates).endsWith("leave the type out here"));
    program("apt-get");
    file("var/lib/dpkg/status", "");
    assertTrue(failure(updates).contains("cannot read"));
    file("var/lib/apt/lists/lock", "");
    assertTrue(failure(updates).endsWith("run 'apt-get update' first"));
  }

  private String failure(PendingUpdates updates) {
    return String.valueOf(
        assertThrows(InventoryException.class, () -> updates.read(entries::add)).getMessage());
  }

  @Test
  void aPackageManagerThatFailsIsAskedAgain() throws IOException {
    program("zypper");
    int[] asked = {0};
    PendingUpdates updates =
        new PendingUpdates(
            root,
            (_, _, _) -> {
              asked[0]++;
              throw new ProcessException("cannot ask zypper", new IOException());
            });

    assertThrows(ProcessException.class, () -> updates.read(entries::add));
    assertThrows(ProcessException.class, () -> updates.read(entries::add));
    assertEquals(2, asked[0]);
  }

  @Test
  void containersAreToldWithoutCommandLabelsAndWhatChangesByItself() {
    Containers.docker(
        "{\"Command\":\"run --password x\",\"CreatedAt\":\"2026-01-02 03:04:05 +0000 UTC\","
            + "\"ID\":\"0123456789abcdef0123\",\"Image\":\"nginx:1.27\",\"Labels\":\"token=x\","
            + "\"Names\":\"web\",\"Ports\":\"0.0.0.0:80->80/tcp\",\"State\":\"running\","
            + "\"Status\":\"Up 3 minutes\"}",
        entries::add);
    Containers.docker("{\"ID\":\"f\",\"Names\":\"old\",\"Status\":\"Exited (0)\"}", entries::add);
    Containers.docker("no JSON", entries::add);
    Containers.podman(
        """
        [{"Id": "fedcba9876543210", "Names": ["db", "db2"], "Image": "postgres:17",
          "State": "exited", "Command": ["secret"],
          "Ports": [{"host_ip": "", "container_port": 5432, "host_port": 15432,
                     "protocol": "tcp"}]}]
        """,
        entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Runtime", "docker",
                "ContainerId", "0123456789ab",
                "Name", "web",
                "Image", "nginx:1.27",
                "State", "running",
                "Ports", "0.0.0.0:80->80/tcp",
                "CreatedAt", "2026-01-02 03:04:05 +0000 UTC"),
            Map.of("Runtime", "docker", "ContainerId", "f", "Name", "old", "State", "exited"),
            Map.of(
                "Runtime", "podman",
                "ContainerId", "fedcba987654",
                "Name", "db, db2",
                "Image", "postgres:17",
                "State", "exited",
                "Ports", "0.0.0.0:15432->5432/tcp")),
        entries);
  }

  @Test
  void aDaemonThatDoesNotRunHasNoContainersAndAnAbsentProgramIsNotAsked() throws IOException {
    List<String> asked = new ArrayList<>();
    Query failing =
        (command, _, _) -> {
          asked.add(command.getFirst());
          throw new ProcessException("cannot ask", new IOException());
        };

    new Containers(root, failing).read(entries::add);
    assertEquals(List.of(), asked);
    program("podman");
    new Containers(root, failing).read(entries::add);
    assertEquals(List.of(root.resolve("usr/bin/podman").toString()), asked);
    assertEquals(List.of(), entries);
  }

  @Test
  void snapsInUseAndFlatpaksAreApplications() throws IOException {
    file(
        "var/lib/snapd/snap/lamp/12/meta/snap.yaml",
        "name: lamp\nversion: '2.1'\nsummary: \"The lamp\"\napps:\n  lamp:\n    name: other\n");
    Files.createSymbolicLink(root.resolve("var/lib/snapd/snap/lamp/current"), Path.of("12"));
    file("var/lib/snapd/snap/broken/readme", "");
    program("flatpak");
    Files.createDirectories(root.resolve("var/lib/flatpak/app"));

    new Bundles(
            root,
            (_, _, line) -> {
              line.accept("org.example.Horn\tHorn\t1.2\taarch64\tstable\tflathub");
              line.accept("org.example.Fog\tFog\t\tx86_64\tbeta\tflathub");
              line.accept("torn");
            })
        .read(entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name", "lamp",
                "Version", "2.1",
                "Release", "12",
                "Summary", "The lamp",
                "ApplicationType", "snap",
                "PackageSystem", "snap"),
            Map.of(
                "Name", "org.example.Horn",
                "Summary", "Horn",
                "Version", "1.2",
                "Architecture", "arm64",
                "Publisher", "flathub",
                "ApplicationType", "flatpak",
                "PackageSystem", "flatpak"),
            Map.of(
                "Name", "org.example.Fog",
                "Summary", "Fog",
                "Version", "beta",
                "Architecture", "x86_64",
                "Publisher", "flathub",
                "ApplicationType", "flatpak",
                "PackageSystem", "flatpak")),
        entries);
  }

  private void program(String name) throws IOException {
    file("usr/bin/" + name, "");
    Files.setPosixFilePermissions(
        root.resolve("usr/bin/" + name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void file(String path, String content) throws IOException {
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    Files.writeString(root.resolve(path), content);
  }
}
