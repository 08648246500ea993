package dev.holdfast.coordinator;

import dev.holdfast.config.Config;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HostPort;
import dev.holdfast.config.Key;
import dev.holdfast.coordinator.command.ServeFlags;
import dev.holdfast.coordinator.link.Quotas;
import dev.holdfast.coordinator.retention.Kept;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.trust.EnrolmentRates;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.TransportLimits;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The values with which the coordinator runs: those of the command line, else those of the file,
 * else the defaults.
 *
 * @param trustDomain only if one is asked for
 * @param guardInstances on which a change may run at once unacknowledged
 * @param agentConnections at once from one address
 * @param adminConnections at once from one address
 * @param failedAuthentications of one address in a minute
 * @param rates how often and how much each caller may send
 * @param enrolments how often hosts may ask to join
 * @param kept how long what it was told is kept
 * @param parametersKey the file with the keys of SecureStrings
 * @param agentCertificateLife how long an agent's certificate lives; it is renewed at half of that
 */
record CoordinatorConfig(
    Path data,
    HostPort agentListen,
    HostPort adminListen,
    HostPort metricsListen,
    List<String> advertise,
    Optional<String> trustDomain,
    int guardInstances,
    int agentConnections,
    int adminConnections,
    int failedAuthentications,
    Rates rates,
    EnrolmentRates.Settings enrolments,
    Kept kept,
    Path parametersKey,
    Duration agentCertificateLife,
    LogLevel logLevel) {

  /** The file that is read, if it exists, where no other is named. */
  static final Path DEFAULT_FILE = Path.of("/etc/holdfast/coordinator.yaml");

  /** The trust domain of a first start that names none. */
  static final String DEFAULT_TRUST_DOMAIN = "holdfast.local";

  private static final Key<Path> DATA = Key.path("data", ServeFlags.DEFAULT_DATA);
  private static final Key<HostPort> AGENT_LISTEN =
      Key.address("agent_listen", new HostPort("0.0.0.0", 7440));
  private static final Key<HostPort> ADMIN_LISTEN =
      Key.address("admin_listen", new HostPort("127.0.0.1", 7441));
  private static final Key<HostPort> METRICS_LISTEN =
      Key.address("metrics_listen", new HostPort("127.0.0.1", 7442));
  private static final Key<List<String>> ADVERTISE = Key.texts("advertise", List.of());
  private static final Key<String> TRUST_DOMAIN = Key.text("trust_domain", "");
  private static final Key<Long> GUARD_INSTANCES =
      Key.whole("guard.instances", Limits.GUARD_INSTANCES, 1, 1_000_000);
  private static final Key<Long> AGENT_CONNECTIONS =
      Key.whole(
          "limits.agent_connections_per_address",
          TransportLimits.AGENT_CONNECTIONS_PER_ADDRESS,
          1,
          100_000);
  private static final Key<Long> ADMIN_CONNECTIONS =
      Key.whole(
          "limits.admin_connections_per_address",
          TransportLimits.ADMIN_CONNECTIONS_PER_ADDRESS,
          1,
          10_000);
  private static final Key<Long> FAILED_AUTHENTICATIONS =
      Key.whole(
          "limits.failed_authentications_per_minute",
          TransportLimits.FAILED_AUTHENTICATIONS_A_MINUTE,
          1,
          10_000);
  private static final Key<Long> MESSAGES =
      Key.whole(
          "limits.agent_messages_per_second", TransportLimits.MESSAGES_A_SECOND, 1, 1_000_000);
  private static final Key<Long> BYTES =
      Key.whole(
          "limits.agent_bytes_per_second", TransportLimits.BYTES_A_SECOND, 1_024, 1_000_000_000);
  private static final Key<Long> RESULTS =
      Key.whole("limits.agent_results_per_minute", TransportLimits.RESULTS_A_MINUTE, 1, 1_000_000);
  private static final Key<Long> LINKS =
      Key.whole("limits.agent_links_per_minute", TransportLimits.LINKS_A_MINUTE, 1, 1_000_000);
  private static final Key<Long> ADMIN_CALLS =
      Key.whole(
          "limits.admin_calls_per_second", TransportLimits.ADMIN_CALLS_A_SECOND, 1, 1_000_000);

  /** 0: as many as the machine is found to be able to do, less a reserve. */
  private static final Key<Long> HANDSHAKES =
      Key.whole("limits.handshakes_per_second", 0, 0, 1_000_000);

  private static final Key<Long> ENROLMENTS =
      Key.whole("limits.enrolments_per_second", Limits.ALL_ENROLMENTS_A_SECOND, 1, 10_000);
  private static final Key<Long> ADDRESS_ENROLMENTS =
      Key.whole("limits.enrolments_per_second_per_address", Limits.ENROLMENTS_A_SECOND, 1, 10_000);
  private static final Key<Long> ADDRESS_ENROLMENTS_AT_ONCE =
      Key.whole("limits.enrolments_at_once_per_address", Limits.ENROLMENTS_AT_ONCE, 1, 10_000);
  private static final Key<Duration> RUNS_KEPT =
      kept("retention.runs", RetentionLimits.RUNS_KEPT, Duration.ofDays(1));
  private static final Key<Long> RUNS_KEPT_EACH =
      Key.whole("retention.runs_per_instance", RetentionLimits.RUNS_KEPT_EACH, 10, 1_000_000);
  private static final Key<Long> OUTPUTS_KEPT =
      Key.whole("retention.outputs_per_instance", RetentionLimits.OUTPUTS_KEPT, 0, 1_000_000);

  /** Not shorter than hosts have to be told what was cancelled, and to tell what they started. */
  private static final Key<Duration> EXECUTIONS_KEPT =
      kept("retention.executions", RetentionLimits.EXECUTIONS_KEPT, RunLimits.CANCELLED_KEPT);

  private static final Key<Duration> EVENTS_KEPT =
      kept("retention.events", RetentionLimits.EVENTS_KEPT, Duration.ofDays(1));
  private static final Key<Duration> AUDIT_KEPT =
      kept("retention.audit", RetentionLimits.AUDIT_KEPT, Duration.ofDays(1));
  private static final Key<String> PARAMETERS_KEY = Key.text("parameters.key_file", "");
  private static final Key<Duration> AGENT_CERTIFICATE_LIFE =
      Key.duration(
          "agent_certificate_life",
          IdentityLimits.CERTIFICATE_LIFE,
          IdentityLimits.CERTIFICATE_LIFE_SHORTEST,
          IdentityLimits.CERTIFICATE_LIFE_LONGEST);
  private static final Key<LogLevel> LOG_LEVEL = Key.choice("log_level", LogLevel.INFO);

  /** All keys of the file. */
  static final List<Key<?>> KEYS =
      List.of(
          DATA,
          AGENT_LISTEN,
          ADMIN_LISTEN,
          METRICS_LISTEN,
          ADVERTISE,
          TRUST_DOMAIN,
          GUARD_INSTANCES,
          AGENT_CONNECTIONS,
          ADMIN_CONNECTIONS,
          FAILED_AUTHENTICATIONS,
          MESSAGES,
          BYTES,
          RESULTS,
          LINKS,
          ADMIN_CALLS,
          HANDSHAKES,
          ENROLMENTS,
          ADDRESS_ENROLMENTS,
          ADDRESS_ENROLMENTS_AT_ONCE,
          RUNS_KEPT,
          RUNS_KEPT_EACH,
          OUTPUTS_KEPT,
          EXECUTIONS_KEPT,
          EVENTS_KEPT,
          AUDIT_KEPT,
          PARAMETERS_KEY,
          AGENT_CERTIFICATE_LIFE,
          LOG_LEVEL);

  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?");

  /** Copies and checks. */
  CoordinatorConfig {
    advertise = List.copyOf(advertise);
  }

  /**
   * How often and how much each caller may send.
   *
   * @param messages of one instance a second
   * @param bytes of one instance a second
   * @param results of one instance a minute
   * @param links that one instance opens a minute
   * @param adminCalls of one person or script a second
   * @param handshakes of all agents a second; 0: to be measured
   */
  record Rates(int messages, int bytes, int results, int links, int adminCalls, int handshakes) {
    /** The quotas of links, where so many agents a second can come back. */
    Quotas quotas(int returnsASecond) {
      return new Quotas(messages, bytes, results, links, returnsASecond);
    }
  }

  /** How much is written to the log. */
  enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /**
   * Reads the file, and puts the command line over it.
   *
   * @throws StartException naming all that is wrong
   */
  static CoordinatorConfig of(ServeFlags flags) throws StartException {
    Config file;
    try {
      file =
          flags.config().isPresent()
              ? ConfigReader.read(flags.config().get(), KEYS)
              : ConfigReader.readIfThere(DEFAULT_FILE, KEYS);
    } catch (ConfigException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
    Path data = flags.data().orElse(file.get(DATA)).toAbsolutePath().normalize();
    CoordinatorConfig config =
        new CoordinatorConfig(
            data,
            flags.agentListen().orElse(file.get(AGENT_LISTEN)),
            flags.adminListen().orElse(file.get(ADMIN_LISTEN)),
            flags.metricsListen().orElse(file.get(METRICS_LISTEN)),
            flags.advertise().isEmpty() ? file.get(ADVERTISE) : flags.advertise(),
            flags
                .trustDomain()
                .or(() -> Optional.of(file.get(TRUST_DOMAIN)))
                .filter(domain -> !domain.isEmpty()),
            Math.toIntExact(file.get(GUARD_INSTANCES)),
            Math.toIntExact(file.get(AGENT_CONNECTIONS)),
            Math.toIntExact(file.get(ADMIN_CONNECTIONS)),
            Math.toIntExact(file.get(FAILED_AUTHENTICATIONS)),
            new Rates(
                Math.toIntExact(file.get(MESSAGES)),
                Math.toIntExact(file.get(BYTES)),
                Math.toIntExact(file.get(RESULTS)),
                Math.toIntExact(file.get(LINKS)),
                Math.toIntExact(file.get(ADMIN_CALLS)),
                Math.toIntExact(file.get(HANDSHAKES))),
            new EnrolmentRates.Settings(
                Math.toIntExact(file.get(ADDRESS_ENROLMENTS)),
                Math.toIntExact(file.get(ADDRESS_ENROLMENTS_AT_ONCE)),
                Math.toIntExact(file.get(ENROLMENTS))),
            new Kept(
                file.get(RUNS_KEPT),
                Math.toIntExact(file.get(RUNS_KEPT_EACH)),
                Math.toIntExact(file.get(OUTPUTS_KEPT)),
                file.get(EXECUTIONS_KEPT),
                file.get(EVENTS_KEPT),
                file.get(AUDIT_KEPT)),
            parametersKey(data, file.get(PARAMETERS_KEY)),
            file.get(AGENT_CERTIFICATE_LIFE),
            file.get(LOG_LEVEL));
    config.check();
    return config;
  }

  /** The values in effect, for the log. */
  Map<String, String> effective() {
    Map<String, String> effective = new TreeMap<>();
    effective.put(DATA.name(), data.toString());
    effective.put(AGENT_LISTEN.name(), agentListen.toString());
    effective.put(ADMIN_LISTEN.name(), adminListen.toString());
    effective.put(METRICS_LISTEN.name(), metricsListen.toString());
    effective.put(ADVERTISE.name(), String.join(",", advertise));
    effective.put(GUARD_INSTANCES.name(), Integer.toString(guardInstances));
    effective.put(AGENT_CONNECTIONS.name(), Integer.toString(agentConnections));
    effective.put(ADMIN_CONNECTIONS.name(), Integer.toString(adminConnections));
    effective.put(FAILED_AUTHENTICATIONS.name(), Integer.toString(failedAuthentications));
    effective.put(MESSAGES.name(), Integer.toString(rates.messages));
    effective.put(BYTES.name(), Integer.toString(rates.bytes));
    effective.put(RESULTS.name(), Integer.toString(rates.results));
    effective.put(LINKS.name(), Integer.toString(rates.links));
    effective.put(ADMIN_CALLS.name(), Integer.toString(rates.adminCalls));
    effective.put(HANDSHAKES.name(), Integer.toString(rates.handshakes));
    effective.put(ENROLMENTS.name(), Integer.toString(enrolments.allASecond()));
    effective.put(ADDRESS_ENROLMENTS.name(), Integer.toString(enrolments.addressASecond()));
    effective.put(ADDRESS_ENROLMENTS_AT_ONCE.name(), Integer.toString(enrolments.addressAtOnce()));
    effective.put(RUNS_KEPT.name(), shown(kept.runs()));
    effective.put(RUNS_KEPT_EACH.name(), Integer.toString(kept.runsEach()));
    effective.put(OUTPUTS_KEPT.name(), Integer.toString(kept.outputs()));
    effective.put(EXECUTIONS_KEPT.name(), shown(kept.executions()));
    effective.put(EVENTS_KEPT.name(), shown(kept.events()));
    effective.put(AUDIT_KEPT.name(), shown(kept.audit()));
    effective.put(PARAMETERS_KEY.name(), parametersKey.toString());
    effective.put(AGENT_CERTIFICATE_LIFE.name(), agentCertificateLife.toString());
    effective.put(LOG_LEVEL.name(), logLevel.name().toLowerCase(Locale.ROOT));
    return effective;
  }

  private static Path parametersKey(Path data, String written) throws StartException {
    try {
      return written.isEmpty()
          ? data.resolve(ParameterKeys.FILE)
          : Path.of(written).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new StartException("parameters.key_file is no path: name the file with the keys", e);
    }
  }

  private static Key<Duration> kept(String name, Duration fallback, Duration least) {
    return Key.duration(name, fallback, least, Duration.ofDays(36_500));
  }

  private static String shown(Duration kept) {
    return kept.equals(Duration.ofDays(kept.toDays())) ? kept.toDays() + "d" : kept.toString();
  }

  private void check() throws StartException {
    if (kept.executions().compareTo(kept.runs()) < 0) {
      throw new StartException(
          "retention.executions ("
              + shown(kept.executions())
              + ") is shorter than retention.runs ("
              + shown(kept.runs())
              + "): keep executions at least as long as their runs");
    }
    for (String name : advertise) {
      if (name.length() > 253 || !(NAME.matcher(name).matches() || IPV6.matcher(name).matches())) {
        throw new StartException(
            "cannot advertise '" + name + "': give names and addresses, without ports");
      }
    }
    if (trustDomain.isPresent() && !DOMAIN.matcher(trustDomain.get()).matches()) {
      throw new StartException(
          "the trust domain '"
              + trustDomain.get()
              + "' has another form than a DNS name: lower-case letters, digits, dots and dashes");
    }
  }
}
