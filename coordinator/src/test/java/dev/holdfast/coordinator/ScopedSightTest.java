package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Policy;
import dev.holdfast.report.RunStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two coordinators, the same but for one instance: in one it is there, in the other it never was.
 * Somebody who may not see it must get the same answers from both, whatever they ask: then neither
 * its id nor its name nor a count of it shows anywhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ScopedSightTest {
  private static final InstanceId IN = new InstanceId("mi-0000000000000aaa1");
  private static final InstanceId OUT = new InstanceId("mi-0000000000000bbb2");

  @SuppressWarnings("NullAway.Init") // set before the tests
  private World with;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private World without;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    with = new World(folder.resolve("with"), true);
    without = new World(folder.resolve("without"), false);
  }

  @AfterAll
  void stop() {
    with.running.close();
    without.running.close();
  }

  /** What is asked; each {@code $NAME} stands for an id of the world. */
  private static final Map<String, List<String>> QUESTIONS = questions();

  private static Map<String, List<String>> questions() {
    Map<String, List<String>> all = new TreeMap<>();
    String both = "{\"association_id\": \"both\"}";
    all.put("ActivationService/DescribeActivations", List.of("{}"));
    all.put("DocumentService/GetDocument", List.of("{\"name\": \"disk\"}"));
    all.put("DocumentService/DescribeDocument", List.of("{\"name\": \"disk\"}"));
    all.put("DocumentService/ListDocuments", List.of("{}"));
    all.put("DocumentService/ListDocumentVersions", List.of("{\"name\": \"disk\"}"));
    all.put("DocumentService/GetCalendarState", List.of("{\"calendar_names\": [\"none\"]}"));
    all.put(
        "AssociationService/DescribeAssociation",
        List.of(
            both, "{\"association_id\": \"elsewhere\"}", "{\"association_id\": \"$ELSEWHERE\"}"));
    all.put(
        "AssociationService/ListAssociations",
        List.of(
            "{}",
            "{\"filters\": [{\"key\": \"InstanceId\", \"values\": [\"" + OUT + "\"]}]}",
            "{\"filters\": [{\"key\": \"AssociationStatusName\", \"values\": [\"Failed\"]}]}"));
    all.put("AssociationService/ListAssociationVersions", List.of(both));
    all.put(
        "AssociationService/DescribeAssociationExecutions",
        List.of(both, "{\"association_id\": \"elsewhere\"}"));
    all.put(
        "AssociationService/DescribeAssociationExecutionTargets",
        List.of("{\"association_id\": \"both\", \"execution_id\": \"$EXECUTION\"}"));
    all.put("AssociationService/GetFreeze", List.of("{}"));
    all.put(
        "AssociationService/PlanAssociation",
        List.of(
            "{\"association\": {\"name\": \"disk\", \"targets\": [{\"key\": \"InstanceIds\","
                + " \"values\": [\"*\"]}]}}",
            "{\"association\": {\"name\": \"disk\", \"targets\": [{\"key\": \"InstanceIds\","
                + " \"values\": [\""
                + OUT
                + "\"]}]}}",
            "{\"association\": {\"name\": \"disk\", \"targets\": [{\"key\": \"tag:Team\","
                + " \"values\": [\"bbb\"]}]}}"));
    all.put(
        "AssociationService/ExplainAssociation",
        List.of(
            "{\"association_id\": \"both\", \"instance_id\": \"" + OUT + "\"}",
            "{\"association_id\": \"both\", \"instance_id\": \"" + IN + "\"}"));
    all.put(
        "AssociationService/GetAssociationRun",
        List.of("{\"run_id\": \"$RUN_OUT\"}", "{\"run_id\": \"$RUN_IN\"}"));
    all.put(
        "AssociationService/WatchAssociationExecution",
        List.of("{\"execution_id\": \"$EXECUTION\"}"));
    all.put(
        "InstanceService/DescribeInstanceInformation",
        List.of(
            "{}",
            "{\"filters\": [{\"key\": \"InstanceIds\", \"values\": [\"" + OUT + "\"]}]}",
            "{\"filters\": [{\"key\": \"tag:Team\", \"values\": [\"bbb\"]}]}",
            "{\"filters\": [{\"key\": \"resource-groups:Name\", \"values\": [\"all\"]}]}"));
    for (String method :
        List.of(
            "DescribeInstance",
            "DescribeInstanceAssociationsStatus",
            "DescribeEffectiveInstanceAssociations")) {
      all.put(
          "InstanceService/" + method,
          List.of("{\"instance_id\": \"" + OUT + "\"}", "{\"instance_id\": \"" + IN + "\"}"));
    }
    all.put(
        "InstanceService/ListTagsForResource",
        List.of(
            "{\"resource_type\": \"RESOURCE_TYPE_MANAGED_INSTANCE\", \"resource_id\": \""
                + OUT
                + "\"}",
            "{\"resource_type\": \"RESOURCE_TYPE_ASSOCIATION\", \"resource_id\": \"elsewhere\"}"));
    all.put("InstanceService/ListInstanceGroups", List.of("{}"));
    all.put(
        "InventoryService/GetInventory",
        List.of(
            "{}",
            "{\"result_attributes\": [{\"type_name\": \"Custom:Rack\"}]}",
            "{\"aggregators\": [{\"expression\": \"Custom:Rack.Rack\"}]}",
            "{\"aggregators\": [{\"expression\": \"AWS:InstanceInformation.InstanceId\"}]}",
            "{\"aggregators\": [{\"groups\": [{\"name\": \"g\", \"filters\": [{\"key\":"
                + " \"Custom:Rack.Rack\", \"values\": [\"bbb\"]}]}]}]}"));
    all.put(
        "InventoryService/ListInventoryEntries",
        List.of(
            "{\"instance_id\": \"" + OUT + "\", \"type_name\": \"Custom:Rack\"}",
            "{\"instance_id\": \"" + IN + "\", \"type_name\": \"Custom:Rack\"}"));
    all.put("InventoryService/GetInventorySchema", List.of("{\"type_name\": \"Custom:\"}"));
    all.put(
        "InventoryService/GetInventoryChanges",
        List.of("{}", "{\"instance_id\": \"" + OUT + "\"}"));
    all.put("InventoryService/ExportFleet", List.of("{}"));
    all.put(
        "ComplianceService/ListComplianceItems",
        List.of(
            "{}",
            "{\"resource_ids\": [\"" + OUT + "\"]}",
            "{\"filters\": [{\"key\": \"Status\", \"values\": [\"NON_COMPLIANT\"]}]}"));
    all.put(
        "ComplianceService/ListComplianceSummaries",
        List.of("{}", "{\"filters\": [{\"key\": \"Status\", \"values\": [\"NON_COMPLIANT\"]}]}"));
    all.put(
        "ComplianceService/ListResourceComplianceSummaries",
        List.of("{}", "{\"filters\": [{\"key\": \"Status\", \"values\": [\"NON_COMPLIANT\"]}]}"));
    all.put("ParameterService/GetParameter", List.of("{\"name\": \"motd\"}"));
    all.put("ParameterService/GetParameters", List.of("{\"names\": [\"motd\"]}"));
    all.put("ParameterService/DescribeParameters", List.of("{}"));
    all.put("ParameterService/GetParameterHistory", List.of("{\"name\": \"motd\"}"));
    all.put("EventService/Watch", List.of("{\"after_position\": 0}"));
    all.put("TokenService/WhoAmI", List.of("{}"));
    all.put("TokenService/ListTokens", List.of("{}"));
    all.put("TokenService/ListRoleBindings", List.of("{}"));
    return all;
  }

  @Test
  void whateverIsAskedTheInstanceOutsideMakesNoDifference() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (var question : QUESTIONS.entrySet()) {
      for (String json : question.getValue()) {
        String there = with.ask(with.scoped, question.getKey(), json);
        String gone = without.ask(without.scoped, question.getKey(), json);
        if (!there.equals(gone)) {
          wrong.add(question.getKey() + " " + json + "\n with: " + there + "\n without: " + gone);
        }
        String own = there.replace(json, "");
        if (!json.contains(OUT.value()) && (own.contains(OUT.value()) || own.contains("bbb"))) {
          wrong.add(question.getKey() + " " + json + " tells of it: " + there);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void somebodyWhoSeesAllIsToldOfIt() throws Exception {
    int otherwise = 0;
    for (var question : QUESTIONS.entrySet()) {
      for (String json : question.getValue()) {
        String there = with.ask(with.admin, question.getKey(), json);
        otherwise += there.equals(without.ask(without.admin, question.getKey(), json)) ? 0 : 1;
      }
    }
    assertTrue(otherwise > 25, "only " + otherwise + " answers tell the two worlds apart");
  }

  @Test
  void everyMethodThatReadsBySightIsAsked() {
    Set<String> reads = new TreeSet<>();
    new Policy()
        .entries()
        .forEach(
            (method, entry) -> {
              if (entry instanceof Policy.Entry.People(var capability, var reach)
                  && reach == Policy.Reach.SIGHT
                  && method.startsWith("holdfast.v1.")
                  && method.matches(".*/(Get|List|Describe|Watch|Export|Explain|Plan|WhoAmI).*")) {
                assertFalse(capability.roles().isEmpty());
                reads.add(method.substring("holdfast.v1.".length()));
              }
            });
    assertEquals(reads, new TreeSet<>(QUESTIONS.keySet()));
  }

  @Test
  void nothingOutsideCanBeTouched() throws Exception {
    String outside = "\"" + OUT + "\"";
    Map<String, List<String>> tries = new TreeMap<>();
    tries.put(
        "InstanceService/AddTagsToResource",
        List.of(
            "{\"resource_type\": \"RESOURCE_TYPE_MANAGED_INSTANCE\", \"resource_id\": "
                + outside
                + ", \"tags\": {\"Team\": \"aaa\"}}",
            "{\"resource_type\": \"RESOURCE_TYPE_MANAGED_INSTANCE\", \"resource_id\": \""
                + IN
                + "\", \"tags\": {\"Team\": \"bbb\"}}",
            "{\"resource_type\": \"RESOURCE_TYPE_DOCUMENT\", \"resource_id\": \"disk\", \"tags\":"
                + " {\"a\": \"b\"}}",
            "{\"resource_type\": \"RESOURCE_TYPE_ASSOCIATION\", \"resource_id\": \"both\","
                + " \"tags\": {\"a\": \"b\"}}"));
    tries.put(
        "InstanceService/RemoveTagsFromResource",
        List.of(
            "{\"resource_type\": \"RESOURCE_TYPE_MANAGED_INSTANCE\", \"resource_id\": \""
                + IN
                + "\", \"tag_keys\": [\"Team\"]}"));
    tries.put(
        "InstanceService/DeregisterManagedInstance", List.of("{\"instance_id\": " + outside + "}"));
    tries.put(
        "AssociationService/StartAssociationsOnce",
        List.of(
            "{\"association_ids\": [\"both\"]}",
            "{\"association_ids\": [\"both\"], \"instance_ids\": [" + outside + "]}",
            "{\"association_ids\": [\"elsewhere\"]}",
            "{\"association_ids\": [\"$ELSEWHERE\"]}"));
    tries.put(
        "AssociationService/CancelAssociationExecution",
        List.of(
            "{\"association_id\": \"both\", \"execution_id\": \"$EXECUTION2\"}",
            "{\"association_id\": \"both\", \"execution_id\": \"$EXECUTION2\", \"instance_ids\": ["
                + outside
                + "]}"));
    tries.put(
        "AssociationService/UpdateAssociation",
        List.of(
            "{\"association_id\": \"both\", \"association\": {\"max_errors\": \"1\"},"
                + " \"update_mask\": \"maxErrors\"}",
            "{\"association_id\": \"elsewhere\", \"association\": {\"max_errors\": \"1\"},"
                + " \"update_mask\": \"maxErrors\"}"));
    tries.put(
        "AssociationService/DeleteAssociation",
        List.of("{\"association_id\": \"both\"}", "{\"association_id\": \"elsewhere\"}"));
    tries.put(
        "AssociationService/CreateAssociation",
        List.of(
            "{\"association\": {\"name\": \"disk\", \"targets\": [{\"key\": \"InstanceIds\","
                + " \"values\": [\"*\"]}], \"tag_scope\": {\"Team\": \"bbb\"}}}",
            "{\"association\": {\"name\": \"disk\", \"targets\": [{\"key\": \"InstanceIds\","
                + " \"values\": [\"*\"]}], \"tag_scope\": {}}}"));
    tries.put(
        "InventoryService/PutInventory",
        List.of(
            "{\"instance_id\": "
                + outside
                + ", \"items\": [{\"type_name\": \"Custom:Rack\", \"schema_version\": \"1.0\","
                + " \"content\": [{\"attributes\": {\"Rack\": \"x\"}}]}]}"));
    tries.put(
        "ComplianceService/PutComplianceItems",
        List.of(
            "{\"resource_id\": "
                + outside
                + ", \"compliance_type\": \"Custom:Backup\", \"execution_summary\":"
                + " {\"execution_time\": \"2026-11-24T12:00:00Z\"}, \"items\": []}"));
    tries.put(
        "ActivationService/CreateActivation", List.of("{}", "{\"tags\": {\"Team\": \"bbb\"}}"));
    tries.put(
        "ActivationService/DeleteActivation", List.of("{\"activation_id\": \"$ACTIVATION_OUT\"}"));
    for (String whole :
        List.of(
            "DocumentService/UpdateDocument",
            "ParameterService/PutParameter",
            "AssociationService/SetFreeze",
            "InstanceService/CreateInstanceGroup",
            "InventoryService/DeleteInventory",
            "EventService/PutWebhook",
            "AuditService/LookupEvents")) {
      tries.put(whole, List.of("{}"));
    }

    List<String> done = new ArrayList<>();
    for (var one : tries.entrySet()) {
      for (String json : one.getValue()) {
        String answer = with.ask(with.scoped, one.getKey(), json);
        if (!answer.matches("(?s)(PERMISSION_DENIED|NOT_FOUND|INVALID_ARGUMENT).*")) {
          done.add(one.getKey() + " " + json + ": " + answer);
        }
      }
    }
    assertEquals(List.of(), done);
  }

  @Test
  void whatIsMadeInTheScopeStaysInItWhateverTheTargetsName() throws Exception {
    String made =
        with.ask(
            with.scoped,
            "AssociationService/CreateAssociation",
            "{\"association\": {\"name\": \"disk\", \"association_name\": \"mine\", \"targets\":"
                + " [{\"key\": \"InstanceIds\", \"values\": [\"*\"]}]}}");
    assertTrue(made.contains("\"Team\":[\"aaa\"]"), made);
    String inside =
        with.ask(
            with.admin,
            "InstanceService/DescribeEffectiveInstanceAssociations",
            "{\"instance_id\": \"" + IN + "\"}");
    String outside =
        with.ask(
            with.admin,
            "InstanceService/DescribeEffectiveInstanceAssociations",
            "{\"instance_id\": \"" + OUT + "\"}");
    assertTrue(inside.contains("\"mine\""), inside);
    assertFalse(outside.contains("\"mine\""), outside);

    String started =
        with.ask(
            with.scoped,
            "AssociationService/StartAssociationsOnce",
            "{\"association_ids\": [\"mine\"]}");
    assertTrue(started.contains("execution_ids"), started);
    String deleted =
        with.ask(
            with.scoped, "AssociationService/DeleteAssociation", "{\"association_id\": \"mine\"}");
    assertEquals("{}", deleted);
  }

  @Test
  void aPageTokenIsGoodForNobodyElse() throws Exception {
    String page =
        with.raw(with.admin, "InstanceService/DescribeInstanceInformation", "{\"page_size\": 1}");
    String token = page.replaceAll("(?s).*\"next_page_token\":\"([^\"]+)\".*", "$1");
    String answer =
        with.ask(
            with.scoped,
            "InstanceService/DescribeInstanceInformation",
            "{\"page_size\": 1, \"page_token\": \"" + token + "\"}");
    assertTrue(answer.startsWith("INVALID_ARGUMENT"), answer);
  }

  /** A coordinator with rows of every kind. */
  private static final class World {
    private final Map<String, String> ids = new TreeMap<>();
    final Running running;
    final Reflected admin;
    final Reflected scoped;

    World(Path data, boolean outside) throws Exception {
      Running.start(data).close();
      try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
        store.write(
            write -> {
              for (InstanceId id : outside ? List.of(IN, OUT) : List.of(IN)) {
                String team = id.equals(IN) ? "aaa" : "bbb";
                Instances.add(
                    write, id, "name-" + team, "", team, team, new byte[0], "1.0", "host-" + team);
                Instances.setTags(write, id, Map.of("Team", team));
              }
              return true;
            });
      }
      try (Running first = Running.start(data)) {
        prepare(new Reflected(first.admin(first.adminToken())), outside);
      }
      try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
        store.write(
            write -> {
              Executions.Execution execution =
                  Executions.find(write.read(), ids.getOrDefault("$EXECUTION", "")).orElseThrow();
              run(execution, IN, RunStatus.SUCCESS, "$RUN_IN")
                  .ifPresent(run -> Runs.put(write, run, 1));
              Optional<Runs.Run> other = run(execution, OUT, RunStatus.FAILED, "$RUN_OUT");
              if (outside) {
                Runs.put(write, other.orElseThrow(), 2);
              }
              write.append("RunEnded", List.of(IN.value()), Map.of());
              if (outside) {
                write.append("RunEnded", List.of(OUT.value()), Map.of());
              }
              return true;
            });
      }
      running = Running.start(data);
      admin = new Reflected(running.admin(running.adminToken()));
      String made =
          ask(
              admin,
              "TokenService/CreateToken",
              "{\"name\": \"shop\", \"role\": \"admin\", \"tag_scope\": {\"Team\": \"aaa\"}}");
      scoped =
          new Reflected(running.admin(made.replaceAll("(?s).*\"token\":\"(hft_[^\"]+)\".*", "$1")));
    }

    private Optional<Runs.Run> run(
        Executions.Execution execution, InstanceId instance, RunStatus status, String name) {
      String id = Identity.runId(instance, execution.association(), execution.trigger());
      ids.put(name, id);
      Instant then = execution.time();
      return Optional.of(
          new Runs.Run(
              id,
              execution.id(),
              execution.association(),
              instance,
              execution.trigger().text(),
              1,
              1,
              1,
              status,
              status.text(),
              1,
              1,
              execution.revisionSha256(),
              Optional.empty(),
              Optional.of(then),
              Optional.of(then),
              false,
              0,
              com.google.protobuf.ByteString.EMPTY,
              then,
              ""));
    }

    private void prepare(Reflected server, boolean outside) throws Exception {
      ask(
          server,
          "DocumentService/CreateDocument",
          "{\"name\": \"disk\", \"content\": \"schemaVersion: \\\"2.2\\\"\\nmainSteps:\\n- action:"
              + " aws:runShellScript\\n  name: df\\n  inputs:\\n    runCommand:\\n    - df\\n\"}");
      ask(server, "ParameterService/PutParameter", "{\"name\": \"motd\", \"value\": \"hello\"}");
      ask(
          server,
          "InstanceService/CreateInstanceGroup",
          "{\"name\": \"all\", \"filters\": [{\"key\": \"InstanceIds\", \"values\": [\""
              + IN
              + "\", \""
              + OUT
              + "\"]}]}");
      ask(
          server,
          "AssociationService/CreateAssociation",
          "{\"association\": {\"name\": \"disk\", \"association_name\": \"both\", \"targets\":"
              + " [{\"key\": \"InstanceIds\", \"values\": [\""
              + IN
              + "\", \""
              + OUT
              + "\"]}], \"apply_only_at_cron_interval\": true, \"schedule_expression\": \"cron(0 0"
              + " 1 1 ? 2030)\"}}");
      String elsewhere =
          ask(
              server,
              "AssociationService/CreateAssociation",
              "{\"association\": {\"name\": \"disk\", \"association_name\": \"elsewhere\","
                  + " \"targets\": [{\"key\": \"InstanceIds\", \"values\": [\""
                  + OUT
                  + "\"]}]}}");
      ids.put("$ELSEWHERE", value(elsewhere, "association_id"));
      for (String name : List.of("$EXECUTION", "$EXECUTION2")) {
        String started =
            ask(
                server,
                "AssociationService/StartAssociationsOnce",
                "{\"association_ids\": [\"both\"]}");
        ids.put(name, started.replaceAll("(?s).*\"execution_ids\":\\[\"([^\"]+)\".*", "$1"));
      }
      for (String team : List.of("aaa", "bbb")) {
        String activation =
            ask(
                server,
                "ActivationService/CreateActivation",
                "{\"description\": \"of " + team + "\", \"tags\": {\"Team\": \"" + team + "\"}}");
        ids.put(
            team.equals("aaa") ? "$ACTIVATION_IN" : "$ACTIVATION_OUT",
            value(activation, "activation_id"));
        if (team.equals("bbb") && !outside) {
          continue;
        }
        InstanceId id = team.equals("aaa") ? IN : OUT;
        ask(
            server,
            "InventoryService/PutInventory",
            "{\"instance_id\": \""
                + id
                + "\", \"items\": [{\"type_name\": \"Custom:Rack\", \"schema_version\": \"1.0\","
                + " \"content\": [{\"attributes\": {\"Rack\": \""
                + team
                + "\", \"Site\": \"north\"}}]}]}");
        ask(
            server,
            "ComplianceService/PutComplianceItems",
            "{\"resource_id\": \""
                + id
                + "\", \"compliance_type\": \"Custom:Backup\", \"execution_summary\":"
                + " {\"execution_time\": \"2026-11-24T12:00:00Z\"}, \"items\": [{\"id\": \"full-"
                + team
                + "\", \"title\": \"t\", \"severity\": \"COMPLIANCE_SEVERITY_HIGH\", \"status\":"
                + " \"COMPLIANCE_STATUS_NON_COMPLIANT\"}]}");
      }
    }

    private static String value(String answer, String field) {
      return answer.replaceAll("(?s).*?\"" + field + "\":\"([^\"]+)\".*", "$1");
    }

    /** The answer, or the refusal, without what is otherwise from one coordinator to the next. */
    String ask(Reflected server, String name, String json) throws Exception {
      String answer = raw(server, name, json);
      return QUESTIONS.containsKey(name) ? same(answer) : answer;
    }

    String raw(Reflected server, String name, String json) throws Exception {
      String service = name.substring(0, name.indexOf('/'));
      MethodDescriptor method =
          Objects.requireNonNull(server.services().get("holdfast.v1." + service))
              .findMethodByName(name.substring(name.indexOf('/') + 1));
      String sent = json;
      for (var id : ids.entrySet()) {
        sent = sent.replace("\"" + id.getKey() + "\"", "\"" + id.getValue() + "\"");
      }
      StringBuilder answers = new StringBuilder();
      try {
        for (DynamicMessage answer : server.callAll(method, sent)) {
          answers.append(
              JsonFormat.printer()
                  .preservingProtoFieldNames()
                  .omittingInsignificantWhitespace()
                  .print(answer));
        }
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.UNAVAILABLE
            || e.getStatus().getCode() == Status.Code.UNKNOWN) {
          throw new AssertionError(name + " " + json, e);
        }
        answers.append(e.getStatus().getCode()).append(' ').append(e.getStatus().getDescription());
      }
      return answers.toString();
    }

    private String same(String text) {
      return text.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID")
          .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
          .replaceAll("\"position\":\"\\d+\"", "POSITION")
          .replaceAll("\"generation_(wanted|held)\":\"[^\"]*\"", "GENERATION")
          .replaceAll("\"(cursor|next_page_token|id)\":\"[^\"]*\"", "CURSOR");
    }
  }
}
