package dev.holdfast.agent.inventory;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Query;
import dev.holdfast.document.Value;
import dev.holdfast.task.InventoryLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries of {@code Host:Container}, from Docker and Podman, where they are. How long one is up is
 * left out, since it changes by itself; so are its command and its labels: people put secrets
 * there.
 */
final class Containers {
  private static final Logger LOG = LoggerFactory.getLogger(Containers.class);
  private static final int SHORT_ID = 12;

  private final Path root;
  private final Query query;

  Containers(Path root, Query query) {
    this.root = root;
    this.query = query;
  }

  void read(Consumer<Map<String, String>> entries) {
    ask(
        "docker",
        List.of("ps", "--all", "--no-trunc", "--format", "{{json .}}"),
        lines -> lines.forEach(line -> docker(line, entries)));
    ask(
        "podman",
        List.of("ps", "--all", "--format", "json"),
        lines -> podman(String.join("\n", lines), entries));
  }

  /** A program whose daemon does not run has no containers that run. */
  private void ask(String program, List<String> arguments, Consumer<List<String>> answer) {
    Optional<Path> path = HostFiles.program(root, program);
    if (path.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of(path.get().toString()));
    command.addAll(arguments);
    List<String> lines = new ArrayList<>();
    try {
      query.lines(command, InventoryLimits.QUERY, lines::add);
    } catch (ProcessException e) {
      LOG.info("no containers are told program={} reason={}", program, e.getMessage());
      return;
    }
    answer.accept(lines);
  }

  /** Reads a line of what {@code docker ps} prints: an object. */
  static void docker(String line, Consumer<Map<String, String>> entries) {
    Map<String, Value> fields = Json.fields(line);
    if (!Json.text(fields, "ID").isEmpty()) {
      entries.accept(
          new Attributes()
              .with("Runtime", "docker")
              .with("ContainerId", shortened(Json.text(fields, "ID")))
              .with("Name", Json.text(fields, "Names"))
              .with("Image", Json.text(fields, "Image"))
              .with("State", state(Json.text(fields, "State"), Json.text(fields, "Status")))
              .with("Ports", Json.text(fields, "Ports"))
              .with("CreatedAt", Json.text(fields, "CreatedAt"))
              .entry());
    }
  }

  /** Reads what {@code podman ps} prints: a list of objects. */
  static void podman(String json, Consumer<Map<String, String>> entries) {
    for (Value each : Json.items(json)) {
      Map<String, Value> fields = Json.fields(each);
      if (!Json.text(fields, "Id").isEmpty()) {
        entries.accept(
            new Attributes()
                .with("Runtime", "podman")
                .with("ContainerId", shortened(Json.text(fields, "Id")))
                .with("Name", Json.text(fields, "Names"))
                .with("Image", Json.text(fields, "Image"))
                .with("State", Json.text(fields, "State").toLowerCase(Locale.ROOT))
                .with("Ports", ports(fields.get("Ports")))
                .entry());
      }
    }
  }

  /** As Docker writes them: {@code 0.0.0.0:8080->80/tcp}. */
  private static String ports(@org.jspecify.annotations.Nullable Value value) {
    if (!(value instanceof Value.Items(var items))) {
      return "";
    }
    List<String> ports = new ArrayList<>();
    for (Value item : items) {
      Map<String, Value> port = Json.fields(item);
      String address = Json.text(port, "host_ip");
      ports.add(
          (address.isEmpty() ? "0.0.0.0" : address)
              + ":"
              + Json.text(port, "host_port")
              + "->"
              + Json.text(port, "container_port")
              + "/"
              + Json.text(port, "protocol"));
    }
    return String.join(", ", ports);
  }

  /** Old versions say it only at the beginning of how long it is so: {@code Up 3 days}. */
  private static String state(String state, String status) {
    if (!state.isEmpty()) {
      return state.toLowerCase(Locale.ROOT);
    }
    return status.startsWith("Up") ? "running" : status.startsWith("Exited") ? "exited" : "";
  }

  private static String shortened(String id) {
    return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
  }
}
