package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The readers over a small tree of files that looks like a host. */
final class HostFilesTest {
  @TempDir Path root = Path.of("set by JUnit");

  private final List<Map<String, String>> entries = new ArrayList<>();

  @BeforeEach
  void clear() {
    entries.clear();
  }

  @Test
  void servicesAreReadFromUnitsLinksAndControlGroups() throws IOException {
    file(
        "usr/lib/systemd/system/lamp.service",
        """
        [Unit]
        Description=The lamp
        Requires=oil.service a.mount
        [Service]
        Type=notify
        [Install]
        WantedBy=multi-user.target
        """);
    file(
        "usr/lib/systemd/system/oil.service",
        "[Unit]\nDescription=The oil\n[Service]\nType=oneshot\n");
    file("usr/lib/systemd/system/horn@.service", "[Service]\n");
    file("usr/lib/systemd/system/bell.service", "[Unit]\nDescription=Theirs\n");
    file("etc/systemd/system/bell.service", "[Unit]\nDescription=Ours wins\n");
    link("etc/systemd/system/fog.service", "/dev/null");
    link(
        "etc/systemd/system/multi-user.target.wants/lamp.service",
        "/usr/lib/systemd/system/lamp.service");
    file("run/systemd/system/.keep", "");
    file("sys/fs/cgroup/system.slice/lamp.service/cgroup.events", "populated 1\nfrozen 0\n");
    file("sys/fs/cgroup/system.slice/oil.service/cgroup.events", "populated 0\nfrozen 0\n");
    file("sys/fs/cgroup/system.slice/system-x.slice/bell.service/cgroup.procs", "12\n");

    new Services(root).read(entries::add);

    Map<String, Map<String, String>> byName = byName();
    assertEquals(List.of("bell", "fog", "lamp", "oil"), List.copyOf(byName.keySet()));
    assertEquals(
        Map.of(
            "Name",
            "lamp",
            "DisplayName",
            "The lamp",
            "ServiceType",
            "notify",
            "Status",
            "Running",
            "StartType",
            "Automatic",
            "ServicesDependedOn",
            "oil"),
        byName.get("lamp"));
    assertEquals(
        Map.of(
            "Name",
            "oil",
            "DisplayName",
            "The oil",
            "ServiceType",
            "oneshot",
            "Status",
            "Stopped",
            "StartType",
            "Manual",
            "DependentServices",
            "lamp"),
        byName.get("oil"));
    assertEquals(
        Map.of(
            "Name",
            "bell",
            "DisplayName",
            "Ours wins",
            "ServiceType",
            "simple",
            "Status",
            "Running",
            "StartType",
            "Manual"),
        byName.get("bell"));
    assertEquals(
        Map.of("Name", "fog", "Status", "Stopped", "StartType", "Disabled"), byName.get("fog"));
  }

  @Test
  void scriptsCountWhereNoUnitHasTheirName() throws IOException {
    file("usr/lib/systemd/system/lamp.service", "[Service]\n");
    script("etc/init.d/lamp", "### BEGIN INIT INFO\n# Short-Description: old\n");
    script(
        "etc/init.d/oil",
        "#!/bin/sh\n### BEGIN INIT INFO\n# Short-Description: pumps oil\n### END INIT INFO\n");
    script("etc/init.d/horn", "#!/bin/sh\n");
    file("etc/init.d/README", "not executable");
    link("etc/rc3.d/S02oil", "../init.d/oil");
    link("etc/rc3.d/K01horn", "../init.d/horn");
    file("run/oil.pid", " 77\n");
    file("proc/77/stat", "");
    file("run/horn/horn.pid", "78");

    new Services(root).read(entries::add);

    Map<String, Map<String, String>> byName = byName();
    assertEquals(List.of("horn", "lamp", "oil"), List.copyOf(byName.keySet()));
    assertEquals(
        Map.of(
            "Name",
            "oil",
            "DisplayName",
            "pumps oil",
            "ServiceType",
            "init",
            "Status",
            "Running",
            "StartType",
            "Automatic"),
        byName.get("oil"));
    assertEquals(
        Map.of("Name", "horn", "ServiceType", "init", "Status", "Stopped", "StartType", "Manual"),
        byName.get("horn"));
    assertEquals("Unknown", byName.getOrDefault("lamp", Map.of()).get("Status"));
  }

  @Test
  void allPackageManagersOfAHostAreReadAndRpmIsAskedOnlyWhereItHasADatabase() throws IOException {
    file(
        "var/lib/dpkg/status",
        """
        Package: lamp
        Status: install ok installed
        Version: 1

        Package: ../up
        Status: install ok installed
        Version: 1
        """);
    Path list = file("var/lib/dpkg/info/lamp.list", "");
    Files.setLastModifiedTime(list, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    file("var/lib/dpkg/up.list", "");
    file("lib/apk/db/installed", "P:oil\nV:2-r0\n");
    script("usr/bin/rpm", "");
    List<List<String>> asked = new ArrayList<>();
    Applications applications =
        new Applications(
            root,
            (command, _, line) -> {
              asked.add(command);
              line.accept("horn\t(none)\t3\t1\tnoarch\tx\ty\tz\ts\t1\tp");
            });

    applications.read(entries::add);

    assertEquals(List.of(), asked);
    assertEquals(
        List.of(
            Map.of(
                "Name",
                "lamp",
                "Version",
                "1",
                "InstalledTime",
                "2026-01-02T03:04:05Z",
                "PackageId",
                "lamp",
                "PackageSystem",
                "dpkg"),
            Map.of("Name", "../up", "Version", "1", "PackageId", "../up", "PackageSystem", "dpkg"),
            Map.of("Name", "oil", "Version", "2", "Release", "r0", "PackageSystem", "apk")),
        entries);

    file("var/lib/rpm/rpmdb.sqlite", "");
    applications.read(entries::add);

    assertEquals(List.of(Packages.RPM_QUERY), asked);
    assertTrue(entries.stream().anyMatch(each -> "horn".equals(each.get("Name"))));
  }

  @Test
  void aBrokenByteInADatabaseStopsNothing() throws IOException {
    Path status = file("var/lib/dpkg/status", "");
    Files.write(
        status,
        "Package: lamp\nStatus: install ok installed\nMaintainer: J\u00f6rg\n"
            .getBytes(StandardCharsets.ISO_8859_1));

    new Applications(root, (_, _, _) -> {}).read(entries::add);

    assertEquals("J\uFFFDrg", entries.getFirst().get("Publisher"));
  }

  @Test
  void gatewaysAreThoseOfDefaultRoutes() {
    assertEquals(
        Map.of("eth0", "192.168.1.254"),
        Routes.gateways(
            List.of(
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow"
                    + "\tIRTT",
                "eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0",
                "torn")));
  }

  @Test
  void prefixesAreToldAsMasks() {
    assertEquals("255.255.255.0", OshiHost.mask(24));
    assertEquals("255.255.240.0", OshiHost.mask(20));
    assertEquals("255.255.255.255", OshiHost.mask(32));
    assertEquals("0.0.0.0", OshiHost.mask(0));
  }

  private Map<String, Map<String, String>> byName() {
    Map<String, Map<String, String>> byName = new TreeMap<>();
    entries.forEach(each -> byName.put(String.valueOf(each.get("Name")), each));
    return byName;
  }

  private Path file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    return Files.writeString(file, content);
  }

  private void script(String path, String content) throws IOException {
    Files.setPosixFilePermissions(
        file(path, content), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void link(String path, String target) throws IOException {
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    Files.createSymbolicLink(root.resolve(path), Path.of(target));
  }
}
