package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import java.util.Map;

/** Every limit that a caller reaches through the admin API: just within it, and one more. */
final class Edges implements Case {
  /** Limits that refuse, and that are not tried here: why not. */
  static final Map<String, String> NOT_TRIED =
      Map.ofEntries(
          Map.entry("MAX_EMPTY_COMPLIANCE_TYPES", "nothing is refused: the eldest is forgotten"),
          Map.entry("MAX_COMPLIANCE_FILE_BYTES", "a file on the host"),
          Map.entry("LOCAL_CALL", "a command on the host"),
          Map.entry("MAX_LOCAL_CALLS", "commands on the host"),
          Map.entry("MAX_STDOUT_KEPT_BYTES", "output of a run: D09"),
          Map.entry("MAX_STDERR_KEPT_BYTES", "output of a run: D09"),
          Map.entry("MAX_WEBHOOK_MESSAGE", "what another server says; it is cut"),
          Map.entry("SHORTEST_MASKED", "nothing is refused: it is told by a warning"),
          Map.entry("SECRET_FETCHES_AT_ONCE", "requests of an agent"),
          Map.entry("SECRET_FETCHES_A_MINUTE", "requests of an agent"),
          Map.entry("SECRET_ANSWER", "requests of an agent"),
          Map.entry("SECRET_WAIT", "runs on a host"),
          Map.entry("MAX_SECRET_WAITERS", "runs on a host"),
          Map.entry("PAGE", "what is not asked for can't be too much"),
          Map.entry("MAX_PAGE_BYTES", "nothing is refused: the page ends early"),
          Map.entry("MAX_PAGE_SCANNED", "nothing is refused: the page ends early"),
          Map.entry("MAX_EXECUTIONS_SCANNED", "nothing is refused: the page ends early"),
          Map.entry("MAX_AGGREGATE_ROWS", "takes 200,000 different items; a unit test has it"),
          Map.entry("MAX_SCRIPT_BYTES", "the step fails on the host, when values are filled in"),
          Map.entry("MAX_SUBSTITUTED_CHARS", "the step fails on the host, as above"));

  @Override
  public String id() {
    return "D02";
  }

  @Override
  public String claim() {
    return "what is just within a limit is taken, and one more is refused by a message that names"
        + " the limit";
  }

  @Override
  public void run(Trial trial) throws Exception {
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    Edge edge = new Edge(trial, rig);
    new DocumentEdges(edge).tryAll();
    new ValueEdges(edge).tryAll();
    new AssociationEdges(edge).tryAll();
    new ExecutionEdges(edge).tryAll();
    new FleetEdges(edge).tryAll();
    new StoredEdges(edge).tryAll();
    new ReportEdges(edge).tryAll();
    trial.note("limits", edge.tried());
    trial.require(edge.tried() > 80, "only " + edge.tried() + " limits were tried");
    trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
    trial.require(!rig.coordinator().said().contains("a call failed"), "a call failed in the log");
  }
}
