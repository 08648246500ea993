package dev.holdfast.agent.process;

import dev.holdfast.agent.process.ProcessTable.Entry;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a start is found again by: computed from its folder, so that an agent that knows nothing
 * else finds it. The text is the value of a variable and the name of the control group; the tag is
 * the height of a limit that bounds nothing.
 */
record Mark(String text, long tag) {
  /** In the environment of the script and all that it starts. */
  static final String TREE = "HOLDFAST_TREE";

  /** In the environment of the wrapper and its copiers, which a kill spares. */
  static final String WRAPPER = "HOLDFAST_WRAPPER";

  private static final int TEXT = 32;
  private static final int TAG_DIGITS = 15;

  /** So high that a process with it has 146,000 years. */
  private static final long HIGH = 1L << 62;

  /** That of the start in a folder. */
  static Mark of(Path folder) {
    String hash = Sha256.of(folder.toString().getBytes(StandardCharsets.UTF_8)).hex();
    return new Mark(
        hash.substring(0, TEXT), HIGH | Long.parseLong(hash.substring(0, TAG_DIGITS), 16));
  }

  /** All that is alive of the start, but for the wrapper. */
  List<Entry> tree(ProcessTable table, Optional<Group> group) {
    return table.tree(TREE, text, tag, group.map(Group::processes).orElse(Set.of()));
  }
}
