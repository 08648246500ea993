package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.CreateActivationResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real agent beside that of the rig: a folder, a log and a life of its own. */
final class Crew implements AutoCloseable {

  /** Who is killed on purpose, again and again, has not gone down because of what it runs. */
  private static final String AGENT = "crashes_to_park: 0\ncrashes_to_safe_mode: 0\n";

  private final Path folder;
  private final Path state;
  private final Path config;
  private final String instance;
  private @Nullable Launched running;

  private Crew(Path folder, Path state, Path config, String instance) {
    this.folder = folder;
    this.state = state;
    this.config = config;
    this.instance = instance;
  }

  /** One that has enrolled and does not run yet; it goes with the trial. */
  static Crew enrolled(Trial trial, Rig rig) throws IOException {
    Path folder = Files.createTempDirectory(trial.folder(), "crew");
    CreateActivationResponse activation = rig.activate(1, Map.of());
    Path code = Files.writeString(folder.resolve("code"), activation.getActivationCode());
    Path config = Files.writeString(folder.resolve("agent.yaml"), AGENT);
    Path state = folder.resolve("state");
    String said =
        Launched.run(
            folder,
            "holdfast-agent",
            List.of(
                "enroll",
                "--coordinator",
                rig.agentAddress(),
                "--ca-file",
                Field.authority(rig).toString(),
                "--activation-id",
                activation.getActivationId(),
                "--activation-code-file",
                code.toString(),
                "--state",
                state.toString()),
            0);
    String instance =
        said.lines()
            .filter(line -> line.startsWith("instance "))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("enroll said: " + said))
            .substring("instance ".length());
    return trial.closing(new Crew(folder, state, config, instance));
  }

  String instance() {
    return instance;
  }

  /** Where it keeps its state. */
  Path state() {
    return state;
  }

  /** Starts it, and waits until it says that it is ready, linked or not; its line. */
  String start() {
    return start(Launched.Around.NOTHING);
  }

  /** The same, within something else. */
  String start(Launched.Around around) {
    Launched started = Launched.start(folder, "holdfast-agent", serving(), around);
    running = started;
    return started.awaitLine("ready ", Rig.START);
  }

  private List<String> serving() {
    return List.of("serve", "--state", state.toString(), "--config", config.toString());
  }

  /**
   * Runs it until a failpoint ends it; an error if it goes on for longer.
   *
   * @return whether it was a failpoint
   */
  boolean startArmed(String failpoints, Duration atMost) throws IOException {
    Launched.Around armed = ArmedAgent.within(folder, List.of(failpoints), Optional.empty());
    try (Launched started = Launched.start(folder, "holdfast-agent", serving(), armed)) {
      return started.awaitEnd(atMost) == ArmedFailpoints.KILLED;
    }
  }

  private Path log() {
    return folder.resolve("holdfast-agent.log");
  }

  /** What it wrote to standard error in all its lives. */
  String said() throws IOException {
    return Files.exists(log()) ? Files.readString(log()) : "";
  }

  /** How often its log has a line with these words. */
  long lines(String words) throws IOException {
    return said().lines().filter(line -> line.contains(words)).count();
  }

  /** What it says of itself, as JSON. */
  String status() {
    return Field.status(folder, state);
  }

  boolean alive() {
    return running != null && running.alive();
  }

  /** SIGTERM. */
  void stop() {
    if (running != null) {
      running.stop();
    }
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
  }
}
