package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuiltInDocumentsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @SuppressWarnings("NullAway.Init") // set before each test
  private Store store;

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Store.open(folder, () -> NOW, Store.Durability.PROCESS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aDocumentIsPutOnceAndAChangedOneBecomesTheDefault() {
    put("echo one");
    put("echo one");
    assertEquals("Holdfast 1 of 1", state());

    put("echo two");
    put("echo two");

    assertEquals("Holdfast 2 of 2", state());
    assertEquals(
        List.of("DocumentCreated", "DocumentUpdated"),
        store.read(read -> EventLog.after(read, 0, 10)).stream()
            .map(EventLog.Event::type)
            .toList());
  }

  private void put(String command) {
    String content =
        "schemaVersion: \"2.2\"\nmainSteps:\n- action: aws:runShellScript\n  name: run\n"
            + "  inputs:\n    runCommand:\n    - "
            + command
            + "\n";
    BuiltInDocuments.put(
        store,
        new AssociationDesk(100),
        Map.of("AWS-Test", content.getBytes(StandardCharsets.UTF_8)));
  }

  private String state() {
    Documents.Name row = store.read(read -> Documents.find(read, "AWS-Test")).orElseThrow();
    return row.owner() + " " + row.defaultVersion() + " of " + row.latestVersion();
  }
}
