package dev.holdfast.agent.policy;

import dev.holdfast.agent.policy.Policy.Rule;
import dev.holdfast.agent.schedule.HostSay;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.association.AssociationId;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides whether a host lets a run start. Pure. */
public final class PolicyRule {
  /** As whom a script runs that names no user. */
  public static final String ROOT = "root";

  private PolicyRule() {}

  /**
   * What a run would do.
   *
   * @param step which step, in words: {@code step 'install'}
   * @param action its plugin
   * @param user as whom its script runs; empty if it runs no script
   */
  public record Use(String step, String action, Optional<String> user) {}

  /** The first thing that is forbidden, in words; empty if the run may start. */
  public static Optional<String> forbids(Standing standing, List<Use> uses) {
    return switch (standing) {
      case Standing.Absent _ -> Optional.empty();
      case Standing.Wrong(var reason) -> Optional.of(reason);
      case Standing.InForce(var policy) ->
          uses.stream().flatMap(use -> forbids(policy, use).stream()).findFirst();
    };
  }

  /**
   * What the policy says of starting at all, with what else the host says.
   *
   * @param holds for what all that is due waits
   * @param parked associations that are left alone
   */
  public static HostSay say(
      Standing standing,
      Optional<Waiting.Reason> holds,
      Map<AssociationId, HostSay.Parked> parked) {
    return switch (standing) {
      case Standing.Absent _ -> with(HostSay.NOTHING, holds, parked);
      case Standing.Wrong(var reason) ->
          new HostSay(
              RunLimits.RUNS_AT_ONCE,
              Optional.empty(),
              Optional.empty(),
              List.of(),
              Optional.of(reason),
              holds,
              parked);
      case Standing.InForce(var policy) ->
          new HostSay(
              policy
                  .runsAtOnce()
                  .map(rule -> rule.value().intValue())
                  .orElse(RunLimits.RUNS_AT_ONCE),
              policy.runOnEdit().value()
                  ? Optional.empty()
                  : Optional.of(
                      "run_on_edit is false in "
                          + place(policy, policy.runOnEdit())
                          + " of this host"),
              policy.freeze().value()
                  ? Optional.of("frozen by this host: freeze in " + place(policy, policy.freeze()))
                  : Optional.empty(),
              policy.quiet().value().stream()
                  .map(
                      hours ->
                          new HostSay.Quiet(
                              hours,
                              "quiet hours of this host, "
                                  + hours
                                  + " in "
                                  + place(policy, policy.quiet())))
                  .toList(),
              Optional.empty(),
              holds,
              parked);
    };
  }

  private static HostSay with(
      HostSay say, Optional<Waiting.Reason> holds, Map<AssociationId, HostSay.Parked> parked) {
    return new HostSay(
        say.runsAtOnce(), say.noEdits(), say.frozen(), say.quiet(), say.shut(), holds, parked);
  }

  private static String place(Policy policy, Rule<?> rule) {
    return policy.file() + ":" + rule.line();
  }

  private static Optional<String> forbids(Policy policy, Use use) {
    return policy
        .actions()
        .filter(rule -> rule.value().stream().noneMatch(allowed -> fits(allowed, use.action())))
        .map(rule -> words(policy, use, "uses " + use.action(), "allowed_actions", rule))
        .or(
            () ->
                policy
                    .users()
                    .filter(
                        rule -> use.user().filter(user -> !rule.value().contains(user)).isPresent())
                    .map(
                        rule ->
                            words(
                                policy,
                                use,
                                "runs as " + use.user().orElse(ROOT),
                                "allowed_users",
                                rule)));
  }

  private static String words(Policy policy, Use use, String does, String key, Rule<?> rule) {
    return use.step()
        + " "
        + does
        + ", which "
        + key
        + " in "
        + place(policy, rule)
        + " of this host does not allow";
  }

  private static boolean fits(String allowed, String action) {
    return allowed.endsWith("*")
        ? action.startsWith(allowed.substring(0, allowed.length() - 1))
        : action.equals(allowed);
  }
}
