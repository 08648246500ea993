package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.command.ServeFlags;
import dev.holdfast.coordinator.retention.Kept;
import dev.holdfast.coordinator.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CoordinatorConfigTest {
  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @Test
  void whatNobodySaysIsAsDocumented() throws Exception {
    CoordinatorConfig config = CoordinatorConfig.of(flags(""));

    assertEquals(Path.of("/var/lib/holdfast-coordinator"), config.data());
    assertEquals("0.0.0.0:7440", config.agentListen().toString());
    assertEquals("127.0.0.1:7441", config.adminListen().toString());
    assertEquals("127.0.0.1:7442", config.metricsListen().toString());
    assertEquals(Optional.empty(), config.trustDomain());
    assertEquals(100, config.guardInstances());
  }

  @Test
  void theCommandLineComesBeforeTheFile() throws Exception {
    Path file =
        file("agent_listen: 10.0.0.1:1\nadmin_listen: 10.0.0.1:2\nguard:\n  instances: 7\n");

    CoordinatorConfig config =
        CoordinatorConfig.of(
            new ServeFlags(
                Optional.of(file),
                Optional.empty(),
                Optional.of(new HostPort("::1", 0)),
                Optional.empty(),
                Optional.empty(),
                List.of("a.example"),
                Optional.empty()));

    assertEquals("[::1]:0", config.agentListen().toString());
    assertEquals("10.0.0.1:2", config.adminListen().toString());
    assertEquals(7, config.guardInstances());
    assertEquals(List.of("a.example"), config.advertise());
  }

  @Test
  void anUnknownKeyStopsTheStartAndSaysWhichOneWasMeant() throws IOException {
    StartException refused =
        assertThrows(
            StartException.class, () -> CoordinatorConfig.of(flags("agent_lisen: 0.0.0.0:1\n")));

    says("did you mean 'agent_listen'?", refused);
    says(":1:1:", refused);
  }

  @Test
  void whatHasAWrongFormStopsTheStart() throws IOException {
    for (String wrong :
        List.of(
            "advertise: [\"a:b:443x\"]\n",
            "advertise: [\"https://a.example\"]\n",
            "trust_domain: Not A Domain\n",
            "guard.instances: 0\n",
            "log_level: loud\n",
            "admin_listen: 7441\n")) {
      assertThrows(StartException.class, () -> CoordinatorConfig.of(flags(wrong)), wrong);
    }
  }

  @Test
  void howLongThingsAreKeptIsAsDocumentedUnlessTheFileSaysSo() throws Exception {
    assertEquals(Kept.DEFAULT, CoordinatorConfig.of(flags("")).kept());

    CoordinatorConfig config =
        CoordinatorConfig.of(
            flags(
                """
                retention:
                  runs: 2d
                  runs_per_instance: 20
                  outputs_per_instance: 0
                  executions: 60d
                  events: 36h
                  audit: 500d
                """));

    assertEquals(
        new Kept(
            Duration.ofDays(2),
            20,
            0,
            Duration.ofDays(60),
            Duration.ofHours(36),
            Duration.ofDays(500)),
        config.kept());
    assertEquals("PT36H", config.effective().get("retention.events"));
    assertEquals("60d", config.effective().get("retention.executions"));
  }

  @Test
  void whatIsKeptForTooShortOrTooLongIsRefused() throws IOException {
    Map<String, String> wrong =
        Map.of(
            "retention.runs: 23h", "retention.runs",
            "retention.runs_per_instance: 9", "from 10 to 1000000",
            "retention.outputs_per_instance: -1", "retention.outputs_per_instance",
            "retention.executions: 44d", "it must be from 45d to 36500d",
            "retention.events: 0d", "it must be from 1d to 36500d",
            "retention.audit: 40000d", "retention.audit",
            "retention.runs: 91d", "keep executions at least as long as their runs");
    for (var line : wrong.entrySet()) {
      says(
          line.getValue(),
          assertThrows(
              StartException.class,
              () -> CoordinatorConfig.of(flags(line.getKey() + "\n")),
              line.getKey()));
    }
  }

  @Test
  void aFileThatIsNamedMustBeThere() {
    Path nowhere = folder.resolve("nowhere.yaml");

    assertThrows(
        StartException.class,
        () ->
            CoordinatorConfig.of(
                new ServeFlags(
                    Optional.of(nowhere),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty())));
  }

  private ServeFlags flags(String content) throws IOException {
    return new ServeFlags(
        Optional.of(file(content)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("coordinator.yaml"), content);
  }

  private static void says(String words, Exception refused) {
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(words), message);
  }
}
