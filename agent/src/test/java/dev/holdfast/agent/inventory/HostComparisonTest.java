package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.agent.process.OsQuery;
import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gatherers on this host, item by item against what its own tools say. */
final class HostComparisonTest {
  private static final String NOT_ENABLED = "static, an alias, or the like";

  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void applicationsAreThoseOfDpkgQuery() {
    Map<String, String> theirs = new TreeMap<>();
    for (String line :
        tool(
            "dpkg-query",
            "-W",
            "-f",
            "${db:Status-Status}\\t${Package}\\t${Architecture}\\t${Version}\\n")) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals("installed")) {
        theirs.put(fields[1] + " " + Architectures.usual(fields[2]), fields[3]);
      }
    }
    Map<String, String> ours = new TreeMap<>();
    for (Map<String, String> each : gather(InventoryTypes.APPLICATION)) {
      if ("dpkg".equals(each.get("PackageSystem"))) {
        ours.put(each.get("Name") + " " + each.get("Architecture"), each.get("Version"));
      }
    }

    assertEquals(theirs, ours);
    assertTrue(ours.size() > 50, () -> ours.size() + " packages");
  }

  @Test
  void interfacesAreThoseOfIp() throws IOException {
    String json = String.join("", tool("ip", "-j", "addr"));
    Map<String, Set<String>> theirs = new TreeMap<>();
    for (Value each : Json.items(json)) {
      Map<String, Value> fields = Json.fields(each);
      String name = Json.text(fields, "ifname");
      Set<String> addresses = new TreeSet<>();
      addresses.add(Json.text(fields, "address").toUpperCase(Locale.ROOT));
      if (fields.get("addr_info") instanceof Value.Items(var infos)) {
        for (Value info : infos) {
          addresses.add(address(Json.text(Json.fields(info), "local")));
        }
      }
      theirs.put(name, addresses);
    }
    List<Map<String, String>> ours = gather(InventoryTypes.NETWORK);

    for (Map<String, String> each : ours) {
      Set<String> told = new TreeSet<>(Set.of(String.valueOf(each.get("MacAddress"))));
      for (String version : List.of("IPV4", "IPV6")) {
        for (String one : each.getOrDefault(version, "").split(", ")) {
          if (!one.isEmpty()) {
            told.add(address(one));
          }
        }
      }
      assertEquals(theirs.get(each.get("Name")), told, each::toString);
    }
    Set<String> addressed = new TreeSet<>();
    theirs.forEach(
        (name, all) -> {
          if (all.size() > 1 && !name.equals("lo") && !name.startsWith("veth")) {
            addressed.add(name);
          }
        });
    Set<String> names = new TreeSet<>();
    ours.forEach(each -> names.add(String.valueOf(each.get("Name"))));
    assertTrue(names.containsAll(addressed), () -> names + " of " + addressed);
  }

  @Test
  void portsAreThoseOfSs() throws IOException {
    try (ServerSocket v4 = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String mine = "tcp 127.0.0.1 " + v4.getLocalPort();
      // Other tests open and close ports meanwhile: what is there before and after is compared.
      Set<String> before = listening();
      List<Map<String, String>> gathered = gather(InventoryTypes.PORT);
      Set<String> after = listening();
      Set<String> ours = new TreeSet<>();
      for (Map<String, String> each : gathered) {
        String protocol = String.valueOf(each.get("Protocol")).replace("6", "");
        String name = protocol + " " + address(each.get("Address")) + " " + each.get("Port");
        ours.add(name);
        if (name.equals(mine)) {
          assertEquals(
              Long.toString(ProcessHandle.current().pid()), each.get("ProcessId"), each::toString);
        }
      }

      Set<String> always = new TreeSet<>(before);
      always.retainAll(after);
      assertTrue(always.contains(mine), always::toString);
      assertTrue(ours.containsAll(always), () -> ours + " lacks some of " + always);
      Set<String> ever = new TreeSet<>(before);
      ever.addAll(after);
      long strange =
          ours.stream().filter(port -> port.startsWith("tcp") && !ever.contains(port)).count();
      assertTrue(strange <= 3, () -> ours + " is more than " + ever);
    }
  }

  /** TCP alone: of UDP the ports of clients are left out. */
  private static Set<String> listening() throws IOException {
    Set<String> ports = new TreeSet<>();
    for (String line : tool("ss", "-H", "-l", "-n", "-t")) {
      String[] fields = line.strip().split("\\s+");
      int colon = fields[3].lastIndexOf(':');
      String address = fields[3].substring(0, colon).replaceAll("[\\[\\]]", "");
      String bare = address.contains("%") ? address.substring(0, address.indexOf('%')) : address;
      ports.add(
          "tcp " + address(bare.equals("*") ? "::" : bare) + " " + fields[3].substring(colon + 1));
    }
    return ports;
  }

  @Test
  void fileSystemsAreThoseOfFindmnt() {
    Map<String, String> theirs = new TreeMap<>();
    for (String line : tool("findmnt", "-rn", "-o", "TARGET,FSTYPE,SOURCE")) {
      String[] fields = line.split(" ");
      theirs.put(fields[0], fields[1] + " " + fields[2]);
    }
    List<Map<String, String>> ours = gather(InventoryTypes.DISK);

    for (Map<String, String> each : ours) {
      assertEquals(
          theirs.get(each.get("MountPoint")),
          each.get("FileSystem") + " " + each.get("Device"),
          each::toString);
    }
    Set<String> points = new TreeSet<>();
    ours.forEach(each -> points.add(String.valueOf(each.get("MountPoint"))));
    assertTrue(points.contains("/"), points::toString);
    theirs.forEach(
        (point, what) -> {
          // What findmnt shows with a part in brackets is a second view of a file system.
          if (what.matches("(ext[234]|xfs|vfat) /dev/\\S+") && !what.endsWith("]")) {
            assertTrue(points.contains(point), () -> point + " is not among " + points);
          }
        });
  }

  @Test
  void theSizesOfDisksFitToLsblk() {
    Map<String, Long> sizes = new TreeMap<>();
    for (String line : tool("lsblk", "-brn", "-o", "PATH,SIZE")) {
      String[] fields = line.split(" ");
      sizes.put(fields[0], Long.parseLong(fields[1]));
    }
    List<Map<String, String>> known =
        gather(InventoryTypes.DISK).stream()
            .filter(each -> sizes.containsKey(String.valueOf(each.get("Device"))))
            .toList();
    assumeTrue(!known.isEmpty(), "no file system here is on a block device of lsblk");

    for (Map<String, String> each : known) {
      long device = sizes.getOrDefault(String.valueOf(each.get("Device")), 0L);
      long told = Long.parseLong(each.getOrDefault("Size", "0"));
      assertTrue(told > 0 && told <= device, () -> each + " on a device of " + device);
    }
  }

  @Test
  void servicesAreThoseOfSystemctl() {
    Map<String, String> theirs = new TreeMap<>();
    for (String line :
        tool(
            "systemctl",
            "list-unit-files",
            "--type=service",
            "--no-legend",
            "--no-pager",
            "--full")) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > 1 && !fields[0].endsWith("@.service")) {
        theirs.put(Services.name(fields[0]), startType(fields[1]));
      }
    }
    assumeTrue(!theirs.isEmpty(), "systemctl knows no services here");
    Map<String, String> ours = new TreeMap<>();
    for (Map<String, String> each : gather(InventoryTypes.SERVICE)) {
      if (!"init".equals(each.get("ServiceType"))) {
        String name = String.valueOf(each.get("Name"));
        String type = String.valueOf(each.get("StartType"));
        // What can't be enabled may be pulled in by its vendor's own links all the same.
        boolean either = NOT_ENABLED.equals(theirs.get(name)) && !type.equals("Disabled");
        ours.put(name, either ? NOT_ENABLED : type);
      }
    }
    // Made for scripts of init.d while the manager runs, which are services of that kind here.
    theirs.keySet().removeIf(name -> !ours.containsKey(name) && isScript(name));

    assertEquals(theirs, ours);
  }

  private static boolean isScript(String name) {
    return Path.of("/etc/init.d", name).toFile().exists();
  }

  private static String startType(String state) {
    return switch (state) {
      case "enabled", "enabled-runtime" -> "Automatic";
      case "masked", "masked-runtime" -> "Disabled";
      case "disabled" -> "Manual";
      default -> NOT_ENABLED;
    };
  }

  @Test
  void accountsAreThoseOfTheFile() {
    Set<String> theirs = new TreeSet<>();
    for (String line : tool("getent", "-s", "files", "passwd")) {
      String[] fields = line.split(":", -1);
      theirs.add(fields[0] + " " + fields[2] + " " + fields[5] + " " + fields[6]);
    }
    Set<String> ours = new TreeSet<>();
    for (Map<String, String> each : gather(InventoryTypes.USER)) {
      ours.add(
          each.get("Name")
              + " "
              + each.get("Uid")
              + " "
              + each.getOrDefault("Home", "")
              + " "
              + each.getOrDefault("Shell", ""));
    }

    assertEquals(theirs, ours);
  }

  private List<Map<String, String>> gather(String type) {
    HostGatherer gatherer =
        new HostGatherer(
            Path.of("/"),
            folder,
            folder.resolve("custom"),
            new OsQuery(),
            InstantSource.system(),
            "0.1",
            Optional.empty());
    Gatherer.Found found = gatherer.gather(Gathering.of(Set.of(type)));
    assertEquals(List.of(), found.failures());
    return found.types().getFirst().items();
  }

  private static String address(@org.jspecify.annotations.Nullable String text) throws IOException {
    return InetAddress.ofLiteral(String.valueOf(text)).getHostAddress();
  }

  private static List<String> tool(String... command) {
    List<String> lines = new ArrayList<>();
    try {
      new OsQuery().lines(List.of(command), Duration.ofSeconds(30), lines::add);
    } catch (ProcessException e) {
      return abort(command[0] + " is not here, or does not answer: " + e.getMessage());
    }
    return lines;
  }
}
