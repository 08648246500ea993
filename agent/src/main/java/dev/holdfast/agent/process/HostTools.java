package dev.holdfast.agent.process;

import dev.holdfast.agent.process.Users.User;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of the host that give a script its place: {@code setsid} its session, {@code
 * prlimit} its bounds, {@code setpriv}, {@code runuser} or {@code su} its user. Looked for once.
 *
 * @param tagging whether {@code prlimit} can set the limit that marks a tree
 */
record HostTools(
    Path shell,
    Path setsid,
    Optional<Path> prlimit,
    Optional<Path> setpriv,
    Optional<Path> runuser,
    Optional<Path> su,
    boolean tagging) {
  private static final List<String> FOLDERS =
      List.of("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin");

  /** Those below that root. */
  static HostTools find(Path root) {
    Optional<Path> prlimit = program(root, "prlimit");
    return new HostTools(
        program(root, "sh").orElse(Path.of("sh")),
        program(root, "setsid").orElse(Path.of("setsid")),
        prlimit,
        program(root, "setpriv"),
        program(root, "runuser"),
        program(root, "su"),
        prlimit.isPresent() && unlimited(root.resolve("proc/self/limits")));
  }

  /**
   * What the shell is called by: its bare name, which is what it calls itself in its messages,
   * where that finds this very shell.
   *
   * @param path folders with colons between them, in which the name would be looked for
   */
  String shellName(String path) {
    for (String folder : path.split(":", -1)) {
      Path found = Path.of("/").resolve(folder).resolve("sh");
      if (folder.startsWith("/") && Files.isExecutable(found)) {
        try {
          return Files.isSameFile(found, shell) ? "sh" : shell.toString();
        } catch (IOException e) {
          return shell.toString();
        }
      }
    }
    return shell.toString();
  }

  /**
   * The command that runs a program in a session of its own, with its bounds and user.
   *
   * @param tag marks the tree, if that can be done
   * @throws ProcessException if nothing here can change the user
   */
  List<String> command(long tag, Optional<User> user, List<String> program) {
    List<String> command = new ArrayList<>(List.of(setsid.toString()));
    if (prlimit.isPresent() && (tagging || user.isPresent())) {
      command.add(prlimit.get().toString());
      if (tagging) {
        command.add("--rttime=" + tag + ":");
      }
      if (user.isPresent() && user.get().uid() != 0) {
        command.add("--nproc=" + RunLimits.MAX_USER_PROCESSES + ":" + RunLimits.MAX_USER_PROCESSES);
      }
      command.add("--");
    }
    user.ifPresent(as -> command.addAll(as(as)));
    command.addAll(program);
    return command;
  }

  private List<String> as(User user) {
    if (setpriv.isPresent()) {
      return List.of(
          setpriv.get().toString(),
          "--reuid=" + user.uid(),
          "--regid=" + user.gid(),
          "--init-groups",
          "--");
    }
    if (runuser.isPresent()) {
      return List.of(runuser.get().toString(), "-u", user.name(), "--");
    }
    if (su.isPresent()) {
      return List.of(
          su.get().toString(),
          "-m",
          "-s",
          shell.toString(),
          user.name(),
          "-c",
          "exec \"$0\" \"$@\"",
          "--");
    }
    throw new ProcessException(
        "runAs needs setpriv, runuser or su, and this host has none of them; install util-linux");
  }

  private static Optional<Path> program(Path root, String name) {
    return FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean unlimited(Path limits) {
    try {
      return Files.readAllLines(limits, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(ProcessTable.TAG_LIMIT))
          .anyMatch(line -> line.matches(ProcessTable.TAG_LIMIT + "\\s+\\S+\\s+unlimited\\s.*"));
    } catch (IOException e) {
      return false;
    }
  }
}
