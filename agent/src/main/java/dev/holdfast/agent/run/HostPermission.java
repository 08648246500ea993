package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.policy.PolicyRule;
import dev.holdfast.agent.policy.PolicyRule.Use;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.run.RunPlan.Planning;
import dev.holdfast.agent.step.Work;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Scripts;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Asks the host's policy before anything of a run starts: for the steps of its document with their
 * values, and for those of all documents that came with it as far as they can be told without
 * values. A document within another is asked for again when it starts, with its values.
 */
final class HostPermission {
  private static final String FORBIDDEN = "ForbiddenByHost";
  private static final Set<String> SCRIPTS =
      Set.of(Plugins.RUN_SHELL_SCRIPT, Plugins.RUN_POWERSHELL_SCRIPT);

  private final RecentDocuments documents;
  private final Supplier<Standing> policy;

  HostPermission(RecentDocuments documents, Supplier<Standing> policy) {
    this.documents = documents;
    this.policy = policy;
  }

  /** The plan, or that the host does not allow it. */
  Planning of(RunIntent intent, RunPlan plan) {
    Standing standing = policy.get();
    if (standing instanceof Standing.Absent) {
      return new Planning.Planned(plan);
    }
    List<Use> uses = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < plan.size(); i++) {
      steps.add(plan.step(i));
      uses.addAll(uses(plan, i));
    }
    if (intent.depth() == 0) {
      Map<String, ByteString> children = new TreeMap<>(intent.request().children());
      children.forEach(
          (name, bytes) ->
              documents
                  .read(bytes)
                  .document()
                  .ifPresent(
                      document ->
                          document.steps().forEach(step -> uses.addAll(within(name, step)))));
    }
    Optional<String> why = PolicyRule.forbids(standing, uses);
    return why.isEmpty()
        ? new Planning.Planned(plan)
        : new Planning.Refused(FORBIDDEN, why.get(), steps);
  }

  private static List<Use> uses(RunPlan plan, int index) {
    Step step = plan.step(index);
    String words = "step '" + step.name() + "'";
    return plan.work(index) instanceof Work.Scripts(var scripts) && !scripts.isEmpty()
        ? scripts.stream()
            .map(
                script ->
                    new Use(
                        words, step.action(), Optional.of(script.runAs().orElse(PolicyRule.ROOT))))
            .distinct()
            .toList()
        : List.of(new Use(words, step.action(), Optional.empty()));
  }

  /** Of a user that only a value will tell nothing is said yet. */
  private static List<Use> within(String document, Step step) {
    String words = "step '" + step.name() + "' of the document '" + document + "'";
    if (!SCRIPTS.contains(step.action())) {
      return List.of(new Use(words, step.action(), Optional.empty()));
    }
    List<Value> inputs =
        step.inputs() instanceof Value.Items(var items) ? items : List.of(step.inputs());
    return inputs.stream()
        .filter(Value.Fields.class::isInstance)
        .map(Value.Fields.class::cast)
        .map(fields -> Scripts.runAs(fields.fields()).orElse(PolicyRule.ROOT))
        .map(user -> Optional.of(user).filter(known -> !known.contains("{{")))
        .map(user -> new Use(words, step.action(), user))
        .toList();
  }
}
