package dev.holdfast.agent.step;

import dev.holdfast.agent.download.Source;
import java.util.List;
import java.util.Set;

/**
 * What is done inside the agent instead of by a script. A task may be done again: it looks before
 * it changes anything, so one that an end of the agent cut off is simply begun anew.
 */
public sealed interface Task {

  /** Reads inventory of these types; changes nothing. */
  record Gathering(Set<String> types) implements Task {
    /** Copies the set. */
    public Gathering {
      types = Set.copyOf(types);
    }
  }

  /**
   * Downloads content.
   *
   * @param source may refer to stored secrets, which are filled in before it is performed
   * @param destination as it is written
   */
  record Download(Source source, String destination) implements Task {}

  /**
   * Has associations of this instance started now.
   *
   * @param associationIds none: all of them
   */
  record Refresh(List<String> associationIds) implements Task {
    /** Copies the list. */
    public Refresh {
      associationIds = List.copyOf(associationIds);
    }
  }
}
