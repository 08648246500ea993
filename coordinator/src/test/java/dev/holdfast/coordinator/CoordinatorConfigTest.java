package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.command.ServeFlags;
import dev.holdfast.coordinator.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
