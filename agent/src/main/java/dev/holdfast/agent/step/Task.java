package dev.holdfast.agent.step;

import dev.holdfast.agent.download.Source;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.report.StepResult;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Resource;
import dev.holdfast.state.Service;
import java.util.List;
import java.util.Map;

/**
 * What is done inside the agent instead of by a script. A task may be done again: it looks before
 * it changes anything, so one that an end of the agent cut off is simply begun anew.
 */
public sealed interface Task {

  /** The same, looking only. A task that changes nothing is its own audit. */
  default Task audited() {
    return this;
  }

  /** The same after the steps before it, if it matters what they changed. */
  default Task after(List<StepResult> results) {
    return this;
  }

  /**
   * Whether what an end of the agent left of it may go on while it is begun anew, since it waits
   * for that itself. What does not wait is ended first.
   */
  default boolean waitsForItself() {
    return false;
  }

  /** Reads inventory; changes nothing. */
  record Gather(Gathering what) implements Task {}

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

  /**
   * Brings a resource to the state that it should have.
   *
   * @param step its name
   * @param environment what scripts get
   * @param audit whether to look only
   * @param restart whether a step that the resource follows changed something
   */
  record State(
      String step,
      Resource resource,
      Map<String, String> environment,
      boolean audit,
      boolean restart)
      implements Task {
    /** Copies the map. */
    public State {
      environment = Map.copyOf(environment);
    }

    @Override
    public Task audited() {
      return new State(step, resource, environment, true, restart);
    }

    @Override
    public Task after(List<StepResult> results) {
      boolean changed =
          resource instanceof Service service
              && results.stream()
                  .anyMatch(
                      result ->
                          result.changed() && service.restartWhenChanged().contains(result.name()));
      return new State(step, resource, environment, audit, changed);
    }

    /** A package manager that is ended in the middle of its work leaves a host half changed. */
    @Override
    public boolean waitsForItself() {
      return resource instanceof Packages;
    }

    Keeper.Order order() {
      return new Keeper.Order(resource, step, environment, audit, restart);
    }
  }
}
