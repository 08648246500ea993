package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Documents, plans and requests for tests. */
final class Documents {
  static final StepPlanner PLANNER =
      new StepPlanner(
          new HostFacts("mi-0123456789abcdef0", "", "Linux", "Test", "1", "/root", Path.of("/")));

  private Documents() {}

  /** A document of shell steps, each with one line of script and more fields of the step. */
  static String shell(String... scripts) {
    List<String> steps = new ArrayList<>();
    for (String script : scripts) {
      steps.add(
          "{\"action\":\"aws:runShellScript\",\"name\":\"s"
              + steps.size()
              + "\",\"inputs\":{\"timeoutSeconds\":60,\"runCommand\":[\""
              + script
              + "\"]}}");
    }
    return document(steps);
  }

  static String document(List<String> steps) {
    return "{\"schemaVersion\":\"2.2\",\"mainSteps\":[" + String.join(",", steps) + "]}";
  }

  static final String INVENTORY =
      "{\"action\":\"aws:softwareInventory\",\"name\":\"inventory\",\"inputs\":{\"applications\":\"Enabled\"}}";

  static RunPlan plan(String document) {
    return plan(document, Map.of());
  }

  static RunPlan plan(String document, Map<String, Value> values) {
    RunPlan.Planning planning =
        RunPlan.of(
            DocumentReader.read(document.getBytes(StandardCharsets.UTF_8)), values, false, PLANNER);
    return switch (planning) {
      case RunPlan.Planning.Planned(var plan) -> plan;
      case RunPlan.Planning.Refused refused -> throw new AssertionError(refused.toString());
    };
  }

  /** A step that runs another document. */
  static String child(String reference, String more) {
    return "{\"action\":\"aws:runDocument\",\"name\":\"run-"
        + reference
        + "\""
        + more
        + ",\"inputs\":{\"documentType\":\"SSMDocument\",\"documentPath\":\""
        + reference
        + "\"}}";
  }

  /** A step of a shell script. */
  static String script(String name, String script) {
    return "{\"action\":\"aws:runShellScript\",\"name\":\""
        + name
        + "\",\"inputs\":{\"timeoutSeconds\":60,\"runCommand\":[\""
        + script
        + "\"]}}";
  }

  /** With the documents that its steps name. */
  static RunRequest request(String document, Map<String, String> children) {
    RunRequest plain = request(document, Map.of(), false);
    Map<String, ByteString> bytes = new TreeMap<>();
    children.forEach((name, text) -> bytes.put(name, ByteString.copyFromUtf8(text)));
    return new RunRequest(
        plain.runId(),
        plain.trigger(),
        plain.attempt(),
        plain.startNumber(),
        plain.assignment(),
        plain.assignmentSha256(),
        plain.document(),
        bytes,
        plain.scheduled(),
        plain.caughtUp(),
        plain.missedTicks());
  }

  static RunRequest request(String document, Map<String, Value> values, boolean audit) {
    return request(
        "99999999-2222-3333-4444-555555555555",
        new AssociationId("11111111-2222-3333-4444-555555555555"),
        document,
        values,
        audit);
  }

  /** A request of a run of its own, of an association of its own. */
  static RunRequest request(String name, String document) {
    return request(runId(name), association(name), document, Map.of(), false);
  }

  static String runId(String name) {
    return UUID.nameUUIDFromBytes(("run " + name).getBytes(StandardCharsets.UTF_8)).toString();
  }

  static AssociationId association(String name) {
    return new AssociationId(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString());
  }

  private static RunRequest request(
      String runId,
      AssociationId association,
      String document,
      Map<String, Value> values,
      boolean audit) {
    ByteString bytes = ByteString.copyFromUtf8(document);
    Assignment assignment =
        new Assignment(
            association,
            3,
            "name",
            "document",
            2,
            Sha256.of(bytes.toByteArray()),
            values,
            new Assignment.Recurrence("", "", 0, 0, Instant.EPOCH),
            false,
            true,
            audit,
            false,
            false,
            false);
    return new RunRequest(
        runId,
        new Trigger.Tick(Instant.parse("2026-01-01T00:00:00Z")),
        1,
        7,
        assignment,
        Sha256.of(new byte[] {1}),
        bytes,
        Map.of(),
        Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
        false,
        0);
  }
}
