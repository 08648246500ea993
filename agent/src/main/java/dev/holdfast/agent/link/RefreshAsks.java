package dev.holdfast.agent.link;

import dev.holdfast.agent.step.Outcome;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.RefreshAnswer;
import dev.holdfast.wire.agent.RefreshRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What runs ask of the coordinator on the open link. Each question gets exactly one outcome: the
 * answer, or that the coordinator can't be reached.
 */
public final class RefreshAsks {
  /** Begins the refusal of a run that was itself started by such a request. */
  private static final String RUN_BY_REFRESH = "StartedByRefresh: ";

  private final Timers timers;
  private final Map<Long, Asked> asked = new LinkedHashMap<>();
  private Optional<Dialer.Connection> connection = Optional.empty();
  private long number;

  private record Asked(Consumer<Outcome> outcome, Timers.Timer deadline) {}

  RefreshAsks(Timers timers) {
    this.timers = timers;
  }

  /** A link is open. */
  void open(Dialer.Connection opened) {
    connection = Optional.of(opened);
  }

  /** It is gone: nothing more comes. */
  void close() {
    connection = Optional.empty();
    for (long one : List.copyOf(asked.keySet())) {
      told(one, unreachable("the link ended before the answer came"));
    }
  }

  /**
   * Asks for one run; see {@link dev.holdfast.agent.step.Refreshes#ask}.
   *
   * @param trigger of the run that asks
   */
  public void ask(
      String runId,
      AssociationId asking,
      Trigger trigger,
      List<String> ids,
      Consumer<Outcome> outcome) {
    List<String> named = ids.stream().map(String::strip).filter(id -> !id.isEmpty()).toList();
    if (named.size() > RunLimits.MAX_REFRESHED) {
      later(
          outcome,
          Outcome.failed(
              "InvalidInputs: "
                  + named.size()
                  + " associations are named; at most "
                  + RunLimits.MAX_REFRESHED
                  + " are allowed"));
      return;
    }
    int bytes = named.stream().mapToInt(name -> name.getBytes(StandardCharsets.UTF_8).length).sum();
    if (bytes > RunLimits.MAX_REFRESHED_BYTES) {
      later(
          outcome,
          Outcome.failed(
              "InvalidInputs: the names of the associations have "
                  + bytes
                  + " bytes; at most "
                  + RunLimits.MAX_REFRESHED_BYTES
                  + " are allowed"));
      return;
    }
    if (connection.isEmpty()) {
      later(outcome, unreachable("there is no link"));
      return;
    }
    if (asked.size() >= RunLimits.MAX_REFRESHES) {
      later(outcome, unreachable(asked.size() + " such requests wait for their answers already"));
      return;
    }
    long mine = ++number;
    asked.put(
        mine,
        new Asked(
            outcome,
            timers.after(
                RunLimits.REFRESH,
                () ->
                    told(
                        mine,
                        unreachable(
                            "it did not answer within " + RunLimits.REFRESH.toSeconds() + " s")))));
    connection
        .get()
        .send(
            AgentMessage.newBuilder()
                .setRefresh(
                    RefreshRequest.newBuilder()
                        .setNumber(mine)
                        .setRunId(runId)
                        .setAssociationId(asking.value())
                        .setTrigger(trigger.text())
                        .addAllAssociationIds(named))
                .build());
  }

  /** An answer came; one that nobody waits for any more is dropped. */
  void answered(RefreshAnswer answer) {
    told(answer.getNumber(), outcome(answer));
  }

  private void told(long one, Outcome outcome) {
    Asked waiting = asked.remove(one);
    if (waiting != null) {
      waiting.deadline.cancel();
      later(waiting.outcome, outcome);
    }
  }

  /** Never within the call that asked. */
  private void later(Consumer<Outcome> to, Outcome outcome) {
    timers.after(Duration.ZERO, () -> to.accept(outcome));
  }

  private static Outcome unreachable(String why) {
    return Outcome.failed("CoordinatorUnreachable: " + why + "");
  }

  private static Outcome outcome(RefreshAnswer answer) {
    if (answer.getRefusal().startsWith(RUN_BY_REFRESH)) {
      return new Outcome(RunStatus.SKIPPED, 0, "", "", false, List.of(), answer.getRefusal());
    }
    if (!answer.getRefusal().isEmpty()) {
      return Outcome.failed(answer.getRefusal());
    }
    StringBuilder started = new StringBuilder();
    answer
        .getAssociationIdsList()
        .forEach(id -> started.append("asked to start: ").append(id).append('\n'));
    if (started.isEmpty()) {
      started.append("no association of this instance was asked to start\n");
    }
    StringBuilder left = new StringBuilder();
    answer
        .getLeftList()
        .forEach(
            one ->
                left.append("left out: ")
                    .append(one.getAssociation())
                    .append(": ")
                    .append(one.getReason())
                    .append('\n'));
    return new Outcome(
        RunStatus.SUCCESS, 0, started.toString(), left.toString(), false, List.of(), "");
  }
}
