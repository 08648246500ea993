package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.step.Work;
import dev.holdfast.document.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is on disk before anything of a run starts.
 *
 * @param request of the outermost run, where documents run documents
 * @param begun when this run was started, by the wall clock
 * @param nesting what a step of another run started; empty for a run that stands for itself
 */
record RunIntent(RunRequest request, Instant begun, Optional<Nesting> nesting) {

  /** A run that stands for itself. */
  RunIntent(RunRequest request, Instant begun) {
    this(request, begun, Optional.empty());
  }

  /**
   * A document that a step runs.
   *
   * @param outermost when the run was started within which all of this happens
   * @param path the starts of steps that lead here, each within the one before, as {@link
   *     StepAttempt#folder} names them
   * @param document its bytes: what is run is what was read then
   * @param values given for its parameters
   */
  record Nesting(
      Instant outermost, List<String> path, ByteString document, Map<String, Value> values) {
    /** Copies. */
    Nesting {
      path = List.copyOf(path);
      values = Map.copyOf(values);
    }
  }

  /** The document. */
  ByteString document() {
    return nesting.map(Nesting::document).orElse(request.document());
  }

  /** The values given for its parameters. */
  Map<String, Value> values() {
    return nesting.map(Nesting::values).orElse(request.assignment().parameters());
  }

  /** How many documents this one is within. */
  int depth() {
    return nesting.map(n -> n.path.size()).orElse(0);
  }

  /** Names the run and this start of it. */
  String key() {
    return String.join(".", names(outermostKey()));
  }

  /** The key of the run whose step runs this document. */
  Optional<String> parent() {
    return depth() == 0
        ? Optional.empty()
        : Optional.of(key().substring(0, key().lastIndexOf('.')));
  }

  /** The key of the document that this start of a step runs. */
  String childKey(StepAttempt at) {
    return key() + "." + at.folder();
  }

  /** The document that this start of a step runs. */
  RunIntent child(StepAttempt at, ByteString document, Map<String, Value> values, Instant now) {
    List<String> path = new ArrayList<>(nesting.map(Nesting::path).orElse(List.of()));
    path.add(at.folder());
    return new RunIntent(
        request, now, Optional.of(new Nesting(outermost(), path, document, values)));
  }

  /** Whether a key is that of a document that a step runs. */
  static boolean nested(String key) {
    return key.indexOf('.') >= 0;
  }

  /** Whether a key is that of a start of a run, or of a document within it. */
  static boolean of(String key, String runId) {
    return key.startsWith(runId + "-");
  }

  /** The folder of its scripts and output; those of outermost runs sort by age. */
  String folder() {
    return String.join("/", names(outermostFolder()));
  }

  /** The folder of one part of a step. */
  String folder(StepAttempt at) {
    return folder() + "/" + at.folder();
  }

  /** Where steps download to: one folder for a run and all documents within it. */
  String downloads() {
    return outermostFolder() + "/" + RunFolders.DOWNLOADS;
  }

  /**
   * A script's own environment, and which run it belongs to: for logs and scripts that must know.
   */
  Map<String, String> environment(Work.Script script) {
    Map<String, String> environment = new TreeMap<>(script.environment());
    environment.put("HOLDFAST_RUN_ID", request.runId());
    environment.put("HOLDFAST_ASSOCIATION_ID", request.assignment().association().value());
    environment.put("HOLDFAST_TRIGGER", request.trigger().text());
    environment.put("HOLDFAST_ATTEMPT", Integer.toString(request.attempt()));
    return environment;
  }

  private List<String> names(String first) {
    List<String> names = new ArrayList<>(List.of(first));
    nesting.ifPresent(n -> names.addAll(n.path));
    return names;
  }

  private Instant outermost() {
    return nesting.map(Nesting::outermost).orElse(begun);
  }

  private String outermostKey() {
    return request.runId() + "-" + request.attempt();
  }

  private String outermostFolder() {
    return RunFolders.FOLDER
        + "/"
        + String.format("%013d-%s", outermost().toEpochMilli(), outermostKey());
  }
}
