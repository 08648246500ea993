package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.run.Secrets.Answer;
import dev.holdfast.agent.run.Secrets.Secret;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.Work;
import dev.holdfast.report.Output;
import dev.holdfast.task.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The SecureStrings of one run, in memory only. Their versions are journalled before the first step
 * starts, so that a later life of the agent asks for the very same: what a script that it adopts
 * was given is what has to be masked in its output.
 */
final class RunSecrets {
  /** Stands for output that may have secrets in it, and nobody can tell where. */
  private static final String WITHHELD =
      "[not told: it may have secrets in it, and these could not be fetched to mask them; it is on"
          + " the host]\n";

  private final Secrets source;
  private final RunJournal journal;
  private final RunIntent intent;
  private final RunPlan plan;
  private final Set<String> names;
  private final List<Runnable> waiting = new ArrayList<>();
  private Map<String, String> values = Map.of();
  private Mask mask = Mask.of(List.of());
  private Optional<String> unavailable = Optional.empty();
  private boolean inHand;
  private boolean ended;

  RunSecrets(Secrets source, RunJournal journal, RunIntent intent, RunPlan plan) {
    this.source = source;
    this.journal = journal;
    this.intent = intent;
    this.plan = plan;
    this.names = plan.secrets();
    this.inHand = names.isEmpty();
  }

  /** Does something once they are in hand, or can't be had now; at once where there are none. */
  void then(Runnable action) {
    if (inHand) {
      action.run();
      return;
    }
    waiting.add(action);
    if (waiting.size() == 1) {
      fetch();
    }
  }

  /** The same for what one step needs. */
  void then(int step, Runnable action) {
    if (plan.secrets(step).isEmpty()) {
      action.run();
    } else {
      then(action);
    }
  }

  /** Why they can't be had, as a step's or a run's reason; empty if they are in hand. */
  Optional<String> missing(int step) {
    return plan.secrets(step).isEmpty() ? Optional.empty() : missing();
  }

  /** Why they can't be had; empty if they are in hand. */
  Optional<String> missing() {
    return inHand ? Optional.empty() : unavailable;
  }

  /** What a step comes to with them. */
  Work work(int step) {
    return plan.work(step, values);
  }

  /** Output without them; a note in its place if they can't be had. */
  Outputs masked(Outputs outputs) {
    return inHand
        ? mask.outputs(outputs)
        : new Outputs(withheld(outputs.stdout()), withheld(outputs.stderr()));
  }

  private static Output withheld(Output output) {
    return output.totalBytes() == 0
        ? output
        : OutputBounds.of(WITHHELD, Limits.MAX_STDERR_KEPT_BYTES);
  }

  /** What became of a task, without them. */
  Outcome masked(Outcome outcome) {
    return mask.outcome(outcome);
  }

  /** A reason without them. */
  String masked(String reason) {
    return mask.text(reason);
  }

  /** The run has ended: nothing of them is kept, and what comes late is dropped. */
  void forget() {
    ended = true;
    values = Map.of();
    mask = Mask.of(List.of());
    waiting.clear();
  }

  private void fetch() {
    Map<String, Integer> known = journal.secrets(intent.key());
    Map<String, String> asked = new TreeMap<>();
    for (String name : names) {
      Integer version = known.get(name);
      asked.put(name, version == null || name.indexOf(':') >= 0 ? name : name + ":" + version);
    }
    source.fetch(
        intent.request().assignment().association(),
        new TreeSet<>(asked.values()),
        answer -> answered(asked, known, answer));
  }

  private void answered(Map<String, String> asked, Map<String, Integer> known, Answer answer) {
    if (ended) {
      return;
    }
    switch (answer) {
      case Answer.Given(var secrets) when secrets.keySet().containsAll(asked.values()) -> {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, Integer> versions = new TreeMap<>();
        asked.forEach(
            (name, as) -> {
              Secret secret = Optional.ofNullable(secrets.get(as)).orElseThrow();
              given.put(name, secret.value());
              versions.put(name, secret.version());
            });
        values = given;
        mask = Mask.of(given.values());
        unavailable = plan.unfit(given);
        if (!versions.equals(known)) {
          journal.note(intent.key(), versions);
        }
        inHand = unavailable.isEmpty();
      }
      case Answer.Given _ ->
          unavailable = Optional.of("SecretUnavailable: not all that were asked for came");
      case Answer.Unavailable(var reason) ->
          unavailable = Optional.of("SecretUnavailable: " + reason);
    }
    List<Runnable> now = List.copyOf(waiting);
    waiting.clear();
    now.forEach(Runnable::run);
  }
}
