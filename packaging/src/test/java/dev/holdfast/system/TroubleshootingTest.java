package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.pages.AdminCalls;
import dev.holdfast.pages.Page;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * docs/troubleshooting.md: what its symptoms are is brought about, its commands are typed, and what
 * they print is compared with the page; whatever else it quotes is in the programs.
 */
@Timeout(400)
final class TroubleshootingTest {
  private static final Page PAGE = Page.named("docs/troubleshooting.md");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String INSTANCE = "mi-0123456789abcdef0";
  private static final String EXECUTION = "33333333-3333-3333-3333-333333333333";
  private static final String RUN = "44444444-4444-4444-4444-444444444444";
  private static final String EVERYWHERE =
      "\"targets\": [{\"key\": \"InstanceIds\", \"values\": [\"*\"]}]";

  private final AdminCalls calls = new AdminCalls();

  /** What stands on the page, and what is in its place here. */
  private final Map<String, String> here = new LinkedHashMap<>();

  private final Set<String> lived = new LinkedHashSet<>();

  @Test
  void whatThePageShowsIsPrinted() throws Exception {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      try (AdminDoor door = new AdminDoor(rig)) {
        PlayedHost host = played(rig, door);
        Files.writeString(host.folder.resolve("code"), "not the code");
        Files.copy(rig.data().resolve("ca.pin"), host.folder.resolve("ca.pin"));
        typed(host, "A host is refused when it joins");
        typed(host, "The agent gives no answer");

        here.put(INSTANCE, rig.enroll(Map.of("Role", "web")));
        String touchy = "crashes_to_park: 0\ncrashes_to_safe_mode: 1\nallow_reboot: false\n";
        String _ = rig.startAgent(touchy);
        associations(rig, host);
        webhook(rig, host);

        rig.agent().kill();
        String _ = rig.startAgent(touchy);
        typed(host, "The agent runs nothing");
        assertEquals(0, rig.agent().stop());
        await(() -> host.sh("holdfast get instances"), "ConnectionLost");
        typed(host, "An instance is not Online");

        String _ = rig.startAgent(touchy);
        assertEquals(0, rig.coordinator().stop());
        await(() -> rig.agent().said(), "reason=UNAVAILABLE: Connection refused");
        typed(host, "The agent has no link");
        typed(host, "holdfast gets no answer");
        withoutCoordinator(rig, host);
      }
    }
    assertEquals(
        headings(), lived.stream().sorted().toList(), "each of the page, and nothing beside");
  }

  @Test
  void whatIsPrintedOtherwiseIsFound() {
    Pattern template = template(List.of("# one", "said … here", "…", "last"));

    assertTrue(template.matcher("# one\nsaid it here\nmore\nmore\nlast\n").matches());
    assertTrue(template.matcher("# one\nsaid  here\nlast\n").matches());
    assertFalse(template.matcher("# one\nsaid it there\nlast\n").matches());
    assertFalse(template.matcher("# one\nmore\nsaid it here\nlast\n").matches());
    assertFalse(template.matcher("# one\nsaid it here\nlast\nmore\n").matches());
    assertEquals("a b\nc\n", plain("a   b \n  c"));
  }

  private PlayedHost played(Rig rig, AdminDoor door) throws IOException {
    PlayedHost host = new PlayedHost(rig, "host", rig.state());
    host.program("call", door.call());
    host.program("runuser", "shift 3\nexec \"$@\"");
    // as its page calls it: -u UNIT -n LINES
    host.program("journalctl", "exec tail -n \"$4\" " + rig.folder() + "/\"$2\".log");
    here.put("coordinator.example.com:7440", rig.agentAddress());
    here.put("localhost:7441", rig.adminAddress());
    here.put("/var/lib/holdfast-agent", rig.state().toString());
    here.put("/var/lib/holdfast-coordinator", rig.data().toString());
    here.put("\"$ID\"", "11111111-1111-1111-1111-111111111111");
    return host;
  }

  private void associations(Rig rig, PlayedHost host) throws Exception {
    rig.createScript("dump", List.of("echo no room for the dump >&2", "exit 3"));
    String nightly =
        call(
            rig,
            "AssociationService/CreateAssociation",
            "{\"association\": {\"name\": \"dump\", \"association_name\": \"nightly\", %s}}"
                .formatted(EVERYWHERE));
    assertTrue(host.shown("holdfast wait association nightly").contains("Failed=1"));
    String execution = rig.executions(found("associationId", nightly)).getFirst().getExecutionId();
    here.put(EXECUTION, execution);
    here.put(RUN, rig.targets(found("associationId", nightly), execution).getFirst().getRunId());
    typed(host, "A run failed");

    call(
        rig,
        "AssociationService/UpdateAssociation",
        """
        {"association_id": "nightly", "association": {"enabled": false}, "update_mask": "enabled"}
        """);
    typed(host, "An association does not run");

    call(rig, "AssociationService/SetFreeze", "{\"reason\": \"the data centre moves\"}");
    call(
        rig,
        "AssociationService/CreateAssociation",
        "{\"association\": {\"name\": \"dump\", \"association_name\": \"moved\", %s}}"
            .formatted(EVERYWHERE));
    typed(host, "A run waits");
    call(rig, "AssociationService/ClearFreeze", "{}");
    assertTrue(host.shown("holdfast wait association moved").contains("Failed=1"));
  }

  private void webhook(Rig rig, PlayedHost host) throws Exception {
    call(
        rig,
        "EventService/PutWebhook",
        """
        {"name": "chat", "url": "http://127.0.0.1:1/", "types": ["ExecutionEnded"],
         "secret": "correct horse battery staple"}
        """);
    call(rig, "AssociationService/StartAssociationsOnce", "{\"association_ids\": [\"moved\"]}");
    await(() -> call(rig, "EventService/ListWebhooks", "{}") + rig.lastLines(20), "FAILING");
    typed(host, "A webhook is not delivered");
  }

  /** It has stopped in order. */
  private void withoutCoordinator(Rig rig, PlayedHost host) throws Exception {
    Path wrong =
        Files.writeString(rig.folder().resolve("coordinator.yaml"), "admin_listn: localhost\n");
    String _ =
        Launched.run(
            rig.folder(), "holdfast-coordinator", List.of("serve", "--config", wrong + ""), 1);
    typed(host, "The coordinator does not start");

    try (RandomAccessFile file =
        new RandomAccessFile(rig.data().resolve("holdfast.db").toFile(), "rw")) {
      byte[] nothing = new byte[4096];
      for (long at = 8 * 4096; at + 4096 < file.length(); at += 3 * 4096) {
        file.seek(at);
        file.write(nothing);
      }
    }
    typed(host, "The store is damaged");
  }

  /** Types what stands below a heading, and compares. */
  private void typed(PlayedHost host, String heading) throws Exception {
    List<Page.Block> blocks =
        PAGE.blocks().stream()
            .filter(block -> block.language().equals("console"))
            .filter(block -> block.heading().equals(heading))
            .toList();
    assertEquals(1, blocks.size(), heading);
    List<String> shown = new ArrayList<>();
    for (String line : blocks.getFirst().lines()) {
      if (line.startsWith("# ")) {
        shown.add(line);
        String command = line.substring(2);
        for (var one : here.entrySet()) {
          command = command.replace(one.getKey(), one.getValue());
        }
        shown.addAll(host.shown(command).lines().toList());
      }
    }
    String printed = String.join("\n", shown);
    for (var one : here.entrySet()) {
      printed = printed.replace(one.getValue(), one.getKey());
    }
    Pattern template = template(blocks.getFirst().lines());
    assertTrue(
        template.matcher(plain(printed)).matches(),
        heading + ": the page says\n" + template + "\nand it is\n" + plain(printed));
    lived.add(heading);
  }

  /** Of lines of the page: a line that is left out stands for any number of them. */
  private static Pattern template(List<String> lines) {
    StringBuilder pattern = new StringBuilder();
    for (String line : lines) {
      if (line.equals("…")) {
        pattern.append("(?:.*\n)*?");
      } else {
        StringBuilder one = new StringBuilder();
        for (String piece : plain(line).split("…", -1)) {
          one.append(one.isEmpty() ? "" : ".*").append(Pattern.quote(piece));
        }
        pattern.append(one).append('\n');
      }
    }
    return Pattern.compile(pattern.toString());
  }

  /** Without what aligns columns and nests. */
  private static String plain(String text) {
    String lines = text.replaceAll("[ \t]+", " ").replaceAll("(?m)^ | $", "");
    return text.contains("\n") ? lines + "\n" : lines;
  }

  private static List<String> headings() {
    return PAGE.blocks().stream()
        .filter(block -> block.language().equals("console"))
        .map(Page.Block::heading)
        .sorted()
        .toList();
  }

  private String call(Rig rig, String name, String json) {
    return calls.make(rig.channel(), rig.token(), name, json);
  }

  private static String found(String field, String json) {
    Matcher value = Pattern.compile("\"" + field + "\": *\"([^\"]*)\"").matcher(json);
    assertTrue(value.find(), json);
    return value.group(1);
  }

  private static void await(Callable<String> shown, String part) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (String now = shown.call(); !now.contains(part); now = shown.call()) {
      assertTrue(System.nanoTime() < end, "no " + part + " in time: " + now);
      TimeUnit.MILLISECONDS.sleep(300);
    }
  }
}
