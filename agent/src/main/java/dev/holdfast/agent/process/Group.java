package dev.holdfast.agent.process;

import dev.holdfast.agent.process.Containment.Kind;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The control group of one start, named by its mark. The wrapper puts the script in; what comes of
 * the script is born there and can't leave unless it may write to the hierarchy. All calls are best
 * effort: a group that is gone holds nothing.
 */
final class Group {
  static final String PROCESSES = "cgroup.procs";
  static final String TASKS_MAX = "pids.max";
  private static final String KILL = "cgroup.kill";
  private static final String FREEZE = "cgroup.freeze";
  private static final String STATE = "freezer.state";
  private static final int READS_UNTIL_FROZEN = 50;

  private final Path folder;
  private final Optional<Path> counted;

  /** The group of a start with that mark; empty if starts have none. */
  static Optional<Group> of(Containment containment, String mark) {
    return containment.kind() == Kind.NONE
        ? Optional.empty()
        : Optional.of(
            new Group(
                containment.groups().orElseThrow().resolve(mark),
                containment.counted().map(folder -> folder.resolve(mark))));
  }

  Group(Path folder, Optional<Path> counted) {
    this.folder = folder;
    this.counted = counted;
  }

  /** The groups that a script joins: one, or two in different hierarchies. */
  List<Path> folders() {
    List<Path> folders = new ArrayList<>(List.of(folder));
    counted.filter(other -> !other.equals(folder)).ifPresent(folders::add);
    return folders;
  }

  /** Makes it, with its bound. */
  void make() {
    for (Path each : folders()) {
      try {
        Files.createDirectories(each);
      } catch (IOException e) {
        // The wrapper tries again, and without a group the marks are left.
      }
    }
    counted.ifPresent(
        each -> write(each.resolve(TASKS_MAX), Integer.toString(RunLimits.MAX_SCRIPT_TASKS)));
  }

  /** The processes in it and in groups that these made below it. */
  Set<Long> processes() {
    Set<Long> found = new HashSet<>();
    for (Path each : folders()) {
      for (Path group : below(each)) {
        for (String line : read(group.resolve(PROCESSES)).split("\n", -1)) {
          if (!line.isEmpty() && !line.equals("0")) {
            found.add(Long.parseLong(line));
          }
        }
      }
    }
    return found;
  }

  /** Ends all of it at once; false where the kernel can't. */
  boolean kill() {
    return write(folder.resolve(KILL), "1");
  }

  /** Keeps it from growing while its processes are ended one by one. */
  void hold() {
    counted.ifPresent(each -> write(each.resolve(TASKS_MAX), "0"));
    if (Files.exists(folder.resolve(FREEZE))) {
      write(folder.resolve(FREEZE), "1");
    } else if (Files.exists(folder.resolve(STATE))) {
      write(folder.resolve(STATE), "FROZEN");
      for (int i = 0; i < READS_UNTIL_FROZEN; i++) {
        if (read(folder.resolve(STATE)).strip().equals("FROZEN")) {
          return;
        }
      }
    }
  }

  /** Lets what was signalled while it was held come to its end. */
  void release() {
    if (Files.exists(folder.resolve(FREEZE))) {
      write(folder.resolve(FREEZE), "0");
    } else if (Files.exists(folder.resolve(STATE))) {
      write(folder.resolve(STATE), "THAWED");
    }
  }

  /** Takes it away if nothing is in it. */
  void remove() {
    folders().forEach(Group::remove);
  }

  /** Takes away the groups below that folder in which nothing is, but for those named; then it. */
  static void sweep(Path groups, Set<String> kept) {
    for (Path each : children(groups)) {
      if (!kept.contains(each.getFileName().toString())) {
        remove(each);
      }
    }
    try {
      Files.deleteIfExists(groups);
    } catch (IOException e) {
      // Some are left.
    }
  }

  private static void remove(Path group) {
    for (Path each : below(group).reversed()) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        // Something is in it.
      }
    }
  }

  /** The group and those below it, each before its own. */
  private static List<Path> below(Path group) {
    List<Path> found = new ArrayList<>(List.of(group));
    for (int i = 0; i < found.size(); i++) {
      found.addAll(children(found.get(i)));
    }
    return found;
  }

  private static List<Path> children(Path group) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            group, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return found;
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean write(Path file, String value) {
    try {
      Files.writeString(
          file, value, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
