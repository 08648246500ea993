package dev.holdfast.document;

import static dev.holdfast.document.PluginInput.Kind.ANYTHING;
import static dev.holdfast.document.PluginInput.Kind.MAP;
import static dev.holdfast.document.PluginInput.Kind.SCRIPT;
import static dev.holdfast.document.PluginInput.Kind.SECONDS;
import static dev.holdfast.document.PluginInput.Kind.TEXT;
import static dev.holdfast.document.PluginInput.Kind.TEXTS;
import static dev.holdfast.document.PluginInput.Kind.TRUTH;
import static dev.holdfast.document.PluginInput.Kind.VARIABLES;
import static dev.holdfast.document.PluginInput.expected;
import static dev.holdfast.document.PluginInput.optional;
import static dev.holdfast.document.PluginInput.required;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The plugins that documents can name: on which platforms each exists, whether it is built here,
 * and its inputs (spec.md sections 2.1, 2.2, 2.5, 2.6 and 5.1). The one list of plugins.
 */
public final class Plugins {
  /** Runs a shell script. */
  public static final String RUN_SHELL_SCRIPT = "aws:runShellScript";

  /** Runs a PowerShell script. */
  public static final String RUN_POWERSHELL_SCRIPT = "aws:runPowerShellScript";

  /** Gathers inventory. */
  public static final String SOFTWARE_INVENTORY = "aws:softwareInventory";

  /** Asks for other associations to run. */
  public static final String REFRESH_ASSOCIATION = "aws:refreshAssociation";

  /** Fetches files. */
  public static final String DOWNLOAD_CONTENT = "aws:downloadContent";

  /** Runs another document. */
  public static final String RUN_DOCUMENT = "aws:runDocument";

  /** Runs a docker command. */
  public static final String RUN_DOCKER_ACTION = "aws:runDockerAction";

  /** Installs a PowerShell module; Windows only. */
  public static final String PS_MODULE = "aws:psModule";

  /** What the actions that describe a state begin with. */
  public static final String STATE = "state:";

  private static final Set<String> EVERYWHERE = Set.of("Linux", "Windows", "MacOS");
  private static final Set<String> UNIX = Set.of("Linux", "MacOS");
  private static final Set<String> NOT_MACOS = Set.of("Linux", "Windows");
  private static final Set<String> WINDOWS = Set.of("Windows");
  private static final Set<String> LINUX = Set.of("Linux");

  /** The state whose inputs hold scripts. */
  private static final String SCRIPTED = "script";

  private static final boolean BUILT = true;
  private static final boolean NOT_BUILT = false;

  private static final Map<String, Plugin> ALL =
      table(
          plugin(
              RUN_SHELL_SCRIPT,
              UNIX,
              BUILT,
              expected("runCommand", SCRIPT),
              optional("timeoutSeconds", SECONDS),
              optional("workingDirectory", TEXT),
              optional("environment", VARIABLES),
              optional("runAs", TEXT),
              optional("id", TEXT)),
          plugin(
              RUN_POWERSHELL_SCRIPT,
              EVERYWHERE,
              BUILT,
              expected("runCommand", SCRIPT),
              optional("timeoutSeconds", SECONDS),
              optional("workingDirectory", TEXT),
              optional("environment", VARIABLES),
              optional("runAs", TEXT),
              optional("id", TEXT)),
          plugin(
              SOFTWARE_INVENTORY,
              EVERYWHERE,
              BUILT,
              optional("applications", TEXT),
              optional("awsComponents", TEXT),
              optional("networkConfig", TEXT),
              optional("billingInfo", TEXT),
              optional("files", ANYTHING),
              optional("windowsRoles", TEXT),
              optional("services", TEXT),
              optional("windowsRegistry", ANYTHING),
              optional("windowsUpdates", TEXT),
              optional("instanceDetailedInformation", TEXT),
              optional("pendingUpdates", TEXT),
              optional("customInventory", TEXT),
              optional("customInventoryDirectory", TEXT),
              optional("changeDetectionFrequency", TEXT),
              optional("changeDetectionTypes", TEXTS),
              optional("disks", TEXT),
              optional("ports", TEXT),
              optional("users", TEXT),
              optional("certificates", ANYTHING),
              optional("kernel", TEXT),
              optional("containers", TEXT),
              optional("pendingUpdates", TEXT)),
          plugin(REFRESH_ASSOCIATION, EVERYWHERE, BUILT, optional("associationIds", TEXTS)),
          plugin(
              DOWNLOAD_CONTENT,
              NOT_MACOS,
              BUILT,
              required("sourceType", TEXT)
                  .allowing("GitHub", "Git", "HTTP", "S3", "SSMDocument")
                  .failingOnlyTheStep(),
              required("sourceInfo", MAP),
              optional("destinationPath", TEXT)),
          plugin(
              RUN_DOCUMENT,
              NOT_MACOS,
              BUILT,
              required("documentType", TEXT)
                  .allowing("SSMDocument", "LocalPath")
                  .failingOnlyTheStep(),
              required("documentPath", TEXT).failingOnlyTheStep(),
              optional("documentParameters", MAP).failingOnlyTheStep()),
          plugin(
              RUN_DOCKER_ACTION,
              NOT_MACOS,
              BUILT,
              required("action", TEXT)
                  .allowing(
                      "Create", "Start", "Run", "Stop", "Kill", "Rm", "Exec", "Inspect", "Logs",
                      "Ps", "Stats", "Pull", "Images", "Rmi"),
              optional("container", TEXT),
              optional("image", TEXT),
              optional("cmd", TEXT),
              optional("memory", TEXT),
              optional("cpuShares", TEXT),
              optional("volume", TEXTS),
              optional("env", TEXT),
              optional("user", TEXT),
              optional("publish", TEXT),
              optional("timeoutSeconds", SECONDS),
              optional("workingDirectory", TEXT),
              optional("id", TEXT)),
          plugin(
              "aws:configurePackage",
              NOT_MACOS,
              NOT_BUILT,
              required("name", TEXT),
              required("action", TEXT).allowing("Install", "Uninstall"),
              optional("version", TEXT),
              optional("installationType", TEXT)
                  .allowing("Uninstall and reinstall", "In-place update"),
              optional("additionalArguments", MAP),
              optional("source", TEXT),
              optional("repository", TEXT),
              optional("id", TEXT)),
          plugin(
              "aws:configureDocker",
              NOT_MACOS,
              NOT_BUILT,
              required("action", TEXT).allowing("Install", "Uninstall"),
              optional("id", TEXT)),
          plugin(
              "aws:updateSsmAgent",
              EVERYWHERE,
              NOT_BUILT,
              required("agentName", TEXT),
              required("allowDowngrade", TRUTH),
              optional("targetVersion", TEXT),
              optional("source", TEXT),
              optional("id", TEXT)),
          plugin(
              "aws:domainJoin",
              NOT_MACOS,
              NOT_BUILT,
              required("directoryId", TEXT),
              required("directoryName", TEXT),
              optional("directoryOU", TEXT),
              optional("dnsIpAddresses", TEXTS),
              optional("hostName", TEXT),
              optional("hostNameNumAppendDigits", TEXT),
              optional("keepHostName", TRUTH),
              optional("id", TEXT)),
          plugin(
              "aws:applications",
              WINDOWS,
              NOT_BUILT,
              required("action", TEXT)
                  .allowing("Install", "Repair", "Uninstall")
                  .failingOnlyTheStep(),
              required("source", TEXT).failingOnlyTheStep(),
              optional("parameters", TEXT),
              optional("sourceHash", TEXT),
              optional("sourceHashType", TEXT),
              optional("id", TEXT)),
          plugin(
              PS_MODULE,
              WINDOWS,
              NOT_BUILT,
              optional("runCommand", SCRIPT),
              required("source", TEXT).failingOnlyTheStep(),
              optional("sourceHash", TEXT),
              optional("sourceHashType", TEXT),
              optional("timeoutSeconds", SECONDS),
              optional("workingDirectory", TEXT),
              optional("id", TEXT)),
          plugin(
              "aws:updateAgent",
              WINDOWS,
              NOT_BUILT,
              required("agentName", TEXT).failingOnlyTheStep(),
              required("allowDowngrade", TRUTH).failingOnlyTheStep(),
              optional("targetVersion", TEXT),
              optional("source", TEXT),
              optional("id", TEXT)),
          new Plugin("aws:cloudWatch", WINDOWS, NOT_BUILT, Optional.empty()),
          new Plugin("aws:configureDaemon", WINDOWS, NOT_BUILT, Optional.empty()),
          state("file"),
          state("package"),
          state("service"),
          state("user"),
          state("group"),
          state("port"),
          state("firewall"),
          state("sysctl"),
          state(SCRIPTED));

  /** What {@code sourceInfo} holds, by {@code sourceType}; {@code sha256} is ours. */
  private static final Map<String, List<PluginInput>> SOURCES =
      Map.of(
          "GitHub",
          List.of(
              required("owner", TEXT),
              required("repository", TEXT),
              required("path", TEXT),
              optional("getOptions", TEXT),
              optional("tokenInfo", TEXT),
              optional("sha256", TEXT)),
          "Git",
          List.of(
              required("repository", TEXT),
              optional("getOptions", TEXT),
              optional("privateSSHKey", TEXT),
              optional("skipHostKeyChecking", TRUTH),
              optional("username", TEXT),
              optional("password", TEXT)),
          "HTTP",
          List.of(
              required("url", TEXT),
              optional("allowInsecureDownload", TRUTH),
              optional("authMethod", TEXT).allowing("None", "Basic", "Digest"),
              optional("username", TEXT),
              optional("password", TEXT),
              optional("sha256", TEXT)),
          "S3",
          List.of(required("path", TEXT), optional("sha256", TEXT)),
          "SSMDocument",
          List.of(required("name", TEXT), optional("sha256", TEXT)));

  private Plugins() {}

  /**
   * One plugin.
   *
   * @param action as documents name it
   * @param platforms of {@code Linux}, {@code Windows}, {@code MacOS}
   * @param built whether an agent of ours can perform it; of the others only the inputs are checked
   * @param inputs by name, in the order in which they are told of; empty if anything may stand
   *     there
   */
  record Plugin(
      String action,
      Set<String> platforms,
      boolean built,
      Optional<Map<String, PluginInput>> inputs) {

    /** The inputs that hold scripts. */
    Set<String> scripts() {
      return action.equals(STATE + SCRIPTED) ? Set.of("check", "apply") : declaredScripts();
    }

    private Set<String> declaredScripts() {
      return inputs.orElse(Map.of()).values().stream()
          .filter(input -> input.kind() == SCRIPT)
          .map(PluginInput::name)
          .collect(Collectors.toSet());
    }
  }

  /**
   * Where the plugin exists: {@code Linux}, {@code Windows}, {@code MacOS}; empty if nobody knows
   * it.
   */
  public static Optional<Set<String>> platforms(String action) {
    return find(action).map(Plugin::platforms);
  }

  /** Whether an agent of ours can perform the action, on the platforms on which it exists. */
  public static boolean built(String action) {
    return find(action).filter(Plugin::built).isPresent();
  }

  /** All actions, in the order of the list. */
  public static Set<String> known() {
    return ALL.keySet();
  }

  /**
   * The inputs that the action takes, in the order in which they are told of; none if anything may
   * stand there, or they have a reader of their own.
   */
  public static Set<String> inputs(String action) {
    return find(action).flatMap(Plugin::inputs).map(Map::keySet).orElse(Set.of());
  }

  static Optional<Plugin> find(String action) {
    return Optional.ofNullable(ALL.get(action));
  }

  /** What {@code sourceInfo} of a download holds; empty if nobody knows the type. */
  static Optional<Map<String, PluginInput>> source(String sourceType) {
    return Optional.ofNullable(SOURCES.get(sourceType)).map(Plugins::byName);
  }

  private static Plugin plugin(
      String action, Set<String> platforms, boolean built, PluginInput... inputs) {
    return new Plugin(action, platforms, built, Optional.of(byName(Arrays.asList(inputs))));
  }

  /** A state; its inputs have a reader of their own. */
  private static Plugin state(String kind) {
    return new Plugin(STATE + kind, LINUX, BUILT, Optional.empty());
  }

  private static Map<String, PluginInput> byName(List<PluginInput> inputs) {
    Map<String, PluginInput> byName = new LinkedHashMap<>();
    inputs.forEach(input -> byName.put(input.name(), input));
    return Collections.unmodifiableMap(byName);
  }

  private static Map<String, Plugin> table(Plugin... plugins) {
    Map<String, Plugin> byAction = new LinkedHashMap<>();
    List.of(plugins).forEach(plugin -> byAction.put(plugin.action(), plugin));
    return Collections.unmodifiableMap(byAction);
  }
}
