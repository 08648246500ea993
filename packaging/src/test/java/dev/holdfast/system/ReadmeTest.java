package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.pages.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * README.md: whoever types what it says has a coordinator, an agent, and what came of it. The demo
 * and the build are run elsewhere; ports are free ones.
 */
@Timeout(400)
final class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final String SERVE_AGENT = "holdfast-agent serve --state $D/agent";

  @Test
  void whatItSaysByHandWorks() throws Exception {
    List<String> blocks = blocks("Five minutes by hand");
    assertEquals(3, blocks.size(), "a block a terminal");
    assertTrue(blocks.getFirst().endsWith("holdfast-coordinator serve --data $D/coordinator\n"));
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      assertEquals(rig.data(), rig.folder().resolve("coordinator"), "as the page has it");
      try (AdminDoor door = new AdminDoor(rig)) {
        PlayedHost host = new PlayedHost(rig, "host", rig.state());
        host.program("grpcurl", door.grpcurl());
        host.program("jq", "sed -n 's/.*\"'\"${2#.}\"'\": *\"\\([^\"]*\\)\".*/\\1/p' \"$3\"");
        host.program("holdfast-agent", "exec " + ROOT + "/packaging/bin/holdfast-agent \"$@\"");
        String second = blocks.get(1).replace("localhost:7440", rig.agentAddress());
        assertTrue(second.endsWith(SERVE_AGENT + "\n"), second);
        String where = "D=" + rig.folder() + "\n";
        String joined = host.sh(where + second.replace(SERVE_AGENT, ""));
        assertTrue(joined.contains("\ninstance mi-"), joined);
        String _ = rig.startAgent();

        String call = second.substring(second.indexOf("call() {"), second.indexOf("\n}\n") + 3);
        String seen = host.sh(where + call + blocks.get(2));

        assertTrue(seen.contains("Success=1"), seen);
        assertTrue(seen.contains("Compliant"), seen);
        assertTrue(seen.contains("Online"), seen);
      }
    }
  }

  @Test
  void twoCommandsAreEnough() throws Exception {
    List<String> blocks = blocks("Two commands");
    assertEquals(1, blocks.size());
    try (Rig rig = new Rig()) {
      rig.startCoordinator(); // as its package does
      PlayedHost host = new PlayedHost(rig, "web-1");
      host.sh(blocks.getFirst());
      assertEquals("web-1", host.instances().getFirst().getName());
      assertEquals("systemctl enable --now holdfast-agent", host.calls().getLast());
    }
  }

  @Test
  void whatItSaysWithoutACoordinatorWorks() throws Exception {
    List<String> blocks = blocks("Without a coordinator");
    assertEquals(1, blocks.size());
    try (Rig rig = new Rig()) {
      PlayedHost host = new PlayedHost(rig, "host");
      host.program("holdfast-agent", "exec " + ROOT + "/packaging/bin/holdfast-agent \"$@\"");
      // whether this machine is well is not asked
      String seen = host.shown("cd " + ROOT + "\n" + blocks.getFirst());
      for (String part :
          List.of(
              "\"valid\":true",
              "{\"status\":",
              "T01:00:00Z\n",
              "\"typeName\": \"AWS:Application\"")) {
        assertTrue(seen.contains(part), "no " + part);
      }
    }
  }

  private static List<String> blocks(String heading) {
    return Page.named("README.md").blocks().stream()
        .filter(block -> block.language().equals("sh") && block.heading().equals(heading))
        .map(block -> block.lines().stream().collect(Collectors.joining("\n", "", "\n")))
        .toList();
  }
}
