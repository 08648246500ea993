package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.v1.InstanceInformation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
      PlayedHost host = new PlayedHost(rig, "one");
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
      PlayedHost host = new PlayedHost(rig, "one");
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
      PlayedHost cloud = new PlayedHost(rig, "cloud");
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

      PlayedHost played = new PlayedHost(rig, "played");
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
      PlayedHost host = new PlayedHost(rig, "web-2");
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
}
