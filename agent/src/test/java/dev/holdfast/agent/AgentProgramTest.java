package dev.holdfast.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.MachineFingerprint;
import dev.holdfast.agent.identity.TestAuthority;
import dev.holdfast.agent.identity.TestCoordinator;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.task.Failpoints;
import dev.holdfast.testing.NoticeSocket;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.SetCurrent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program but its process: commands, real TLS, real disk, a coordinator of our own. */
class AgentProgramTest {
  private static final String DOMAIN = "holdfast.test";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final BlockingQueue<String> ready = new LinkedBlockingQueue<>();
  private final List<Integer> halts = new ArrayList<>();
  private TestAuthority authority;
  private TestCoordinator coordinator;
  private Path state;
  private Optional<Path> config = Optional.empty();

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  AgentProgramTest() {}

  @BeforeEach
  void prepare() throws Exception {
    authority = new TestAuthority("right");
    coordinator = new TestCoordinator(authority, DOMAIN);
    state = folder.resolve("state");
    Files.writeString(folder.resolve("code"), TestCoordinator.CODE + "\n");
  }

  @AfterEach
  void end() {
    coordinator.close();
  }

  @Test
  void enrollingPrintsTheInstanceAndIsSafeToRepeat() {
    assertEquals(0, enroll());
    assertEquals("instance mi-00000000000abc000\n", output());
    assertEquals(0, enroll());
    assertEquals("instance mi-00000000000abc000\n", output());
    assertEquals(1, coordinator.requests.size(), "the second time nobody is asked");
  }

  @Test
  void anotherCoordinatorIsRefusedUnlessTheHostAllowsIt() throws Exception {
    assertEquals(0, enroll());
    output();
    TestAuthority otherAuthority = new TestAuthority("other");
    try (TestCoordinator other = new TestCoordinator(otherAuthority, "other.test")) {
      String[] there = {
        "enroll",
        "--coordinator",
        other.address().toString(),
        "--ca-pin",
        otherAuthority.pin(),
        "--activation-id",
        "a",
        "--activation-code-file",
        folder.resolve("code").toString(),
        "--state",
        state.toString()
      };
      assertEquals(1, run(there));
      assertTrue(errors().contains("use --replace, with allow_reenroll: true"));

      List<String> replacing = new ArrayList<>(List.of(there));
      replacing.add("--replace");
      replacing.add("--config");
      Path config = folder.resolve("agent.yaml");
      replacing.add(config.toString());
      Files.writeString(config, "");
      assertEquals(1, run(replacing.toArray(String[]::new)));
      assertTrue(errors().contains("set allow_reenroll: true in " + config));
      assertEquals(List.of(), other.requests);

      Files.createDirectory(state.resolve("spool"));
      Files.writeString(config, "allow_reenroll: true\n");
      assertEquals(0, run(replacing.toArray(String[]::new)));
      assertTrue(output().startsWith("instance mi-"));
      assertFalse(Files.exists(state.resolve("spool")), "nothing of the other's is left");
    }
  }

  @Test
  void aFolderThatWasCopiedToAnotherMachineIsPutAsideAndTheMachineEnrolsAnew() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeFalse(
        MachineFingerprint.here().isEmpty(), "this machine has no /etc/machine-id");
    assertEquals(0, enroll());
    output();
    IdentityFile file = new IdentityFile(new FileDisk(state));
    file.replace(file.read().orElseThrow().on("f".repeat(64)));
    Files.writeString(state.resolve("something"), "of the other machine");

    assertEquals(1, run("serve", "--state", state.toString()));
    String told = errors();
    assertTrue(told.contains("this is another machine than the one that enrolled as mi-"), told);
    assertTrue(told.contains("run holdfast-agent enroll"), told);
    assertTrue(Files.exists(state.resolve("parked-1/identity/identity")));
    assertTrue(Files.exists(state.resolve("parked-1/something")));
    assertEquals(1, run("serve", "--state", state.toString()));
    assertTrue(errors().contains("has not enrolled"));
    assertEquals(0, enroll());
    assertEquals(2, coordinator.requests.size());
    assertTrue(Files.exists(state.resolve("parked-1/identity/identity")));
  }

  @Test
  void usageAndFailureAreOneLineWithTheirExitCode() throws Exception {
    assertEquals(2, run());
    assertEquals("holdfast-agent: a command is missing; see holdfast-agent --help\n", errors());
    assertEquals(2, run("enroll", "--bogus"));
    assertEquals(1, errors().lines().count());
    assertEquals(1, run("status", "--state", state.toString()));
    assertTrue(errors().contains("no agent answers for the state folder " + state));
    assertEquals(1, run("serve", "--state", state.toString()));
    assertTrue(errors().contains("has not enrolled; run holdfast-agent enroll"));
    Path config = folder.resolve("agent.yaml");
    Files.writeString(config, "sate: /x\n");
    assertEquals(1, run("serve", "--config", config.toString()));
    assertEquals(
        "holdfast-agent: " + config + ":1:1: unknown key 'sate'; did you mean 'state'?\n",
        errors());
    assertEquals(0, run("--version"));
    assertTrue(output().startsWith("holdfast-agent "));
    assertEquals(0, run("enroll", "--help"));
    assertTrue(output().contains("--activation-code-file"));
  }

  @Test
  void serviceIsReadyOnceTheCoordinatorConfirmsAndTellsItsStatus() throws Exception {
    assertEquals(0, enroll());
    output();
    try (AgentProgram program = program()) {
      program.start(Duration.ofSeconds(60));
      Hello hello = coordinator.next().getHello();
      assertEquals("Linux", hello.getPlatform().getType());
      coordinator.send(CoordinatorMessage.newBuilder().setAck(Ack.newBuilder().setEpoch(1)));
      coordinator.send(
          CoordinatorMessage.newBuilder()
              .setCurrent(
                  SetCurrent.newBuilder()
                      .setGeneration(AssignmentCodec.toProto(new Generation(1, 4)))
                      .setSetSha256(ByteString.copyFrom(AssignmentSet.NONE.sha256().raw()))));

      assertEquals(
          "ready instance=mi-00000000000abc000 coordinator=" + coordinator.address(),
          ready.poll(20, TimeUnit.SECONDS));
      assertEquals(0, run("status", "--json", "--state", state.toString()));
      String json = output();
      assertEquals(1, json.lines().count());
      assertTrue(json.contains("\"instanceId\":\"mi-00000000000abc000\""), json);
      assertTrue(json.contains("\"link\":\"linked\""), json);
      assertTrue(json.contains("\"generation\":\"1.4\""), json);
      assertTrue(json.contains("\"records\":0"), json);
      assertTrue(json.matches("(?s).*\"rssBytes\":[1-9].*"), json);
      assertEquals(0, run("status", "--state", state.toString()));
      assertTrue(output().contains("link        linked"));

      assertEquals(0, run("metrics", "--state", state.toString()));
      String metrics = output();
      assertTrue(metrics.contains("holdfast_agent_link{state=\"linked\"} 1\n"), metrics);
      assertTrue(metrics.contains("holdfast_agent_set_position 4\n"), metrics);
      assertTrue(metrics.contains("holdfast_agent_runs_ended_total{status=\"Success\"} 0\n"));
      assertTrue(
          Thread.getAllStackTraces().keySet().stream()
              .noneMatch(thread -> thread.getName().equals("HTTP-Dispatcher")),
          "nobody asked for a port");

      assertEquals(1, run("serve", "--state", state.toString()));
      assertTrue(errors().contains("in use by another agent"));
    }
    assertEquals(List.of(), halts);
    assertFalse(Files.exists(state.resolve("agent.sock")));
  }

  @Test
  void aReplacedSetMakesItReadyToo() throws Exception {
    assertEquals(0, enroll());
    try (AgentProgram program = program()) {
      program.start(Duration.ofSeconds(60));
      coordinator.next();
      AssignmentSet set =
          new AssignmentSet(
              new Generation(1, 9),
              List.of(),
              List.of("00000000-0000-4000-8000-000000000000"),
              List.of());
      coordinator.send(CoordinatorMessage.newBuilder().setAck(Ack.newBuilder().setEpoch(1)));
      coordinator.send(CoordinatorMessage.newBuilder().setSet(AssignmentCodec.toProto(set)));

      AgentMessage adopted = coordinator.next();
      assertEquals(
          new Generation(1, 9), AssignmentCodec.fromProto(adopted.getAdopted().getGeneration()));
      assertTrue(
          Optional.ofNullable(ready.poll(20, TimeUnit.SECONDS))
              .orElse("")
              .contains("coordinator="));
    }
  }

  @Test
  void itemsThatSomebodyPutsAreSentAfterTheyAreOnDisk() throws Exception {
    assertEquals(0, enroll());
    output();
    Path file =
        Files.writeString(
            folder.resolve("items.json"),
            "[{\"Id\": \"full\", \"Severity\": \"HIGH\", \"Status\": \"COMPLIANT\"}]");
    String[] put = {
      "compliance", "put", "--type", "Custom:Backup", "--state", state.toString(), file.toString()
    };
    assertEquals(1, run(put));
    assertTrue(errors().contains("no agent answers for the state folder " + state), "none runs");
    try (AgentProgram program = program()) {
      program.start(Duration.ofSeconds(60));
      coordinator.next();
      assertEquals(0, run(put));
      assertEquals("put type=Custom:Backup items=1\n", output());
    }
    try (AgentProgram program = program()) {
      program.start(Duration.ofSeconds(60));
      coordinator.next();
      coordinator.send(CoordinatorMessage.newBuilder().setAck(Ack.newBuilder().setEpoch(1)));
      AgentMessage sent = coordinator.next();

      assertEquals(
          "full",
          sent.getReports().getReports(0).getCompliance().getItems(0).getId(),
          sent::toString);
    }
  }

  @Test
  void withoutACoordinatorItIsReadyOffline() throws Exception {
    assertEquals(0, enroll());
    coordinator.close();
    try (AgentProgram program = program()) {
      program.start(Duration.ofMillis(300));
      assertEquals("ready instance=mi-00000000000abc000 offline", ready.poll(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void aDiskThatFailsEndsTheProgramWithItsOwnCode() throws Exception {
    assertEquals(0, enroll());
    try (AgentProgram program = program()) {
      // A folder where the file with the set should be: reading it fails.
      Files.createDirectories(state.resolve("assignments/set"));
      program.start(Duration.ofSeconds(60));
      for (int i = 0; i < 200 && halts.isEmpty(); i++) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      assertEquals(List.of(AgentProgram.DISK_FAILED), halts);
    }
  }

  @Test
  void theServiceManagerHearsThatItIsReadyOfflineThatItLivesAndThatItStops() throws Exception {
    assertEquals(0, enroll());
    coordinator.close();
    try (NoticeSocket manager = new NoticeSocket("@" + folder)) {
      try (AgentProgram program = program()) {
        program.serviceOf(watched(manager, Duration.ofMillis(200)), 1);
        program.start(Duration.ofMillis(300));
        List<String> said = manager.until("WATCHDOG=1", SOON);
        assertEquals("READY=1", said.getFirst());
        assertTrue(said.get(1).startsWith("STATUS=link "), said::toString);
        assertTrue(said.get(1).endsWith("; nothing runs"), said::toString);
        manager.until("WATCHDOG=1", SOON);
      }
      List<String> last = manager.until("STOPPING=1", SOON);
      last.addAll(manager.drain());
      assertEquals(
          List.of("STOPPING=1", "STATUS=stopping"), last.subList(last.size() - 2, last.size()));
    }
  }

  @Test
  void theWatchdogStarvesWhileTheOwnerStandsStill() throws Exception {
    assertEquals(0, enroll());
    CountDownLatch stands = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    Thread putting = Thread.ofVirtual().unstarted(() -> {});
    Failpoints holdUp =
        name -> {
          if (name.equals(Failpoints.AFTER_SEND)) {
            stands.countDown();
            try {
              goesOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (NoticeSocket manager = new NoticeSocket("@" + folder);
        AgentProgram program = program(new Armed(holdUp, Optional.empty()))) {
      try {
        program.serviceOf(watched(manager, Duration.ofMillis(200)), 1);
        program.start(Duration.ofSeconds(60));
        coordinator.next();
        coordinator.send(CoordinatorMessage.newBuilder().setAck(Ack.newBuilder().setEpoch(1)));
        coordinator.send(
            CoordinatorMessage.newBuilder().setSet(AssignmentCodec.toProto(AssignmentSet.NONE)));
        manager.until("WATCHDOG=1", SOON);
        Path file =
            Files.writeString(
                folder.resolve("items.json"),
                "[{\"Id\": \"full\", \"Severity\": \"HIGH\", \"Status\": \"COMPLIANT\"}]");
        String[] put = {
          "compliance",
          "put",
          "--type",
          "Custom:Backup",
          "--state",
          state.toString(),
          file.toString()
        };
        putting = Thread.ofVirtual().start(() -> assertEquals(0, run(put)));
        assertTrue(stands.await(SOON.toSeconds(), TimeUnit.SECONDS));
        manager.drain();

        assertEquals(Optional.empty(), manager.next(Duration.ofSeconds(1)));
      } finally {
        goesOn.countDown();
      }
      manager.until("WATCHDOG=1", SOON);
      putting.join();
    }
  }

  @Test
  void theWatchdogStarvesOnceTheDiskHasFailed() throws Exception {
    assertEquals(0, enroll());
    Files.createDirectories(state.resolve("assignments/set"));
    try (NoticeSocket manager = new NoticeSocket("@" + folder);
        AgentProgram program = program()) {
      program.serviceOf(watched(manager, Duration.ofMillis(100)), 1);
      program.start(Duration.ofMillis(300));
      manager.until("READY=1", SOON);
      List<String> more = new ArrayList<>();
      manager.next(Duration.ofMillis(500)).ifPresent(more::add);
      assertEquals(List.of(AgentProgram.DISK_FAILED), halts);
      assertFalse(more.contains("WATCHDOG=1"), more::toString);
    }
  }

  private static Map<String, String> watched(NoticeSocket manager, Duration watchdog) {
    return Map.of(
        "NOTIFY_SOCKET",
        manager.name(),
        "WATCHDOG_USEC",
        Long.toString(watchdog.toNanos() / 1000),
        "WATCHDOG_PID",
        "1");
  }

  @Test
  void metricsAndHealthAreReadWhereTheHostSaysSo() throws Exception {
    assertEquals(0, enroll());
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = Files.writeString(folder.resolve("agent.yaml"), "metrics_listen: " + port + "\n");
    config = Optional.of(file);
    try (AgentProgram program = program()) {
      program.start(Duration.ofSeconds(60));
      coordinator.next();

      assertEquals("200 ok\n", http(port, "/healthz"));
      assertEquals("200 ready\n", http(port, "/readyz"));
      String metrics = http(port, "/metrics");
      assertTrue(metrics.startsWith("200 # HELP holdfast_agent_build_info"), metrics);
      assertTrue(metrics.contains("holdfast_agent_link{state=\"connecting\"} 1\n"), metrics);
    }
    assertEquals(List.of(), halts);
  }

  private static String http(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  private AgentProgram program() throws Exception {
    return program(Armed.NOTHING);
  }

  private AgentProgram program(Armed armed) throws Exception {
    PrintStream lines =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            ready.add(line);
          }
        };
    return new AgentProgram(
        AgentConfig.read(config, Optional.of(state)),
        "1",
        Clock.systemUTC(),
        lines,
        halts::add,
        armed);
  }

  private int enroll() {
    return run(
        "enroll",
        "--coordinator",
        coordinator.address().toString(),
        "--ca-pin",
        authority.pin(),
        "--activation-id",
        "a",
        "--activation-code-file",
        folder.resolve("code").toString(),
        "--state",
        state.toString());
  }

  private int run(String... arguments) {
    try (PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errorsTo = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      return Main.commands(to, errorsTo)
          .setOut(new PrintWriter(to, true, StandardCharsets.UTF_8))
          .execute(arguments);
    }
  }

  private String output() {
    String text = out.toString(StandardCharsets.UTF_8);
    out.reset();
    return text;
  }

  private String errors() {
    String text = err.toString(StandardCharsets.UTF_8);
    err.reset();
    return text;
  }
}
