package dev.holdfast.agent.process;

import dev.holdfast.agent.process.ProcessTable.Entry;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The processes of a Linux host. The wrapper is a shell script (a resource beside this class); what
 * it keeps are files in the folder. A tree is found again by a variable of its environment that is
 * computed from the folder, so that it can be found by an agent that knows nothing else.
 */
public final class OsProcesses implements Processes {
  /** In the environment of the script and all that it starts. */
  static final String TREE_MARK = "HOLDFAST_TREE";

  /** In the environment of the wrapper and its copiers, which a kill spares. */
  static final String WRAPPER_MARK = "HOLDFAST_WRAPPER";

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Timers timers;
  private final Duration grace;
  private final ProcessTable table;
  private final String bootId;
  private final Map<Long, Process> children = new HashMap<>();

  /** Over this host; ends are told by these timers. */
  public OsProcesses(Timers timers) {
    this(timers, Limits.KILL_GRACE);
  }

  /** With another time between SIGTERM and SIGKILL. */
  OsProcesses(Timers timers, Duration grace) {
    this.timers = timers;
    this.grace = grace;
    this.table = new ProcessTable(Path.of("/proc"), ProcessHandle.current().pid());
    this.bootId = table.bootId();
  }

  @Override
  public String bootId() {
    return bootId;
  }

  @Override
  public Started start(Launch launch) {
    Path folder = launch.folder();
    try {
      makeFolders(folder);
      write(folder.resolve("script"), launch.script());
      Path wrapper = folder.resolve("wrapper.sh");
      write(wrapper, wrapperText());
      List<String> command =
          new ArrayList<>(
              List.of(
                  "setsid",
                  "sh",
                  wrapper.toString(),
                  folder.toString(),
                  Integer.toString(Limits.MAX_HOST_OUTPUT_BYTES / 2),
                  Integer.toString(Limits.MAX_HOST_OUTPUT_BYTES / 4)));
      command.addAll(launch.command());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(launch.workingFolder().toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(launch.environment());
      builder.environment().put(WRAPPER_MARK, mark(folder));
      Process process = builder.start();
      children.put(process.pid(), process);
      long ticks = table.entry(process.pid()).map(Entry::startTicks).orElse(-1L);
      return new Started(process.pid(), ticks, bootId, timers.now());
    } catch (IOException | IllegalArgumentException e) {
      throw new ProcessException("cannot start " + launch.command().getFirst() + ": " + e, e);
    }
  }

  @Override
  public void watch(Path folder, Started started, EndListener listener) {
    Process child = children.get(started.pid());
    if (child != null && started.bootId().equals(bootId)) {
      var _ =
          child
              .onExit()
              .thenRun(
                  () ->
                      timers.after(
                          Duration.ZERO,
                          () -> {
                            children.remove(started.pid());
                            listener.ended(exitCode(folder));
                          }));
    } else {
      timers.after(Duration.ZERO, () -> look(folder, started, listener));
    }
  }

  @Override
  public Found find(Path folder, Optional<Started> started) {
    // Asked before the exit file, or an end between the two would look like a loss.
    Optional<Started> running =
        started.isPresent() ? started.filter(this::runs) : runningUnder(folder);
    Optional<Integer> exitCode = exitCode(folder);
    if (exitCode.isPresent()) {
      return new Found.Ended(exitCode.get());
    }
    return running
        .<Found>map(found -> new Found.Running(found, table.age(found.startTicks())))
        .orElseGet(Found.Lost::new);
  }

  @Override
  public void kill(Path folder, Runnable gone) {
    timers.after(
        Duration.ZERO, () -> new TreeKill(timers, table, grace, mark(folder), gone).look());
  }

  @Override
  public Outputs outputs(Path folder) {
    return new Outputs(
        KeptOutput.read(folder, "stdout", Limits.MAX_STDOUT_KEPT_BYTES),
        KeptOutput.read(folder, "stderr", Limits.MAX_STDERR_KEPT_BYTES));
  }

  @Override
  public long bytes(Path folder) {
    long[] sum = {0};
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new ProcessException("cannot measure " + folder + ": " + e, e);
    }
    return sum[0];
  }

  private void look(Path folder, Started started, EndListener listener) {
    switch (find(folder, Optional.of(started))) {
      case Found.Ended(int exitCode) -> listener.ended(Optional.of(exitCode));
      case Found.Lost _ -> listener.ended(Optional.empty());
      case Found.Running _ -> timers.after(LOOK_EVERY, () -> look(folder, started, listener));
    }
  }

  private boolean runs(Started started) {
    return started.bootId().equals(bootId)
        && table
            .entry(started.pid())
            .filter(entry -> entry.startTicks() == started.startTicks())
            .isPresent();
  }

  private Optional<Started> runningUnder(Path folder) {
    return table.marked(WRAPPER_MARK, mark(folder), false).stream()
        .filter(entry -> entry.session() == entry.pid())
        .map(entry -> new Started(entry.pid(), entry.startTicks(), bootId, timers.now()))
        .findFirst();
  }

  private static Optional<Integer> exitCode(Path folder) {
    try {
      return Optional.of(Integer.parseInt(Files.readString(folder.resolve("exit")).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new ProcessException("cannot read the exit code in " + folder + ": " + e, e);
    }
  }

  /** What marks the tree of a folder. */
  static String mark(Path folder) {
    return Sha256.of(folder.toString().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
  }

  private static void makeFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      makeFolders(Objects.requireNonNull(folder.getParent(), "the root is a folder"));
      Files.createDirectory(folder, OWNER_FOLDER);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createFile(file, OWNER_FILE);
    Files.writeString(file, text);
  }

  private static String wrapperText() throws IOException {
    try (InputStream in = OsProcesses.class.getResourceAsStream("wrapper.sh")) {
      return new String(
          Objects.requireNonNull(in, "the wrapper is part of the program").readAllBytes(),
          StandardCharsets.UTF_8);
    }
  }
}
