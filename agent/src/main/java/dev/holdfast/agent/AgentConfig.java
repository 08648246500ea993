package dev.holdfast.agent;

import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.config.Config;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HostPort;
import dev.holdfast.config.Key;
import dev.holdfast.task.RunLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is configured on the host, in {@code agent.yaml}. The coordinator can change none of it.
 *
 * @param state the folder of state
 * @param allowReenroll whether {@code enroll --replace} may make this host another instance
 * @param allowReboot whether a document may reboot this host (exit code 194)
 * @param policy the file in which the host says what it allows
 * @param crashes what follows from crashes of the agent
 * @param metricsListen where metrics can be read; empty: nowhere
 * @param effective every key with its value, for the log
 */
record AgentConfig(
    Path state,
    boolean allowReenroll,
    boolean allowReboot,
    Path policy,
    CrashRule crashes,
    Optional<HostPort> metricsListen,
    Map<String, String> effective) {
  static final Path DEFAULT_FILE = Path.of("/etc/holdfast/agent.yaml");

  private static final Key<Path> STATE = Key.path("state", Path.of("/var/lib/holdfast-agent"));
  private static final Key<Boolean> ALLOW_REENROLL = Key.flag("allow_reenroll", false);
  private static final Key<Boolean> ALLOW_REBOOT = Key.flag("allow_reboot", true);
  private static final Key<Path> POLICY =
      Key.path("policy_file", Path.of("/etc/holdfast/policy.yaml"));
  private static final Key<Long> PARK =
      Key.whole("crashes_to_park", RunLimits.CRASHES_TO_PARK, 0, RunLimits.MAX_CRASHES);
  private static final Key<Long> SAFE_MODE =
      Key.whole("crashes_to_safe_mode", RunLimits.CRASHES_TO_SAFE_MODE, 0, RunLimits.MAX_CRASHES);
  private static final Key<String> METRICS_LISTEN =
      Key.parsed("metrics_listen", "", text -> address(text).toString());
  private static final List<Key<?>> KEYS =
      List.of(STATE, ALLOW_REENROLL, ALLOW_REBOOT, POLICY, PARK, SAFE_MODE, METRICS_LISTEN);

  AgentConfig {
    effective = Map.copyOf(effective);
  }

  /**
   * Reads the file.
   *
   * @param file if empty the default, which need not be there
   * @param state wins over what the file says
   */
  static AgentConfig read(Optional<Path> file, Optional<Path> state) throws ConfigException {
    Config config =
        file.isPresent()
            ? ConfigReader.read(file.get(), KEYS)
            : ConfigReader.readIfThere(DEFAULT_FILE, KEYS);
    return new AgentConfig(
        state.orElse(config.get(STATE)),
        config.get(ALLOW_REENROLL),
        config.get(ALLOW_REBOOT),
        config.get(POLICY),
        new CrashRule(config.get(PARK).intValue(), config.get(SAFE_MODE).intValue()),
        Optional.of(config.get(METRICS_LISTEN)).filter(at -> !at.isEmpty()).map(HostPort::parse),
        config.effective());
  }

  /** A port alone is one of loopback. */
  private static HostPort address(String written) {
    return written.matches("[0-9]{1,5}")
        ? new HostPort("127.0.0.1", Integer.parseInt(written))
        : HostPort.parse(written);
  }
}
