package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.download.Downloads;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.step.Work;
import dev.holdfast.task.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Keeps the folders of runs within their bounds: the oldest go first, never one in progress. */
final class RunFolders {
  static final String FOLDER = "runs";

  /** Within a run's folder: where its steps download to. */
  static final String DOWNLOADS = "downloads";

  /** In the folder of a run where its scripts start, unless they say where. */
  private static final String WORK = "work";

  private static final Pattern PART = Pattern.compile("\\d+-\\d+-\\d+");

  private final Disk disk;
  private final Path root;
  private final Processes processes;

  /**
   * The sizes of those whose runs have ended: they do not change, and measuring them takes time.
   */
  private final Map<String, Long> ended = new HashMap<>();

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
      sizes.put(
          folder,
          inProgress.contains(folder)
              ? processes.bytes(root.resolve(folder))
              : ended.computeIfAbsent(folder, each -> processes.bytes(root.resolve(each))));
    }
    List<String> gone = tooMany(sizes, inProgress);
    gone.forEach(disk::delete);
    ended.keySet().retainAll(sizes.keySet());
    ended.keySet().removeAll(gone);
    ended.keySet().removeAll(inProgress);
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

  /** Removes what a task had there for its programs: an agent that died could not. */
  void forgetCredentials(String part) {
    disk.delete(part + "/" + Downloads.CREDENTIALS);
  }

  /** The folders of parts that are in a run's folder, those of documents within it too. */
  List<Path> parts(String folder) {
    List<Path> parts = new ArrayList<>();
    for (String name : disk.list(folder)) {
      if (PART.matcher(name).matches()) {
        parts.add(root.resolve(folder).resolve(name));
        parts.addAll(parts(folder + "/" + name));
      }
    }
    return parts;
  }

  /** The same of the run with this key, of which nothing else is known. */
  List<Path> partsOf(String key) {
    return disk.list(FOLDER).stream()
        .filter(name -> name.endsWith("-" + key))
        .flatMap(name -> parts(FOLDER + "/" + name).stream())
        .toList();
  }

  /**
   * Keeps the folders within their bounds.
   *
   * @param live runs that have not ended
   * @param ending runs whose folders stay too
   */
  void prune(Collection<LiveRun> live, Collection<RunIntent> ending) {
    Set<String> inProgress = new HashSet<>();
    Set<String> parts = new HashSet<>();
    for (LiveRun run : live) {
      inProgress.add(run.intent.folder());
      parts.add(run.intent.downloads());
      run.state.inProgress().ifPresent(at -> parts.add(run.intent.folder(at)));
    }
    ending.forEach(intent -> inProgress.add(intent.folder()));
    prune(inProgress, parts);
  }

  /**
   * Where a script starts (spec.md section 2.2): a folder that is not absolute, or none, is below
   * what the run downloads, if that is there; else the default holds. Empty: in the home folder of
   * the user that it runs as, who can't read ours.
   *
   * @param folder of this start of the script
   * @param otherwise the default; relative: in the run's folder
   */
  Optional<Path> workingFolder(RunIntent intent, Work.Script script, Path folder, Path otherwise) {
    String written = script.workingFolder();
    boolean other = script.runAs().isPresent();
    Path asked = root.resolve(intent.downloads()).resolve(written);
    if (written.startsWith("/") || (!other && Files.isDirectory(asked))) {
      return Optional.of(asked);
    }
    return other ? Optional.empty() : Optional.of(folder.resolveSibling(otherwise));
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
