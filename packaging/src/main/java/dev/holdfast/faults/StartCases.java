package dev.holdfast.faults;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How scripts start, whatever their agent was started in. */
final class StartCases {
  private StartCases() {}

  static List<Case> all() {
    return List.of(new CleanStart());
  }

  /** An agent that was started in a mess, and what of it its scripts see. */
  static final class CleanStart implements Case {
    private static final String MARK = "of-the-agent-alone";

    /** What docs/documents.md says that a script gets, and what the case's own steps give it. */
    private static final Set<String> DOCUMENTED =
        Set.of(
            "PATH",
            "LANG",
            "HOME",
            "AWS_SSM_INSTANCE_ID",
            "AWS_SSM_REGION_NAME",
            "AWS_SSM_PLATFORM_NAME",
            "AWS_SSM_PLATFORM_VERSION",
            "HOLDFAST_INSTANCE_ID",
            "HOLDFAST_REGION_NAME",
            "HOLDFAST_PLATFORM_NAME",
            "HOLDFAST_PLATFORM_VERSION",
            "HOLDFAST_RUN_ID",
            "HOLDFAST_ASSOCIATION_ID",
            "HOLDFAST_TRIGGER",
            "HOLDFAST_ATTEMPT",
            "HOLDFAST_TREE",
            "OWN",
            "SSM_Word");

    /** What {@code runAs} adds. */
    private static final Set<String> OF_THE_USER = Set.of("USER", "LOGNAME");

    private static final Pattern SECTION = Pattern.compile("(?m)^== ([a-z]+)\n");
    private static final Pattern DESCRIPTOR = Pattern.compile(" ([0-9]+) -> (.*)$");

    private static final String LOOK =
        """
        section() { echo; echo "== $1"; }
        section environment; tr '\\0' '\\n' </proc/$$/environ
        section descriptors; ls -l /proc/self/fd
        section umask; umask
        section input; wc -c
        section limits; cat /proc/self/limits
        section signals; cat /proc/self/status
        section session; cut -d ' ' -f 6,7 /proc/self/stat
        section spared; cat /proc/self/oom_score_adj
        section raised; ulimit -S -n 1025 && echo yes
        section over
        """;

    @Override
    public String id() {
      return "D14";
    }

    @Override
    public String claim() {
      return "whatever its agent was started in, a script has the documented variables, three"
          + " descriptors, no input, its umask, limits and session, and no others";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Path canary = trial.folder().resolve("canary");
      Launched.Around mess = mess(trial, canary, "000");
      for (int i = 0; i < trial.scale().of(1, 2, 10); i++) {
        Path folder = Files.createTempDirectory(trial.folder(), "start");
        Path inner = Files.writeString(folder.resolve("inner.yaml"), document(List.of(script(""))));
        boolean root = ProcessHandle.current().info().user().orElse("").equals("root");
        List<Value> steps = new ArrayList<>(List.of(script(""), within(inner)));
        if (root) {
          steps.add(script("nobody"));
        }
        DocumentRun run = DocumentRun.of(folder, document(steps), List.of(), mess);
        trial.require(run.steps().size() == steps.size(), "not every step is told: " + run.said());
        List<String> names = List.of("a script", "a script within a document", "another user's");
        for (int step = 0; step < run.steps().size(); step++) {
          Set<String> variables = new TreeSet<>(DOCUMENTED);
          if (step == 2) {
            variables.addAll(OF_THE_USER);
          }
          judge(
              trial, names.get(step), DocumentRun.text(run.steps().get(step), "stdout"), variables);
        }
        if (!root) {
          trial.note("runAs", "left-out:not-root");
        }
      }
      served(trial, mess(trial, canary, "177"));
      trial.require(!Files.exists(canary), "what the agent was started in was executed");
    }

    /** The same by the service, which has more open than a command has. */
    private static void served(Trial trial, Launched.Around mess) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      String instance = rig.enroll(Map.of());
      rig.agentWithin(mess);
      rig.startAgent();
      Path out = trial.folder().resolve("served");
      // The braces take what the shell of the script itself opens to write there.
      rig.createScript(
          "look", List.of("{ " + LOOK.replace("\n", "\n      ").strip() + "\n      } > " + out));
      String association = AgentCases.associate(rig, instance, "look");
      trial.require(
          Field.await(
              Duration.ofSeconds(60),
              () ->
                  !rig.executions(association).isEmpty()
                      && rig.executions(association).stream()
                          .allMatch(
                              each ->
                                  AgentCases.over(
                                      rig.targets(association, each.getExecutionId())))),
          "it does not end");
      Set<String> variables = new TreeSet<>(DOCUMENTED);
      variables.removeAll(Set.of("OWN", "SSM_Word"));
      String said = Files.exists(out) ? Files.readString(out) : "";
      judge(trial, "a script of the service", said, variables);
      String session = section(said, "session").strip();
      trial.require(
          !session.startsWith(session(rig.agent().pid()) + " "),
          "a script of the service is in the agent's session " + session);
    }

    private static String session(long pid) throws IOException {
      return Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
          .replaceAll("^.*\\) ", "")
          .split(" ", -1)[3];
    }

    private static void judge(Trial trial, String what, String said, Set<String> variables) {
      trial.count(Figure.FAULTS, 1);
      trial.require(said.contains("== over"), what + " did not come to its end: " + said);
      Set<String> names = new TreeSet<>();
      for (String line : section(said, "environment").lines().toList()) {
        if (line.indexOf('=') > 0) {
          names.add(line.substring(0, line.indexOf('=')));
        }
      }
      names.removeAll(Set.of("PWD", "OLDPWD", "SHLVL", "_")); // what a shell adds of itself
      trial.require(
          names.equals(variables), what + " has the variables " + names + " and not " + variables);
      trial.require(!said.contains(MARK), what + " has something of the agent's: " + said);
      Set<String> open = new TreeSet<>();
      for (String line : section(said, "descriptors").lines().toList()) {
        Matcher descriptor = DESCRIPTOR.matcher(line);
        // that by which it is listed is the program's that lists
        if (descriptor.find() && !descriptor.group(2).matches("/proc/[0-9]+/fd")) {
          open.add(descriptor.group(1));
          trial.require(
              !descriptor.group(1).equals("0") || descriptor.group(2).equals("/dev/null"),
              what + " reads from " + descriptor.group(2));
        }
      }
      trial.require(open.equals(Set.of("0", "1", "2")), what + " has open " + open);
      trial.require(section(said, "umask").strip().equals("0077"), what + ": another umask");
      trial.require(section(said, "input").strip().equals("0"), what + " has input");
      limits(trial, what, section(said, "limits"), variables.containsAll(OF_THE_USER));
      trial.require(section(said, "raised").strip().equals("yes"), what + " can't open more files");
      String status = section(said, "signals");
      trial.require(
          Pattern.compile("(?m)^SigBlk:\\s+0+$").matcher(status).find(),
          what + " starts with signals blocked: " + status);
      trial.require(
          Pattern.compile("(?m)^SigIgn:\\s+[0-9a-f]+[02468ace][0-9a-f]{3}$").matcher(status).find(),
          what + " starts with SIGPIPE ignored: " + status);
      trial.require(section(said, "session").strip().endsWith(" 0"), what + " has a terminal");
      trial.require(section(said, "spared").strip().equals("0"), what + " is spared by the kernel");
    }

    private static void limits(Trial trial, String what, String limits, boolean user) {
      trial.require(limit(limits, "Max core file size").equals("0 0"), what + " may dump a core");
      trial.require(
          limit(limits, "Max open files").startsWith("1024 "),
          what + " may open " + limit(limits, "Max open files"));
      trial.require(
          !user || limit(limits, "Max processes").equals("4096 4096"),
          what + " may have " + limit(limits, "Max processes") + " processes");
    }

    /** The soft and the hard one. */
    private static String limit(String limits, String name) {
      return limits
          .lines()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()).strip().split("\\s+"))
          .map(numbers -> numbers[0] + " " + numbers[1])
          .findFirst()
          .orElse("");
    }

    private static String section(String said, String name) {
      Matcher begins = SECTION.matcher(said);
      while (begins.find()) {
        if (begins.group(1).equals(name)) {
          int from = begins.end();
          return begins.find() ? said.substring(from, begins.start()) : said.substring(from);
        }
      }
      return "";
    }

    private static String document(List<Value> steps) {
      Map<String, Value> parameter = new LinkedHashMap<>();
      parameter.put("type", new Value.Text("String"));
      parameter.put("interpolationType", new Value.Text("ENV_VAR"));
      parameter.put("default", new Value.Text("word"));
      return JsonText.line(
          new Value.Fields(
              Map.of(
                  "schemaVersion", new Value.Text("2.2"),
                  "parameters", new Value.Fields(Map.of("Word", new Value.Fields(parameter))),
                  "mainSteps", new Value.Items(steps))));
    }

    /** A step that looks around. */
    private static Value script(String runAs) {
      Map<String, Value> inputs = new LinkedHashMap<>();
      inputs.put("runCommand", new Value.Items(List.of(new Value.Text(LOOK))));
      inputs.put("environment", new Value.Fields(Map.of("OWN", new Value.Text("x"))));
      if (!runAs.isEmpty()) {
        inputs.put("runAs", new Value.Text(runAs));
      }
      return step("aws:runShellScript", "look" + runAs, inputs);
    }

    private static Value within(Path document) {
      return step(
          "aws:runDocument",
          "inner",
          Map.of(
              "documentType", new Value.Text("LocalPath"),
              "documentPath", new Value.Text(document.toString())));
    }

    private static Value step(String action, String name, Map<String, Value> inputs) {
      return new Value.Fields(
          Map.of(
              "action", new Value.Text(action),
              "name", new Value.Text(name),
              "inputs", new Value.Fields(inputs)));
    }

    /**
     * What nobody should start an agent in: variables by which shells, loaders and tools are led,
     * programs of the same names before the host's own, open files, another umask, other limits,
     * signals that are ignored.
     *
     * @param canary touched by whoever executes what lies there
     */
    private static Launched.Around mess(Trial trial, Path canary, String umask) throws IOException {
      Path folder = Files.createTempDirectory(trial.folder(), MARK);
      String touch = "#!/bin/sh\n: > " + canary + "\n";
      Path profile = Files.writeString(folder.resolve(MARK), touch);
      for (String name :
          List.of("setsid", "prlimit", "setpriv", "dd", "wc", "cp", "mv", "mkfifo", "tr", "cut")) {
        Files.write(folder.resolve(name), touch.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(
            folder.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Map<String, String> variables = new LinkedHashMap<>();
      for (String name :
          List.of(
              "CANARY",
              "TMPDIR",
              "CDPATH",
              "PS4",
              "PYTHONPATH",
              "GIT_DIR",
              "SSM_Other",
              "HOLDFAST_OTHER",
              "HOLDFAST_WRAPPER",
              "AWS_SECRET_ACCESS_KEY",
              "XDG_RUNTIME_DIR")) {
        variables.put(name, MARK);
      }
      variables.put("ENV", profile.toString());
      variables.put("BASH_ENV", profile.toString());
      variables.put("PATH", folder + ":" + System.getenv("PATH"));
      return new Launched.Around(
          List.of(
              "/bin/sh",
              "-c",
              "umask "
                  + umask
                  + "; ulimit -S -n 512; ulimit -S -c unlimited; trap '' HUP PIPE; exec 7<"
                  + profile
                  + " 8>>"
                  + profile
                  + " 9<&0; exec \"$@\"",
              "sh"),
          variables);
    }
  }
}
