package dev.holdfast.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kernel's list of processes, read from {@code /proc} (proc(5)). What ends while it is read is
 * left out.
 */
final class ProcessTable {
  /** What a user-space tick is, on every platform that Linux has. */
  private static final long TICKS_A_SECOND = 100;

  /**
   * How {@code /proc/PID/limits} names the limit that marks a tree. It bounds processor time of
   * real-time processes without a sleep; at the height at which we set it, it bounds nothing. Like
   * every limit it is inherited by all children, whatever they make of their session, environment
   * and output.
   */
  static final String TAG_LIMIT = "Max realtime timeout";

  private final Path proc;
  private final long self;

  /**
   * Over a mounted proc.
   *
   * @param self the agent's own process id; it and its ancestors are never part of a tree
   */
  ProcessTable(Path proc, long self) {
    this.proc = proc;
    this.self = self;
  }

  /**
   * One process that is not a zombie.
   *
   * @param startTicks when it started, counted from the host's start
   */
  record Entry(long pid, long parent, long group, long session, long startTicks) {}

  /** Names this start of the host. */
  String bootId() {
    try {
      return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new ProcessException("cannot read the host's boot id: " + e, e);
    }
  }

  /** A process by its id; empty if there is none, or a zombie. */
  Optional<Entry> entry(long pid) {
    try {
      return parse(pid, Files.readString(proc.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** For how long a process that started at that tick has been running. */
  Duration age(long startTicks) {
    try {
      String uptime = Files.readString(proc.resolve("uptime")).strip().split(" ", -1)[0];
      long ticks = (long) (Double.parseDouble(uptime) * TICKS_A_SECOND) - startTicks;
      return Duration.ofMillis(Math.max(0, ticks) * 1000 / TICKS_A_SECOND);
    } catch (IOException e) {
      throw new ProcessException("cannot read the host's uptime: " + e, e);
    }
  }

  /** The processes whose environment, as they were started, has that variable with that value. */
  List<Entry> marked(String variable, String value) {
    byte[] wanted = ("\0" + variable + "=" + value + "\0").getBytes(StandardCharsets.UTF_8);
    List<Entry> all = all();
    Set<Long> spared = spared(all);
    return all.stream()
        .filter(entry -> !spared.contains(entry.pid) && hasVariable(entry.pid, wanted))
        .toList();
  }

  /**
   * The processes of one tree: those with the mark in their environment or the tag among their
   * limits, those named, their descendants, and everything in sessions and groups that these lead.
   *
   * @param grouped known to belong to it, such as what its control group holds
   */
  List<Entry> tree(String variable, String value, long tag, Set<Long> grouped) {
    List<Entry> all = all();
    byte[] wanted = ("\0" + variable + "=" + value + "\0").getBytes(StandardCharsets.UTF_8);
    String tagged = Long.toString(tag);
    Set<Long> members =
        all.stream()
            .map(Entry::pid)
            .filter(
                pid -> grouped.contains(pid) || hasLimit(pid, tagged) || hasVariable(pid, wanted))
            .collect(Collectors.toCollection(HashSet::new));
    Set<Long> spared = spared(all);
    boolean grown = !members.isEmpty();
    while (grown) {
      grown = false;
      for (Entry entry : all) {
        if (!members.contains(entry.pid)
            && !spared.contains(entry.pid)
            && (belongs(members, spared, entry.parent)
                || belongs(members, spared, entry.session)
                || belongs(members, spared, entry.group))) {
          grown |= members.add(entry.pid);
        }
      }
    }
    members.removeAll(spared);
    return all.stream().filter(entry -> members.contains(entry.pid)).toList();
  }

  /** What came into a tree by mistake or by malice does not bring its own children with it. */
  private static boolean belongs(Set<Long> members, Set<Long> spared, long to) {
    return members.contains(to) && !spared.contains(to);
  }

  /** The agent, its ancestors and the first process: never ended. */
  Set<Long> spared() {
    return spared(all());
  }

  private Set<Long> spared(List<Entry> all) {
    Map<Long, Long> parents = all.stream().collect(Collectors.toMap(Entry::pid, Entry::parent));
    Set<Long> ours = new HashSet<>(Set.of(1L));
    for (Long pid = self; pid != null && ours.add(pid); pid = parents.get(pid)) {
      // The set is what this is for.
    }
    return ours;
  }

  private List<Entry> all() {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path folder : folders) {
        entry(Long.parseLong(folder.getFileName().toString())).ifPresent(entries::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new ProcessException("cannot list the host's processes: " + e, e);
    }
    return entries;
  }

  private boolean hasLimit(long pid, String tagged) {
    try {
      String limits = Files.readString(proc.resolve(pid + "/limits"), StandardCharsets.ISO_8859_1);
      int line = limits.indexOf(TAG_LIMIT);
      return line >= 0
          && limits.substring(line + TAG_LIMIT.length()).stripLeading().startsWith(tagged + " ");
    } catch (IOException e) {
      return false;
    }
  }

  private boolean hasVariable(long pid, byte[] wanted) {
    byte[] environment;
    try {
      environment = Files.readAllBytes(proc.resolve(pid + "/environ"));
    } catch (IOException e) {
      return false;
    }
    // Each variable is followed by a zero, and all but the first come after one.
    for (int start = -1; start + wanted.length <= environment.length; start++) {
      int i = start < 0 ? 1 : 0;
      while (i < wanted.length && environment[start + i] == wanted[i]) {
        i++;
      }
      if (i == wanted.length) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Entry> parse(long pid, String stat) {
    // The second field is the program's name in parentheses; it may hold blanks and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    boolean dead = fields[0].equals("Z") || fields[0].equals("X");
    return dead
        ? Optional.empty()
        : Optional.of(
            new Entry(
                pid,
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[19])));
  }
}
