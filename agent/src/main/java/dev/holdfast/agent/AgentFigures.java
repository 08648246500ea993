package dev.holdfast.agent;

import dev.holdfast.agent.link.Contact;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.metrics.Exposition;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.spool.SpoolStatus;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the agent shows of itself as metrics. On the agent's own thread. */
final class AgentFigures {
  /** Where a link can stand. */
  private static final List<String> LINK_STATES =
      List.of("linked", "connecting", "waiting", "held", "stopped");

  /** What can need the attention of people; all others are counted as {@code OTHER}. */
  static final List<String> CONDITIONS =
      List.of(
          "SAFE_MODE",
          "DISK_FULL",
          "POLICY_WRONG",
          "PARKED",
          "CLOCK_STEP",
          "REPORTS_DROPPED",
          "GENERATION_REFUSED",
          "OTHER");

  /** With one of these nothing new starts. */
  static final List<String> HOLDING = List.of("SAFE_MODE", "DISK_FULL", "POLICY_WRONG");

  private AgentFigures() {}

  /**
   * All of it.
   *
   * @param expires when the certificate in use expires; empty if there is none
   */
  static String text(String version, Engine engine, Optional<Instant> expires, Instant now) {
    Exposition out = new Exposition();
    out.gauge(
        "holdfast_agent_build_info",
        "1, with the version of the program that runs.",
        "version",
        Map.of(version, 1.0));
    AgentStatus status = engine.agent().status();
    link(out, engine, now);
    runs(out, engine, status, now);
    spool(out, engine.spool().status());
    held(out, engine, status);
    expires.ifPresent(
        at ->
            out.gauge(
                "holdfast_agent_certificate_expires_timestamp_seconds",
                "When the certificate in use expires, in seconds since 1970.",
                epoch(at)));
    process(out, engine);
    return out.text();
  }

  private static void link(Exposition out, Engine engine, Instant now) {
    String state = engine.link().state();
    Contact contact = engine.link().contact();
    Map<String, Double> states = new LinkedHashMap<>();
    LINK_STATES.forEach(word -> states.put(word, word.equals(state) ? 1.0 : 0));
    out.gauge("holdfast_agent_link", "1 for where the link stands, else 0.", "state", states)
        .gauge(
            "holdfast_agent_link_state_seconds",
            "For how long the link has stood where it stands.",
            since(Optional.of(contact.since()), now))
        .gauge(
            "holdfast_agent_last_contact_timestamp_seconds",
            "When the coordinator said anything last, in seconds since 1970; 0 if not since the"
                + " agent's start.",
            contact.heard().map(AgentFigures::epoch).orElse(0.0))
        .gauge(
            "holdfast_agent_set_confirmed_timestamp_seconds",
            "When it was last sure that what is held is what is wanted, in seconds since 1970; 0 if"
                + " not since the agent's start.",
            contact.confirmed().map(AgentFigures::epoch).orElse(0.0));
  }

  private static void runs(Exposition out, Engine engine, AgentStatus status, Instant now) {
    Map<String, Double> ended = new LinkedHashMap<>();
    for (RunStatus one : RunStatus.values()) {
      if (one.terminal()) {
        ended.put(one.text(), (double) engine.ended().getOrDefault(one, 0L));
      }
    }
    Optional<Instant> waits =
        engine.agent().waits().stream()
            .filter(wait -> wait.waiting().reason() != Waiting.Reason.SPLAY)
            .map(Wanted.Wait::since)
            .min(Instant::compareTo);
    out.counter(
            "holdfast_agent_runs_ended_total",
            "Runs that ended since the agent's start, skipped ones included, by status.",
            "status",
            ended)
        .gauge(
            "holdfast_agent_runs_in_progress",
            "Runs in progress.",
            status.assignments().stream()
                .flatMap(line -> line.lastRun().stream())
                .filter(run -> run.status() == RunStatus.IN_PROGRESS)
                .count())
        .gauge("holdfast_agent_runs_waiting", "Runs that are due and wait.", status.queue().size())
        .gauge(
            "holdfast_agent_overdue_seconds",
            "For how long the run has waited that has waited longest, its splay left out.",
            since(waits, now))
        .gauge(
            "holdfast_agent_next_run_timestamp_seconds",
            "When the next tick starts a run, in seconds since 1970; 0 if none will.",
            status.assignments().stream()
                .flatMap(line -> line.nextRun().stream())
                .min(Instant::compareTo)
                .map(AgentFigures::epoch)
                .orElse(0.0));
  }

  private static void spool(Exposition out, SpoolStatus spool) {
    Map<String, Double> lost = new LinkedHashMap<>();
    lost.put("results", (double) spool.lostResults());
    lost.put("progress", (double) spool.droppedProgress());
    lost.put("inventory", (double) spool.droppedInventory());
    lost.put("output", (double) spool.droppedOutput());
    out.gauge(
            "holdfast_agent_spool_reports",
            "Reports that the coordinator has not stored.",
            spool.records())
        .gauge(
            "holdfast_agent_spool_bytes",
            "Bytes of reports on the disk, with what is kept after it was stored.",
            spool.bytes())
        .gauge(
            "holdfast_agent_spool_oldest_seconds",
            "For about how long the oldest result has waited to be stored; since the agent's start"
                + " at most.",
            seconds(spool.oldest()))
        .counter(
            "holdfast_agent_reports_lost_total",
            "Reports given up for want of room since the agent's start, by kind.",
            "kind",
            lost)
        .counter(
            "holdfast_agent_reports_refused_total",
            "Reports that the coordinator refused for good since the agent's start.",
            spool.refused())
        .gauge(
            "holdfast_agent_spool_damaged",
            "Pieces of the spool's files that were damaged and set aside at the agent's start.",
            spool.damaged())
        .gauge(
            "holdfast_agent_spool_missing",
            "Results that were written to the spool and were gone from its files at the agent's"
                + " start.",
            spool.missingResults());
  }

  private static void held(Exposition out, Engine engine, AgentStatus status) {
    Map<String, Double> conditions = new LinkedHashMap<>();
    CONDITIONS.forEach(code -> conditions.put(code, 0.0));
    status
        .conditions()
        .forEach(
            condition ->
                conditions.merge(
                    CONDITIONS.contains(condition.code()) ? condition.code() : "OTHER",
                    1.0,
                    Double::sum));
    out.gauge(
            "holdfast_agent_conditions",
            "What needs the attention of people, by code.",
            "code",
            conditions)
        .gauge(
            "holdfast_agent_assignments",
            "Associations that are followed.",
            status.assignments().size())
        .gauge(
            "holdfast_agent_lacking_bodies",
            "Documents of the wanted set that are not here yet.",
            status.lackingBodies())
        .gauge(
            "holdfast_agent_set_epoch",
            "The history of the coordinator's store of which a set is held.",
            status.generation().epoch())
        .gauge(
            "holdfast_agent_set_position",
            "Up to which position of the coordinator's log the set is that is held.",
            status.generation().position())
        .gauge(
            "holdfast_agent_ledger_bytes",
            "Bytes of the ledger of what was started.",
            engine.agent().ledgerBytes())
        .gauge(
            "holdfast_agent_free_bytes",
            "Bytes that are free on the disk of the state folder.",
            engine.space().free())
        .gauge(
            "holdfast_agent_reserve_files",
            "Files of the reserve for how runs end that are there, of "
                + dev.holdfast.task.RunLimits.RESERVE_FILES
                + ".",
            engine.reserve());
  }

  private static void process(Exposition out, Engine engine) {
    Runtime runtime = Runtime.getRuntime();
    out.counter(
            "holdfast_agent_rounds_total",
            "Rounds of the work loop since the agent's start.",
            engine.agent().workLoopCount())
        .gauge(
            "holdfast_agent_round_age_seconds",
            "How long ago the work loop went round last.",
            seconds(engine.agent().sinceRound()))
        .gauge(
            "holdfast_agent_heap_bytes",
            "Bytes of the heap in use.",
            runtime.totalMemory() - runtime.freeMemory())
        .gauge(
            "holdfast_agent_heap_max_bytes", "Bytes that the heap may have.", runtime.maxMemory())
        .gauge(
            "holdfast_agent_resident_bytes",
            "Bytes of memory that the process has.",
            ThisMachine.residentBytes())
        .counter(
            "holdfast_agent_cpu_seconds_total",
            "Seconds of processor time.",
            seconds(ThisMachine.processorTime()))
        .gauge(
            "holdfast_agent_threads",
            "Threads, those of the Java machine included.",
            ThisMachine.threads());
  }

  private static double since(Optional<Instant> then, Instant now) {
    return then.map(at -> Math.max(0, seconds(Duration.between(at, now)))).orElse(0.0);
  }

  private static double epoch(Instant at) {
    return at.toEpochMilli() / 1e3;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
