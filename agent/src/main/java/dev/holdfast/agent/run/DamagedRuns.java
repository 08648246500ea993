package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs whose state is unreadable: what may be left of them ends; nobody saw how they went. */
final class DamagedRuns {
  private static final Logger LOG = LoggerFactory.getLogger("run");

  private final Processes processes;
  private final RunFolders folders;
  private final Consumer<RunIntent> ended;
  private final Set<RunIntent> ending = new LinkedHashSet<>();

  /**
   * With whom to tell.
   *
   * @param ended told when nothing is left of a run
   */
  DamagedRuns(Processes processes, RunFolders folders, Consumer<RunIntent> ended) {
    this.processes = processes;
    this.folders = folders;
    this.ended = ended;
  }

  /** Ends what may be left of a run, documents within it too. */
  void end(RunIntent intent) {
    LOG.error("the journal of a run is damaged key={}", intent.key());
    ending.add(intent);
    endEach(
        folders.parts(intent.folder()),
        () -> {
          ending.remove(intent);
          ended.accept(intent);
        });
  }

  /** Those that are being ended. */
  Set<RunIntent> intents() {
    return ending;
  }

  /** The folders of parts that are in a folder, at any depth. */
  List<Path> parts(String folder) {
    return folders.parts(folder);
  }

  /** Ends what was started in these folders, one after another, then goes on. */
  void endEach(List<Path> parts, Runnable done) {
    if (parts.isEmpty()) {
      done.run();
    } else {
      processes.kill(parts.getFirst(), () -> endEach(parts.subList(1, parts.size()), done));
    }
  }
}
