package dev.holdfast.agent.step;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What scripts are told of the host.
 *
 * @param instanceId empty if it is not enrolled
 * @param region empty outside of AWS, unless configured
 * @param platform {@code Linux}, {@code Windows} or {@code MacOS}
 * @param platformName {@code Debian GNU/Linux}
 * @param platformVersion {@code 12}
 * @param home home folder of the user that the agent runs as
 * @param workingFolder where scripts start that ask for no folder; a relative one is made in the
 *     folder of each run
 * @param powerShell the program {@code pwsh}, if the host has it
 */
public record HostFacts(
    String instanceId,
    String region,
    String platform,
    String platformName,
    String platformVersion,
    String home,
    Path workingFolder,
    Optional<Path> powerShell) {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Of a host without PowerShell. */
  public HostFacts(
      String instanceId,
      String region,
      String platform,
      String platformName,
      String platformVersion,
      String home,
      Path workingFolder) {
    this(
        instanceId,
        region,
        platform,
        platformName,
        platformVersion,
        home,
        workingFolder,
        Optional.empty());
  }

  /** The same with another folder where scripts start. */
  public HostFacts in(Path folder) {
    return new HostFacts(
        instanceId, region, platform, platformName, platformVersion, home, folder, powerShell);
  }

  /** The same with another platform: to see what a document would do elsewhere. */
  public HostFacts on(String other) {
    return new HostFacts(
        instanceId, region, other, platformName, platformVersion, home, workingFolder, powerShell);
  }

  /** The environment of every script, each fact under AWS's name and under ours. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", PATH);
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", home);
    for (String prefix : new String[] {"AWS_SSM_", "HOLDFAST_"}) {
      environment.put(prefix + "INSTANCE_ID", instanceId);
      environment.put(prefix + "REGION_NAME", region);
      environment.put(prefix + "PLATFORM_NAME", platformName);
      environment.put(prefix + "PLATFORM_VERSION", platformVersion);
    }
    return environment;
  }
}
