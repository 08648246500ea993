package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.task.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the folders of runs within their bounds: the oldest go first, never one in progress. */
final class RunFolders {
  static final String FOLDER = "runs";

  /** In the folder of a run where its scripts start, unless they say where. */
  private static final String WORK = "work";

  private final Disk disk;
  private final Path root;
  private final Processes processes;

  RunFolders(Disk disk, Path root, Processes processes) {
    this.disk = disk;
    this.root = root;
    this.processes = processes;
  }

  /**
   * Removes what is too much: folders of other runs, and where that is not enough, what earlier
   * steps of a run in progress wrote, which its reports have told.
   *
   * @param inProgress folders, as {@link RunIntent#folder} names them, that stay
   * @param parts folders within these that are in use
   */
  void prune(Set<String> inProgress, Set<String> parts) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (String name : disk.list(FOLDER)) {
      String folder = FOLDER + "/" + name;
      sizes.put(folder, processes.bytes(root.resolve(folder)));
    }
    List<String> gone = tooMany(sizes, inProgress);
    gone.forEach(disk::delete);
    sizes.keySet().removeAll(gone);
    long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
    if (bytes > Limits.MAX_HOST_RUNS_BYTES) {
      for (String folder : inProgress) {
        disk.list(folder).stream()
            .map(part -> folder + "/" + part)
            .filter(part -> !parts.contains(part) && !part.endsWith("/" + WORK))
            .forEach(disk::delete);
      }
    }
  }

  /** Which folders go, given the size of each, oldest first. */
  static List<String> tooMany(Map<String, Long> sizes, Set<String> inProgress) {
    long count = sizes.size();
    long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, Long> folder : sizes.entrySet()) {
      if (count <= Limits.MAX_HOST_RUNS && bytes <= Limits.MAX_HOST_RUNS_BYTES) {
        break;
      }
      if (!inProgress.contains(folder.getKey())) {
        gone.add(folder.getKey());
        count--;
        bytes -= folder.getValue();
      }
    }
    return gone;
  }
}
