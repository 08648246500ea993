package dev.holdfast.faults;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.RunStep;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Secrets that must not be found again. */
final class SecretCases {
  private SecretCases() {}

  static List<Case> all() {
    return List.of(new Canaries());
  }

  /** Secrets of all kinds, looked for wherever one could be. */
  static final class Canaries implements Case {
    /** Files that hold a secret on purpose, and nothing else does; by the canary. */
    private static final Map<String, String> HOMES =
        Map.of(
            "the first token", "coordinator/admin.token",
            "the key of the authority", "coordinator/ca.key",
            "the coordinator's key", "coordinator/coordinator.key",
            "the key of parameters", "coordinator/parameters.key",
            "the pepper", "coordinator/pepper");

    @Override
    public String id() {
      return "Z08";
    }

    @Override
    public String claim() {
      return "no secret is in a log, an argument, a store, a spool, an event, the audit trail or an"
          + " output; outputs show that something was masked";
    }

    @Override
    public void run(Trial trial) throws Exception {
      String salt = Long.toString(trial.random().nextLong(Long.MAX_VALUE), 36);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR + "log_level: debug\n");
      Map<String, String> canaries = new LinkedHashMap<>();
      canaries.put("a parameter", "canaryParameter" + salt);
      canaries.put("a webhook's secret", "canaryWebhook-" + salt);
      made(rig, canaries);
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      String association = associated(rig, instance);
      int rounds = trial.scale().of(1, 4, 20);
      for (int round = 0; round < rounds; round++) {
        String execution = round == 0 ? "" : AgentCases.start(rig, association);
        running(trial, rig, association, execution, canaries);
        if (round % 2 == 1) {
          rig.coordinator().kill();
          rig.startCoordinator();
        }
      }
      // A restart writes down what was only in memory.
      trial.require(rig.agent().stop() == 0, "the agent does not stop");
      rig.startAgent();
      told(trial, rig, association, canaries);
      trial.require(rig.coordinator().stop() == 0, "the coordinator does not stop");
      own(rig, canaries);
      files(trial, rig, canaries);
      trial.note("canaries", canaries.size());
    }

    /** What is made by people: each answer tells a secret once. */
    private static void made(Rig rig, Map<String, String> canaries) {
      var _ =
          ParameterServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .putParameter(
                  PutParameterRequest.newBuilder()
                      .setName("canary")
                      .setValue(canaries.get("a parameter"))
                      .setType(ParameterType.PARAMETER_TYPE_SECURE_STRING)
                      .setClientToken("once")
                      .build());
      canaries.put(
          "an activation's code",
          ActivationServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createActivation(CreateActivationRequest.newBuilder().setClientToken("once").build())
              .getActivationCode());
      canaries.put(
          "a token",
          TokenServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createToken(
                  CreateTokenRequest.newBuilder().setName("canary").setRole("viewer").build())
              .getToken());
      canaries.put(
          "a local token",
          Launched.run(
                  rig.folder(),
                  "holdfast-coordinator",
                  List.of(
                      "token",
                      "create",
                      "--role",
                      "viewer",
                      "--name",
                      "local",
                      "--data",
                      rig.data().toString()),
                  0)
              .strip());
      var _ =
          EventServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .putWebhook(
                  PutWebhookRequest.newBuilder()
                      .setName("canary")
                      .setUrl("http://127.0.0.1:9/")
                      .addTypes("ExecutionCompleted")
                      .setSecret(canaries.get("a webhook's secret"))
                      .build());
    }

    private static String associated(Rig rig, String instance) {
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder()
                      .setName("canary")
                      .setContent(
                          """
                          schemaVersion: '2.2'
                          parameters:
                            Secret: {type: String, interpolationType: ENV_VAR}
                          mainSteps:
                          - action: aws:runShellScript
                            name: script
                            inputs:
                              runCommand:
                              - 'echo "out $SSM_Secret."'
                              - 'echo "err $SSM_Secret." >&2'
                              - 'most="${SSM_Secret%????}"; printf "%s" "$most"'
                              - 'sleep 2; printf "%s.\\n" "${SSM_Secret#"$most"}"'
                          """)
                      .build());
      return rig.associations()
          .createAssociation(
              CreateAssociationRequest.newBuilder()
                  .setAssociation(
                      Association.newBuilder()
                          .setName("canary")
                          .setParameters(
                              Struct.newBuilder()
                                  .putFields(
                                      "Secret",
                                      Value.newBuilder()
                                          .setStringValue("{{ssm-secure:canary}}")
                                          .build()))
                          .addTargets(
                              Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                  .build())
          .getAssociationDescription()
          .getAssociationId();
    }

    /** While it runs: no process was given it in its words, nor any of ours in its environment. */
    private static void running(
        Trial trial, Rig rig, String association, String execution, Map<String, String> canaries)
        throws Exception {
      String wanted =
          execution.isEmpty() ? rig.executions(association).getFirst().getExecutionId() : execution;
      long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      while (!AgentCases.over(rig.targets(association, wanted))) {
        processes(trial, rig, canaries);
        trial.require(System.nanoTime() < end, "the run does not end");
        if (System.nanoTime() > end) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
      var target = rig.targets(association, wanted).getFirst();
      trial.require(
          target.getStatus() == RunStatus.RUN_STATUS_SUCCESS, "the run is " + target.getStatus());
      GetAssociationRunResponse run =
          rig.associations()
              .getAssociationRun(
                  GetAssociationRunRequest.newBuilder().setRunId(target.getRunId()).build());
      for (RunStep step : run.getStepsList()) {
        String out = step.getStdout().getHead().toStringUtf8();
        String err = step.getStderr().getHead().toStringUtf8();
        trial.require(
            out.equals("out ***.\n***.\n") && err.equals("err ***.\n"),
            "the outputs are '" + out + "' and '" + err + "'");
        absent(trial, canaries, "an output", out + err);
      }
      trial.count(Figure.FAULTS, 1);
    }

    private static void processes(Trial trial, Rig rig, Map<String, String> canaries)
        throws IOException {
      List<Long> ours = List.of(rig.coordinator().pid(), rig.agent().pid());
      try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
        for (Path process : all) {
          absent(trial, canaries, "the words of a process", text(process.resolve("cmdline")));
        }
      }
      for (long id : ours) {
        absent(
            trial,
            canaries,
            "the environment of a program",
            text(Path.of("/proc", Long.toString(id), "environ")));
      }
    }

    private static String text(Path file) {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        return ""; // it has ended
      }
    }

    /** What the API tells of all that. */
    private static void told(
        Trial trial, Rig rig, String association, Map<String, String> canaries) {
      for (var method : Methods.all(rig.channel(), Methods.token(rig))) {
        String name = method.getBareMethodName() + "";
        if (method.getFullMethodName().startsWith("holdfast.v1.")
            && name.matches("(List|Describe|Get|Export|Watch|Lookup|WhoAmI).*")) {
          Methods.Answer answer =
              Methods.call(
                  rig.channel(),
                  method,
                  Methods.empty(method),
                  Methods.token(rig),
                  Duration.ofSeconds(2));
          absent(trial, canaries, name, answer.toString());
        }
      }
      absent(trial, canaries, "the audit trail", Field.audit(rig, "").toString());
      absent(trial, canaries, "an association", rig.executions(association).toString());
    }

    /** What the two programs made for themselves: each has a file of its own, and no other. */
    private static void own(Rig rig, Map<String, String> canaries) throws IOException {
      for (Map.Entry<String, String> home : HOMES.entrySet()) {
        Path file = rig.folder().resolve(home.getValue());
        try {
          String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          canaries.put(home.getKey(), middle(text));
        } catch (NoSuchFileException e) {
          // It is kept otherwise; then there is nothing to look for.
        }
      }
      try (Stream<Path> all = Files.walk(rig.state())) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          String text = text(file);
          int key = text.indexOf("PRIVATE KEY-----");
          if (key >= 0) {
            canaries.put("the agent's key", middle(text.substring(key + 16)));
          }
        }
      }
    }

    /** The longest line without the words around it. */
    private static String middle(String text) {
      return text.lines()
          .filter(line -> !line.startsWith("-----"))
          .max((a, b) -> Integer.compare(a.length(), b.length()))
          .orElse(text)
          .strip();
    }

    private static void files(Trial trial, Rig rig, Map<String, String> canaries)
        throws IOException {
      Map<String, TreeSet<String>> found = new TreeMap<>();
      int looked = 0;
      List<Path> files = new ArrayList<>();
      for (Path folder : List.of(rig.folder(), rig.data(), rig.state())) {
        try (Stream<Path> all = Files.walk(folder)) {
          all.filter(Files::isRegularFile).forEach(files::add);
        }
      }
      for (Path file : new TreeSet<>(files)) {
        looked++;
        String text = text(file);
        for (Map.Entry<String, String> canary : canaries.entrySet()) {
          if (in(text, canary.getValue())) {
            found
                .computeIfAbsent(canary.getKey(), _ -> new TreeSet<>())
                .add(rig.folder().relativize(file).toString());
          }
        }
      }
      trial.note("files", looked);
      HOMES.forEach(
          (canary, home) ->
              trial.require(
                  found.getOrDefault(canary, new TreeSet<>()).stream().allMatch(home::equals),
                  canary + " is in " + found.get(canary)));
      TreeSet<String> keys = found.getOrDefault("the agent's key", new TreeSet<>());
      trial.require(
          keys.size() <= 1 && keys.stream().allMatch(name -> name.startsWith("agent/")),
          "the agent's key is in " + keys);
      // What a script prints lies as it is where the script ran, for root alone.
      found
          .getOrDefault("a parameter", new TreeSet<>())
          .removeIf(name -> name.matches("agent/(runs|work)/.*"));
      for (String canary :
          List.of(
              "a parameter",
              "a webhook's secret",
              "an activation's code",
              "a token",
              "a local token")) {
        trial.require(
            found.getOrDefault(canary, new TreeSet<>()).isEmpty(),
            canary + " is in " + found.get(canary));
      }
    }

    private static void absent(
        Trial trial, Map<String, String> canaries, String where, String text) {
      canaries.forEach(
          (name, canary) -> trial.require(!in(text, canary), name + " is in " + where));
    }

    /** As it is, or as something that is written down easily. */
    private static boolean in(String text, String canary) {
      byte[] bytes = canary.getBytes(StandardCharsets.UTF_8);
      String coded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
      String hex = java.util.HexFormat.of().formatHex(bytes);
      // Of what is coded only the part that does not depend on what stands beside it.
      return text.contains(canary)
          || text.contains(coded.substring(0, coded.length() - coded.length() % 4))
          || text.contains(hex);
    }
  }
}
