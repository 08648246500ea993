package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a resource to the state that it should have, or looks whether it has it. */
public interface Keeper {

  /**
   * Does it. Blocks.
   *
   * @param folder of this task, whose mark what it starts carries
   * @return empty if the thread was interrupted: then it is not known how far it came
   */
  Optional<Result> keep(Order order, Path folder);

  /**
   * What to do.
   *
   * @param step its name, for people
   * @param environment what scripts get
   * @param audit whether to look only
   * @param restart whether a step that the resource follows changed something
   */
  record Order(
      Resource resource,
      String step,
      Map<String, String> environment,
      boolean audit,
      boolean restart) {
    /** Copies the map. */
    public Order {
      environment = Map.copyOf(environment);
    }
  }

  /**
   * What became of it.
   *
   * @param well whether the host is as it should be, or was only to be looked at
   * @param reason a word of four (COMPLIANT, CHANGED, DRIFTED, FAILED), and what that is about
   * @param drift what differed before a change, or differs still; bounded
   * @param changed whether the host was changed
   * @param stdout what programs said that changed something
   * @param stderr likewise
   */
  record Result(
      boolean well,
      String reason,
      List<Drift> drift,
      boolean changed,
      String stdout,
      String stderr) {
    /** All is as it should be. */
    public static final Result COMPLIANT =
        new Result(true, Finding.Word.COMPLIANT.name(), List.of(), false, "", "");

    /** Copies the list. */
    public Result {
      drift = List.copyOf(drift);
    }
  }
}
