package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/associations.md, made in their order against a coordinator. */
final class AssociationsPageTest {
  private static final String LATER = "2026-12-01T06:00:00Z";

  @Test
  void everyCallOfThePageIsAnsweredInItsOrder(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Running.start(data).close();
    try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
      store.write(
          write -> {
            InstanceId id = new InstanceId("mi-0123456789abcdef0");
            Instances.add(write, id, "web", "", "", "", new byte[0], "", "web-1");
            Instances.setTags(write, id, Map.of("Role", "web"));
            return true;
          });
    }
    PageCalls calls = PageCalls.of("associations.md");
    assertTrue(calls.names().contains("AssociationService/SetFreeze"));
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put(
        LATER, Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS).toString());
    try (Running running = Running.start(data)) {
      calls.makeAll(new Reflected(running.admin(running.adminToken())), replaced);
    }
  }
}
