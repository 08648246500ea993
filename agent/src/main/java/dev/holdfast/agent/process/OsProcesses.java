package dev.holdfast.agent.process;

import dev.holdfast.agent.process.ProcessTable.Entry;
import dev.holdfast.agent.process.Users.User;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The processes of a Linux host. The wrapper is a shell script (a resource beside this class); what
 * it keeps are files in the folder. A tree is kept together by a control group where there are any,
 * and is found again by its {@link Mark} wherever there are none.
 */
public final class OsProcesses implements Processes {
  /** In the environment of the script and all that it starts: the mark of its folder. */
  public static final String TREE_MARK = Mark.TREE;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int QUARTERS_HELD = (int) (RunLimits.OUTPUT_HELD.toMillis() / 250);
  private static final String GROUPS = "groups";
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(EXECUTABLE);

  private final Timers timers;
  private final Duration grace;
  private final ProcessTable table;
  private final HostTools tools;
  private final Containment containment;
  private final Accounts accounts;
  private final String bootId;
  private final Map<Long, Process> children = new HashMap<>();

  /** The marks of what this agent started or found, until it has ended. */
  private final Set<String> inUse = new HashSet<>();

  /** Of trees of which something could not be ended: how many processes. */
  private final Map<Path, Integer> unended = new HashMap<>();

  /** Over this host; ends are told by these timers. */
  public OsProcesses(Timers timers) {
    this(timers, Optional.empty());
  }

  /**
   * The same.
   *
   * @param bootId names this start of the host, if it is not to be what the host says
   */
  public OsProcesses(Timers timers, Optional<String> bootId) {
    this(timers, HostTools.find(Path.of("/")), bootId);
  }

  private OsProcesses(Timers timers, HostTools tools, Optional<String> bootId) {
    this(
        timers,
        RunLimits.KILL_GRACE,
        tools,
        ControlGroups.choose(Path.of("/"), tools.tagging()),
        Accounts.ofHost(Path.of("/run/holdfast")),
        bootId);
  }

  /** With another time between SIGTERM and SIGKILL, and what was found of the host. */
  OsProcesses(
      Timers timers, Duration grace, HostTools tools, Containment containment, Accounts accounts) {
    this(timers, grace, tools, containment, accounts, Optional.empty());
  }

  private OsProcesses(
      Timers timers,
      Duration grace,
      HostTools tools,
      Containment containment,
      Accounts accounts,
      Optional<String> bootId) {
    this.timers = timers;
    this.grace = grace;
    this.table = new ProcessTable(Path.of("/proc"), ProcessHandle.current().pid());
    this.bootId = bootId.orElseGet(table::bootId);
    this.tools = tools;
    this.containment = containment;
    this.accounts = accounts;
    containment.groups().ifPresent(groups -> Group.sweep(groups, inUse));
    containment.counted().ifPresent(groups -> Group.sweep(groups, inUse));
  }

  /** How scripts are kept together on this host. */
  public Containment containment() {
    return containment;
  }

  /** The value of {@link #TREE_MARK} with which a process belongs to what a folder names. */
  public static String treeMark(Path folder) {
    return Mark.of(folder).text();
  }

  @Override
  public String bootId() {
    return bootId;
  }

  @Override
  public Started start(Launch launch) {
    Path folder = launch.folder();
    Mark mark = Mark.of(folder);
    Optional<User> user = launch.user().map(accounts::user);
    try {
      makeFolders(folder);
      write(folder.resolve("script"), launch.script());
      Files.setPosixFilePermissions(folder.resolve("script"), EXECUTABLE); // whatever the umask is
      Path wrapper = folder.resolve("wrapper.sh");
      write(wrapper, wrapperText());
      Optional<Group> group = Group.of(containment, mark.text());
      inUse.add(mark.text());
      group.ifPresent(Group::make);
      Path start = workingFolder(launch, user);
      if (start.startsWith(Objects.requireNonNull(folder.getParent(), "a folder of a run"))) {
        makeFolders(start);
      }
      write(folder.resolve(GROUPS), lines(group.map(Group::folders).orElse(List.of())));
      Path script = (user.isPresent() ? accounts.made(mark.text()) : folder).resolve(launch.file());
      List<String> command =
          new ArrayList<>(
              List.of(
                  tools.setsid().toString(),
                  tools.shell().toString(),
                  wrapper.toString(),
                  folder.toString(),
                  Integer.toString(Limits.MAX_HOST_OUTPUT_BYTES / 2),
                  Integer.toString(Limits.MAX_HOST_OUTPUT_BYTES / 4),
                  Integer.toString(QUARTERS_HELD),
                  Integer.toString(RunLimits.SCRIPT_OPEN_FILES),
                  script.toString(),
                  user.map(as -> as.uid() + ":" + as.gid()).orElse("")));
      command.addAll(tools.command(mark.tag(), user, program(launch, script)));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(start.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(launch.environment());
      user.ifPresent(as -> as.variables().forEach(builder.environment()::putIfAbsent));
      builder.environment().put(Mark.WRAPPER, mark.text());
      Process process = builder.start();
      children.put(process.pid(), process);
      long ticks = table.entry(process.pid()).map(Entry::startTicks).orElse(-1L);
      return new Started(process.pid(), ticks, bootId, timers.now());
    } catch (IOException | IllegalArgumentException e) {
      ended(folder);
      throw new ProcessException("cannot start the script: " + e, e);
    }
  }

  private List<String> program(Launch launch, Path script) {
    List<String> program = new ArrayList<>(launch.interpreter());
    if (program.isEmpty()) {
      if (launch.user().isEmpty()) {
        String quoted = "'" + script.toString().replace("'", "'\\''") + "'";
        String shell = tools.shellName(launch.environment().getOrDefault("PATH", ""));
        return List.of(shell, "-c", quoted);
      }
      // A user's script may be where nothing can be executed.
      program.addAll(
          FirstLine.interpreter(launch.script()).orElse(List.of(tools.shell().toString())));
    }
    program.add(script.toString());
    return program;
  }

  private static Path workingFolder(Launch launch, Optional<User> user) {
    return launch
        .workingFolder()
        .orElseGet(
            () ->
                user.map(as -> Path.of(as.home()))
                    .map(home -> Files.isDirectory(home) ? home : Path.of("/"))
                    .orElse(Path.of("").toAbsolutePath()));
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
                            ended(folder);
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
      ended(folder);
      return new Found.Ended(exitCode.get());
    }
    running.ifPresent(found -> inUse.add(Mark.of(folder).text()));
    return running
        .<Found>map(found -> new Found.Running(found, table.age(found.startTicks())))
        .orElseGet(Found.Lost::new);
  }

  @Override
  public void kill(Path folder, Runnable gone) {
    Mark mark = Mark.of(folder);
    TreeKill kill =
        new TreeKill(
            timers,
            table,
            grace,
            mark,
            group(folder),
            left -> {
              ended(folder);
              if (left > 0) {
                unended.put(folder, left);
              }
              gone.run();
            });
    timers.after(Duration.ZERO, kill::look);
  }

  @Override
  public int left(Path folder) {
    Integer unended = this.unended.remove(folder);
    if (unended != null) {
      return unended;
    }
    Optional<Group> group = group(folder);
    boolean held =
        Files.exists(folder.resolve("exit"))
            && !(Files.exists(folder.resolve("stdout.end"))
                && Files.exists(folder.resolve("stderr.end")));
    if (group.map(each -> each.processes().isEmpty()).orElse(true) && !held) {
      return 0; // To look at every process of the host is too dear for every end.
    }
    return Mark.of(folder).tree(table, group).size();
  }

  /** The group that the start was given, by this agent or one that was in another place. */
  private Optional<Group> group(Path folder) {
    String mark = Mark.of(folder).text();
    try {
      List<Path> noted =
          Files.readAllLines(folder.resolve(GROUPS)).stream()
              .map(Path::of)
              .filter(path -> path.endsWith(Path.of(ControlGroups.FOLDER, mark)))
              .toList();
      if (!noted.isEmpty()) {
        return Optional.of(new Group(noted.getFirst(), Optional.of(noted.getLast())));
      }
    } catch (IOException | InvalidPathException e) {
      // The script has removed the note; the place where groups are today is the likely one.
    }
    return Group.of(containment, mark);
  }

  /** What a start that ended no longer needs. */
  private void ended(Path folder) {
    String mark = Mark.of(folder).text();
    inUse.remove(mark);
    accounts.remove(mark);
    group(folder).ifPresent(Group::remove);
    containment.groups().ifPresent(groups -> Group.sweep(groups, inUse));
    containment.counted().ifPresent(groups -> Group.sweep(groups, inUse));
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
    return table.marked(Mark.WRAPPER, Mark.of(folder).text()).stream()
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

  private static String lines(List<Path> paths) {
    return paths.stream().map(path -> path + "\n").collect(Collectors.joining());
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
