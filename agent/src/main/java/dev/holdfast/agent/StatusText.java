package dev.holdfast.agent;

import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.spool.SpoolStatus;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells what the agent is about: a line of JSON for programs, then lines for people. */
final class StatusText {
  private StatusText() {}

  /** What it costs the host. */
  record Cost(Duration processorTime, long residentBytes) {}

  /**
   * Both forms.
   *
   * @param version of the program that runs
   * @param link in one word where the link stands
   */
  static String of(String version, AgentStatus status, String link, SpoolStatus spool, Cost cost) {
    return JsonText.canonical(json(version, status, link, spool, cost))
        + "\n"
        + people(version, status, link, spool, cost);
  }

  private static Value json(
      String version, AgentStatus status, String link, SpoolStatus spool, Cost cost) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("instanceId", text(status.instance()));
    fields.put("version", text(version));
    fields.put("link", text(link));
    fields.put("generation", text(status.generation()));
    fields.put(
        "assignments",
        new Value.Items(status.assignments().stream().map(StatusText::assignment).toList()));
    fields.put("lackingBodies", number(status.lackingBodies()));
    Map<String, Value> reports = new LinkedHashMap<>();
    reports.put("records", number(spool.records()));
    reports.put("bytes", number(spool.bytes()));
    reports.put("lostResults", number(spool.lostResults()));
    reports.put("missingResults", number(spool.missingResults()));
    reports.put("droppedProgress", number(spool.droppedProgress()));
    reports.put("droppedInventory", number(spool.droppedInventory()));
    reports.put("droppedOutput", number(spool.droppedOutput()));
    reports.put("refused", number(spool.refused()));
    reports.put("damaged", number(spool.damaged()));
    fields.put("spool", new Value.Fields(reports));
    fields.put("policy", policy(status.policy()));
    fields.put(
        "conditions",
        new Value.Items(status.conditions().stream().map(StatusText::condition).toList()));
    fields.put("cpuSeconds", new Value.Num(seconds(cost)));
    fields.put("rssBytes", number(cost.residentBytes()));
    return new Value.Fields(fields);
  }

  private static Value policy(Standing standing) {
    Map<String, Value> fields = new LinkedHashMap<>();
    switch (standing) {
      case Standing.Absent _ -> fields.put("state", text("ABSENT"));
      case Standing.Wrong(var reason) -> {
        fields.put("state", text("WRONG"));
        fields.put("reason", text(reason));
      }
      case Standing.InForce(var policy) -> {
        fields.put("state", text("IN_FORCE"));
        fields.put("file", text(policy.file()));
        policy.actions().ifPresent(rule -> fields.put("allowedActions", texts(rule.value())));
        policy.users().ifPresent(rule -> fields.put("allowedUsers", texts(rule.value())));
        policy.runsAtOnce().ifPresent(rule -> fields.put("maxRuns", number(rule.value())));
        fields.put("freeze", new Value.Flag(policy.freeze().value()));
        fields.put("quietHours", texts(policy.quiet().value()));
        fields.put("runOnEdit", new Value.Flag(policy.runOnEdit().value()));
      }
    }
    return new Value.Fields(fields);
  }

  private static Value condition(Condition condition) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("code", text(condition.code()));
    fields.put("message", text(condition.message()));
    fields.put("since", text(condition.since()));
    return new Value.Fields(fields);
  }

  private static Value texts(List<?> items) {
    return new Value.Items(items.stream().map(StatusText::text).toList());
  }

  private static String people(Standing standing) {
    return switch (standing) {
      case Standing.Absent _ -> "none; all is allowed";
      case Standing.Wrong(var reason) -> reason;
      case Standing.InForce(var policy) ->
          policy.file()
              + policy.actions().map(rule -> "; actions " + rule.value()).orElse("")
              + policy.users().map(rule -> "; users " + rule.value()).orElse("")
              + policy.runsAtOnce().map(rule -> "; runs at once " + rule.value()).orElse("")
              + (policy.freeze().value() ? "; frozen" : "")
              + (policy.quiet().value().isEmpty() ? "" : "; quiet " + policy.quiet().value())
              + (policy.runOnEdit().value() ? "" : "; edits start nothing");
    };
  }

  private static Value assignment(AgentStatus.AssignmentStatus assignment) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("associationId", text(assignment.association()));
    fields.put("name", text(assignment.name()));
    fields.put("version", number(assignment.version()));
    fields.put("nextRun", assignment.nextRun().map(StatusText::text).orElse(new Value.Null()));
    fields.put("lastRun", assignment.lastRun().map(StatusText::run).orElse(new Value.Null()));
    return new Value.Fields(fields);
  }

  private static Value run(AgentStatus.LastRun run) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("runId", text(run.runId()));
    fields.put("status", text(run.status().text()));
    fields.put("end", run.end().map(StatusText::text).orElse(new Value.Null()));
    return new Value.Fields(fields);
  }

  private static String people(
      String version, AgentStatus status, String link, SpoolStatus spool, Cost cost) {
    StringBuilder text = new StringBuilder();
    text.append("instance    ").append(status.instance()).append('\n');
    text.append("version     ").append(version).append('\n');
    text.append("link        ").append(link).append('\n');
    text.append("generation  ").append(status.generation()).append('\n');
    text.append("unsent      ").append(spool.records()).append(" reports\n");
    text.append("policy      ").append(people(status.policy())).append('\n');
    for (Condition condition : status.conditions()) {
      text.append("attention   ")
          .append(condition.code())
          .append(": ")
          .append(condition.message())
          .append('\n');
    }
    text.append("processor   ").append(seconds(cost)).append(" s\n");
    text.append("memory      ").append(cost.residentBytes() >> 20).append(" MiB\n");
    text.append("assignments ").append(status.assignments().size()).append('\n');
    for (AgentStatus.AssignmentStatus one : status.assignments()) {
      text.append("  ")
          .append(one.association())
          .append(one.name().isEmpty() ? "" : " " + one.name())
          .append(" version ")
          .append(one.version())
          .append(one.nextRun().map(next -> ", next " + next).orElse(""))
          .append(one.lastRun().map(last -> ", last " + last.status().text()).orElse(""))
          .append('\n');
    }
    return text.toString();
  }

  private static BigDecimal seconds(Cost cost) {
    return BigDecimal.valueOf(cost.processorTime().toMillis())
        .divide(BigDecimal.valueOf(1000), 3, RoundingMode.HALF_UP);
  }

  private static Value number(long number) {
    return new Value.Num(BigDecimal.valueOf(number));
  }

  private static Value text(Object value) {
    return new Value.Text(String.valueOf(value));
  }
}
