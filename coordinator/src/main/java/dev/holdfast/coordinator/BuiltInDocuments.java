package dev.holdfast.coordinator;

import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Problem;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents that come with the coordinator. One that a new coordinator has changed gets a new
 * version, which becomes the default; people can't change them.
 */
final class BuiltInDocuments {
  private static final Logger LOG = LoggerFactory.getLogger("documents");

  /** Whose they are. */
  static final String OWNER = "Holdfast";

  private static final List<String> NAMES =
      List.of(
          "AWS-ApplyAnsiblePlaybooks",
          "AWS-GatherSoftwareInventory",
          "AWS-RefreshAssociation",
          "AWS-RunDocument",
          "AWS-RunPatchBaseline",
          "AWS-RunPowerShellScript",
          "AWS-RunRemoteScript",
          "AWS-RunShellScript",
          "Holdfast-Probe");

  /** These only look; all others are commands. */
  private static final Set<String> POLICIES =
      Set.of("AWS-GatherSoftwareInventory", "Holdfast-Probe");

  private static final List<String> ENDINGS = List.of(".yaml", ".json");

  private BuiltInDocuments() {}

  /** Reads those of the program, by name. */
  static Map<String, byte[]> load() throws IOException {
    Map<String, byte[]> documents = new LinkedHashMap<>();
    for (String name : NAMES) {
      for (String ending : ENDINGS) {
        try (InputStream in =
            BuiltInDocuments.class.getResourceAsStream("/documents/" + name + ending)) {
          if (in != null) {
            documents.put(name, in.readAllBytes());
          }
        }
      }
    }
    return documents;
  }

  /** Puts them into the store, as far as it has others. */
  static void put(Store store, Consequences consequences, Map<String, byte[]> documents) {
    documents.forEach(
        (name, content) -> {
          if (!current(store, name).equals(Optional.of(Sha256.of(content)))) {
            int version = store.write(write -> put(write, consequences, name, content));
            LOG.info("put a built-in document name={} version={}", name, version);
          }
        });
  }

  private static Optional<Sha256> current(Store store, String name) {
    return store.read(
        read ->
            Documents.find(read, name)
                .flatMap(row -> Documents.version(read, name, row.latestVersion()))
                .map(Documents.Version::sha256));
  }

  private static int put(Write write, Consequences consequences, String name, byte[] content) {
    DocumentReading reading = DocumentReader.read(content);
    if (reading.document().isEmpty()) {
      throw new IllegalStateException(
          "the built-in document "
              + name
              + " is wrong: "
              + reading.errors().stream().map(Problem::text).collect(Collectors.joining("; ")));
    }
    boolean isNew = Documents.find(write.read(), name).isEmpty();
    if (isNew) {
      Documents.add(write, name, POLICIES.contains(name) ? "POLICY" : "COMMAND", OWNER, Map.of());
    }
    int version =
        Documents.addVersion(
            write, name, "", "", reading.format().name(), reading.schemaVersion(), content);
    Documents.setDefault(write, name, version);
    write.append(
        isNew ? "DocumentCreated" : "DocumentUpdated",
        List.of(name),
        Map.of("version", Integer.toString(version)));
    consequences.documentChanged(write, name);
    return version;
  }
}
