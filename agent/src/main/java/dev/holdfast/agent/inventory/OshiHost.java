package dev.holdfast.agent.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.NetworkIF;
import oshi.software.os.OSService;
import oshi.software.os.OperatingSystem;

/**
 * What OSHI tells of the host. Made for one gathering and dropped after it: OSHI's objects hold on
 * to what they have read.
 */
final class OshiHost {
  private static final long HERTZ_PER_MEGAHERTZ = 1_000_000;

  private final SystemInfo system;
  private final Path root;

  OshiHost(SystemInfo system, Path root) {
    this.system = system;
    this.root = root;
  }

  /** One entry of {@code AWS:InstanceInformation}. */
  void information(Attributes known, Consumer<Map<String, String>> entries) {
    OperatingSystem os = system.getOperatingSystem();
    entries.accept(
        known
            .with("ComputerName", os.getNetworkParams().getHostName())
            .with(
                "IpAddress",
                interfaces().stream()
                    .flatMap(each -> Stream.of(each.getIPv4addr()))
                    .findFirst()
                    .orElse(null))
            .with("PlatformName", os.getFamily())
            .with("PlatformType", platform(os))
            .with("PlatformVersion", os.getVersionInfo().getVersion())
            .with("ResourceType", "ManagedInstance")
            .entry());
  }

  /** One entry of {@code AWS:InstanceDetailedInformation}; nothing in it changes by itself. */
  void details(Consumer<Map<String, String>> entries) {
    CentralProcessor cpu = system.getHardware().getProcessor();
    int logical = cpu.getLogicalProcessorCount();
    int cores = cpu.getPhysicalProcessorCount();
    // The speed that is printed on it: the present one is another at each look.
    long hertz = Math.max(cpu.getProcessorIdentifier().getVendorFreq(), 0);
    entries.accept(
        new Attributes()
            .with("CPUModel", cpu.getProcessorIdentifier().getName())
            .with("CPUSpeedMHz", hertz == 0 ? null : Long.toString(hertz / HERTZ_PER_MEGAHERTZ))
            .with("CPUs", Integer.toString(logical))
            .with("CPUSockets", Integer.toString(cpu.getPhysicalPackageCount()))
            .with("CPUCores", Integer.toString(cores))
            .with("CPUHyperThreadEnabled", Boolean.toString(logical > cores))
            .with("KernelVersion", kernel())
            .entry());
  }

  /** An entry of {@code AWS:Network} for each interface but the loopback and ends of containers. */
  void network(Consumer<Map<String, String>> entries) {
    Map<String, String> gateways = Routes.gateways(lines(root.resolve("proc/net/route")));
    String servers =
        String.join(", ", system.getOperatingSystem().getNetworkParams().getDnsServers());
    for (NetworkIF each : interfaces()) {
      entries.accept(
          new Attributes()
              .with("Name", each.getName())
              .with("MacAddress", each.getMacaddr().toUpperCase(Locale.ROOT))
              .with("IPV4", String.join(", ", each.getIPv4addr()))
              .with("IPV6", String.join(", ", sorted(each.getIPv6addr())))
              .with(
                  "SubnetMask",
                  Stream.of(each.getSubnetMasks())
                      .map(OshiHost::mask)
                      .collect(Collectors.joining(", ")))
              .with("Gateway", gateways.get(each.getName()))
              .with("DNSServer", servers)
              .entry());
    }
  }

  /** Entries of {@code AWS:Service} where the system's own files don't tell them. */
  void services(Consumer<Map<String, String>> entries) {
    for (OSService each : system.getOperatingSystem().getServices()) {
      entries.accept(
          new Attributes()
              .with("Name", each.getName())
              .with(
                  "Status",
                  switch (each.getState()) {
                    case RUNNING -> "Running";
                    case STOPPED -> "Stopped";
                    case OTHER -> "Unknown";
                  })
              .entry());
    }
  }

  /** True where services are units or scripts in files. */
  boolean linux() {
    return platform(system.getOperatingSystem()).equals("Linux");
  }

  private List<NetworkIF> interfaces() {
    List<NetworkIF> interfaces = new ArrayList<>(system.getHardware().getNetworkIFs(false));
    interfaces.removeIf(each -> each.getName().startsWith("veth"));
    interfaces.sort((a, b) -> Integer.compare(a.getIndex(), b.getIndex()));
    return interfaces;
  }

  /** A prefix length as a mask: 24 is 255.255.255.0. */
  static String mask(int prefix) {
    int bits = prefix == 0 ? 0 : -1 << (Integer.SIZE - prefix);
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 0xff)
        + "."
        + (bits >>> 8 & 0xff)
        + "."
        + (bits & 0xff);
  }

  private @Nullable String kernel() {
    List<String> release = lines(root.resolve("proc/sys/kernel/osrelease"));
    return release.isEmpty()
        ? system.getOperatingSystem().getVersionInfo().getBuildNumber()
        : release.getFirst();
  }

  private static String platform(OperatingSystem os) {
    return switch (os.getManufacturer()) {
      case "Microsoft" -> "Windows";
      case "Apple" -> "MacOS";
      default -> "Linux";
    };
  }

  private static List<String> sorted(String[] values) {
    return Stream.of(values).sorted().toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
