package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.LookupEventsRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Activations made on the coordinator's own machine. */
final class ActivationCommandTest {
  @TempDir Path folder = Path.of("set by JUnit");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void oneIsMadeByTheCoordinatorThatRunsByTheRulesOfTheApiAndAuditedWithoutItsCode()
      throws Exception {
    try (Running running = Running.start(folder)) {
      JsonObject made =
          json("--name", "web", "--tag", "Role=web", "--tag", "Rack=", "--limit", "3");

      assertEquals("c.example:7440", made.get("coordinator").getAsString());
      assertEquals(
          Files.readString(folder.resolve("ca.pin")).strip(), made.get("caPin").getAsString());
      String code = made.get("activationCode").getAsString();
      String audit =
          AuditServiceGrpc.newBlockingStub(running.admin(running.adminToken()))
              .lookupEvents(LookupEventsRequest.getDefaultInstance())
              .toString();
      assertTrue(audit.contains("CreateActivation"), audit);
      assertTrue(audit.contains(made.get("activationId").getAsString()), audit);
      assertFalse(audit.contains(code), "the code is in the audit trail");
      assertEquals(1, run("create", "--limit", "0x", "--address", "c:1").errors().lines().count());
      assertTrue(
          run("create", "--ttl", "31d", "--address", "c:1").errors().contains("the next 30 days"));
      assertTrue(
          run("create", "--source", "10.0.0.1/8", "--address", "c:1")
              .errors()
              .contains("source_cidrs[0]: '10.0.0.1/8'"));
    }
  }

  @Test
  void oneIsMadeInTheStoreOfACoordinatorThatDoesNotRunAndListedAndDeleted() throws Exception {
    Running.start(folder).close();
    JsonObject made =
        json("--tag", "Role=web", "--source", "10.0.0.0/8", "--require-approval", "--ttl", "2h");
    String id = made.get("activationId").getAsString();
    try (Store store = Store.open(folder, Instant::now, Store.Durability.PROCESS)) {
      Activations.Activation row = store.read(read -> Activations.find(read, id)).orElseThrow();
      assertEquals(Map.of("Role", "web"), row.tags());
      assertEquals(List.of("10.0.0.0/8"), row.sourceCidrs());
      assertTrue(row.requireApproval());
      assertEquals(1, row.registrationLimit());
      assertEquals(row.expires().toString(), made.get("expires").getAsString());
    }
    String listed = run("list").output();
    assertTrue(listed.lines().toList().getLast().startsWith(id), listed);
    assertTrue(listed.lines().toList().getLast().endsWith("  good"), listed);
    assertFalse(listed.contains(made.get("activationCode").getAsString()), listed);
    assertEquals("", run("delete", id).errors());
    assertEquals(1, run("list").output().lines().count());
    assertEquals(
        "holdfast-coordinator: there is no activation '" + id + "'\n", run("delete", id).errors());
  }

  @Test
  void whatIsPrintedIsRefusedBeforeThereIsACode() throws Exception {
    Running.start(folder).close();

    assertTrue(
        run("create", "--format", "puppet", "--address", "c:1")
            .errors()
            .contains("give shell, cloud-init or ansible"));
    assertTrue(run("create", "--address", "c;reboot:1").errors().contains("give HOST:PORT"));
    assertTrue(
        run("create", "--config", folder.resolve("none").toString()).errors().contains("none"));
    assertEquals(1, run("list").output().lines().count(), "nothing was made");
  }

  @Test
  void theCoordinatorIsFoundWhereItsConfigurationSaysUnlessAnAddressIsGiven() throws Exception {
    Path file = folder.resolve("coordinator.yaml");
    Files.writeString(
        file, "advertise: [ holdfast.example, 10.0.0.7 ]\nagent_listen: 0.0.0.0:17440\n");
    assertEquals(
        new HostPort("holdfast.example", 17440), LocalAdministration.reachedAt(Optional.of(file)));
    Files.writeString(file, "agent_listen: 0.0.0.0:17440\n");
    HostPort byName = LocalAdministration.reachedAt(Optional.of(file));
    assertEquals(17440, byName.port());
    assertFalse(byName.host().isEmpty());
  }

  private JsonObject json(String... options) {
    List<String> words =
        new ArrayList<>(List.of("create", "--json", "--address", "c.example:7440"));
    words.addAll(List.of(options));
    Said said = run(words.toArray(String[]::new));
    assertEquals("", said.errors());
    assertEquals(1, said.output().lines().count());
    return JsonParser.parseString(said.output()).getAsJsonObject();
  }

  private record Said(String output, String errors) {}

  private Said run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> line = new ArrayList<>(List.of("activation"));
    line.addAll(List.of(words));
    line.addAll(List.of("--data", folder.toString()));
    CommandLine program = Main.program();
    program.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    program.execute(line.toArray(String[]::new));
    return new Said(out.toString(), err.toString());
  }
}
