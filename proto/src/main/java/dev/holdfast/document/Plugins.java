package dev.holdfast.document;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plugins that documents can name, and on which platforms each exists (spec.md section 2.1).
 */
public final class Plugins {
  /** Runs a shell script. */
  public static final String RUN_SHELL_SCRIPT = "aws:runShellScript";

  /** Gathers inventory. */
  public static final String SOFTWARE_INVENTORY = "aws:softwareInventory";

  private static final Set<String> EVERYWHERE = Set.of("Linux", "Windows", "MacOS");
  private static final Set<String> UNIX = Set.of("Linux", "MacOS");
  private static final Set<String> NOT_MACOS = Set.of("Linux", "Windows");
  private static final Set<String> WINDOWS = Set.of("Windows");
  private static final Set<String> LINUX = Set.of("Linux");

  private static final Map<String, Set<String>> PLATFORMS =
      Map.ofEntries(
          Map.entry(RUN_SHELL_SCRIPT, UNIX),
          Map.entry("aws:runPowerShellScript", EVERYWHERE),
          Map.entry(SOFTWARE_INVENTORY, EVERYWHERE),
          Map.entry("aws:refreshAssociation", EVERYWHERE),
          Map.entry("aws:updateSsmAgent", EVERYWHERE),
          Map.entry("aws:downloadContent", NOT_MACOS),
          Map.entry("aws:runDocument", NOT_MACOS),
          Map.entry("aws:configurePackage", NOT_MACOS),
          Map.entry("aws:configureDocker", NOT_MACOS),
          Map.entry("aws:runDockerAction", NOT_MACOS),
          Map.entry("aws:domainJoin", NOT_MACOS),
          Map.entry("aws:applications", WINDOWS),
          Map.entry("aws:psModule", WINDOWS),
          Map.entry("aws:updateAgent", WINDOWS),
          Map.entry("aws:configureDaemon", WINDOWS),
          Map.entry("aws:cloudWatch", WINDOWS),
          Map.entry("state:file", LINUX),
          Map.entry("state:package", LINUX),
          Map.entry("state:service", LINUX),
          Map.entry("state:user", LINUX),
          Map.entry("state:group", LINUX),
          Map.entry("state:port", LINUX),
          Map.entry("state:firewall", LINUX),
          Map.entry("state:sysctl", LINUX),
          Map.entry("state:script", LINUX));

  private Plugins() {}

  /**
   * Where the plugin exists: {@code Linux}, {@code Windows}, {@code MacOS}; empty if nobody knows
   * it.
   */
  public static Optional<Set<String>> platforms(String action) {
    return Optional.ofNullable(PLATFORMS.get(action));
  }
}
