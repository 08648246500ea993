package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the coordinator prints for new hosts, run as it is printed: the programs are the real ones,
 * what installs packages and starts services is played, and each host has a folder of its own.
 */
@Timeout(400)
final class EnrollingTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");

  @Test
  void theLinesForAShellInstallJoinAndEnableAndLeaveNoCodeBehind() throws Exception {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      Host host = new Host(rig, "one");
      String lines = host.sh("holdfast-coordinator activation create --name web-1 --tag Role=web");
      Files.delete(host.bin.resolve("holdfast-agent")); // comes by the package

      host.shell("sh", lines);

      List<String> calls = host.calls();
      assertEquals(
          "apt-get install -y ./holdfast-agent_0.1.0_amd64.deb", calls.getFirst(), calls::toString);
      assertTrue(calls.get(1).startsWith("holdfast-agent enroll --coordinator 127.0.0.1:"));
      assertEquals("systemctl enable --now holdfast-agent", calls.getLast());
      Matcher code = Pattern.compile("/code\" << 'END'\n(.*)\n").matcher(lines);
      assertTrue(code.find(), lines);
      assertFalse(calls.toString().contains(code.group(1)), "a list of processes shows the code");
      assertEquals(List.of(), host.leftBehind());
      InstanceInformation instance = host.instances().getFirst();
      assertEquals("web-1", instance.getName());
      assertEquals(1, host.instances().size());

      String again = host.shell("sh", lines);
      assertTrue(again.contains("instance " + instance.getInstanceId()), again);
      assertEquals(1, host.instances().size(), "to repeat it makes no other instance");
    }
  }

  @Test
  void whereTheHostCannotJoinNothingIsEnabledAndNoCodeIsLeft() throws Exception {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      Host host = new Host(rig, "one");
      String lines = host.sh("holdfast-coordinator activation create");
      String id = host.instancesActivation(lines);
      host.sh("holdfast-coordinator activation delete " + id);

      assertEquals(1, host.exit("sh", lines));

      assertEquals(1, host.calls().size(), () -> host.calls().toString());
      assertEquals(List.of(), host.leftBehind());
      assertEquals(0, host.instances().size());
    }
  }

  @Test
  void userDataAndTasksJoinHostsByTheSameCommands() throws Exception {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      Host cloud = new Host(rig, "cloud");
      String userData =
          cloud.sh("holdfast-coordinator activation create --name cloud --format cloud-init");
      assertTrue(userData.startsWith("#cloud-config\n"), userData);
      Map<?, ?> config = (Map<?, ?>) yaml(userData);
      assertEquals(List.of("holdfast-agent"), config.get("packages"));
      List<?> commands = Objects.requireNonNull((List<?>) config.get("runcmd"));
      assertEquals(1, commands.size());
      cloud.shell("sh", (String) commands.getFirst());
      assertEquals("systemctl enable --now holdfast-agent", cloud.calls().getLast());
      assertEquals(List.of(), cloud.leftBehind());

      Host played = new Host(rig, "played");
      List<?> tasks =
          (List<?>)
              yaml(
                  played.sh(
                      "holdfast-coordinator activation create --name played --format ansible"));
      assertEquals(
          Set.of(
              "ansible.builtin.package",
              "ansible.builtin.shell",
              "ansible.builtin.systemd_service"),
          tasks.stream()
              .flatMap(task -> ((Map<?, ?>) task).keySet().stream())
              .map(String::valueOf)
              .filter(key -> key.startsWith("ansible."))
              .collect(Collectors.toSet()));
      Map<?, ?> join = (Map<?, ?>) tasks.get(1);
      assertEquals(true, join.get("no_log"));
      Map<?, ?> shell = Objects.requireNonNull((Map<?, ?>) join.get("ansible.builtin.shell"));
      String command = String.valueOf(shell.get("cmd"));
      String input = String.valueOf(shell.get("stdin"));
      assertFalse(command.contains(input));
      played.run(List.of("sh", "-c", command), input + "\n", 0);
      assertEquals(
          Set.of("cloud", "played"),
          played.instances().stream()
              .map(InstanceInformation::getName)
              .collect(Collectors.toSet()));
      assertTrue(
          Files.exists(
              Path.of(
                  String.valueOf(shell.get("creates"))
                      .replace("/var/lib/holdfast-agent", played.state.toString()))));
    }
  }

  @Test
  void everyCommandOfThePageRuns() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/enrolling.md"));
    List<String> blocks = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(page); block.find(); ) {
      blocks.add(block.group(1));
    }
    assertEquals(8, blocks.size(), "one of them would not be run");
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      Host host = new Host(rig, "web-2");
      String id = "";
      for (String block : blocks) {
        String said =
            host.sh(
                "ID="
                    + id
                    + "\n"
                    + block
                        .replace("/var/lib/holdfast-agent", host.state.toString())
                        .replace("/etc/holdfast/agent.yaml", host.config.toString()));
        Matcher made = Pattern.compile("--activation-id (\\S+)").matcher(said);
        id = made.find() ? made.group(1) : id;
      }
      assertEquals(
          List.of("web-2", "web-2"),
          host.instances().stream().map(InstanceInformation::getName).toList(),
          "it joined, and then moved");
      assertTrue(Files.readString(host.folder.resolve("user-data")).startsWith("#cloud-config\n"));
      assertEquals(3, ((List<?>) yaml(Files.readString(host.folder.resolve("join.yaml")))).size());
    }
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  /** A host of the test: its own state, programs that go there, and a note of what was called. */
  private static final class Host {
    final Rig rig;
    final Path folder;
    final Path bin;
    final Path state;
    final Path config;

    Host(Rig rig, String name) throws IOException {
      this.rig = rig;
      folder = Files.createDirectory(rig.folder().resolve(name));
      bin = Files.createDirectory(folder.resolve("bin"));
      Files.createDirectory(folder.resolve("tmp"));
      state = folder.resolve("state");
      config = Files.createFile(folder.resolve("agent.yaml"));
      String note = "echo \"$(basename \"$0\") $*\" >> " + folder.resolve("calls") + "\n";
      program(
          "holdfast-agent",
          note
              + "exec %s/packaging/bin/holdfast-agent \"$@\" --state %s --config %s"
                  .formatted(ROOT, state, config));
      program(
          "holdfast-coordinator",
          """
          if [ "$1 $2" = "activation create" ]; then set -- "$@" --address %s; fi
          exec %s/packaging/bin/holdfast-coordinator "$@" --data %s\
          """
              .formatted(rig.agentAddress(), ROOT, rig.data()));
      Files.copy(bin.resolve("holdfast-agent"), folder.resolve("packed"));
      program(
          "apt-get", note + "cp -p %s %s/holdfast-agent".formatted(folder.resolve("packed"), bin));
      program("rpm", note + "exit 1");
      program("systemctl", note);
      program("ssh", "shift\nexec \"$@\"");
    }

    private void program(String name, String text) throws IOException {
      Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + text + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Runs commands of the coordinator's machine; what they print. */
    String sh(String commands) throws Exception {
      return shell("bash", "set -eu -o pipefail\n" + commands);
    }

    /** Puts commands into a shell; what they print. */
    String shell(String shell, String commands) throws Exception {
      return run(List.of(shell), commands, 0);
    }

    int exit(String shell, String commands) throws Exception {
      return start(List.of(shell), commands).waitFor();
    }

    String run(List<String> command, String in, int exit) throws Exception {
      Process process = start(command, in);
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(exit, process.exitValue(), () -> out + errors());
      return out;
    }

    private Process start(List<String> command, String in) throws IOException {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
      builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
      builder.redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()));
      Process process = builder.start();
      try (var to = process.getOutputStream()) {
        to.write(in.getBytes(StandardCharsets.UTF_8));
      }
      return process;
    }

    private String errors() {
      try {
        return Files.readString(folder.resolve("errors"));
      } catch (IOException e) {
        return String.valueOf(e);
      }
    }

    List<String> calls() {
      try {
        Path file = folder.resolve("calls");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** What is left of the files with the pin and the code. */
    List<Path> leftBehind() throws IOException {
      try (var files = Files.list(folder.resolve("tmp"))) {
        return files.filter(file -> file.getFileName().toString().startsWith("tmp.")).toList();
      }
    }

    String instancesActivation(String lines) {
      Matcher made = Pattern.compile("--activation-id (\\S+)").matcher(lines);
      assertTrue(made.find(), lines);
      return made.group(1);
    }

    List<InstanceInformation> instances() {
      return InstanceServiceGrpc.newBlockingStub(rig.channel())
          .withCallCredentials(rig.token())
          .describeInstanceInformation(DescribeInstanceInformationRequest.getDefaultInstance())
          .getInstanceInformationListList();
    }
  }
}
