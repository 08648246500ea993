package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.document.Value;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteParameterRequest;
import dev.holdfast.wire.v1.DeleteParameterResponse;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What references to stored parameters become in a revision, and what a change of one does. */
final class ReferencesTest {
  private static final String DOCUMENT =
      """
      schemaVersion: "2.2"
      parameters:
        Greeting:
          type: String
          default: "{{ssm:greeting}}"
        Hosts:
          type: StringList
          default: []
        Password:
          type: String
          interpolationType: ENV_VAR
          default: none
      mainSteps:
      - action: aws:runShellScript
        name: say
        inputs:
          runCommand:
          - echo {{ Greeting }} {{ Hosts }} {{ssm:inline}}
      """;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
    fleet.enrol(1, Map.of());
    fleet.call(
        fleet.documents::createDocument,
        CreateDocumentRequest.newBuilder().setName("say-them").setContent(DOCUMENT).build());
    fleet.putParameter("greeting", "hello");
    fleet.putParameter("inline", "inner");
    put("hosts", "a,b", ParameterType.PARAMETER_TYPE_STRING_LIST);
    put("password", "secret-value", ParameterType.PARAMETER_TYPE_SECURE_STRING);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void valuesDefaultsAndTheDocumentsOwnTextAreResolvedAndSecretsStay() {
    String id =
        create(
            Map.of(
                "Hosts", items("{{ssm:hosts}}", "c"), "Password", text("{{ssm-secure:password}}")));

    assertEquals(
        Map.of(
            "Greeting", text("hello"),
            "Hosts", items("a", "b", "c"),
            "Password", text("{{ssm-secure:password}}"),
            "ssm:inline", text("inner")),
        values(id));
  }

  @Test
  void aNewValueRunsWhereverItIsReferredToAndAPinnedVersionStays() {
    String id = create(Map.of("Hosts", items("{{ssm:hosts:1}}")));
    int runs = fleet.executions(id).size();

    fleet.putParameter("hosts", "x,y");
    assertEquals(runs, fleet.executions(id).size(), "pinned");
    fleet.putParameter("greeting", "good evening");
    fleet.putParameter("inline", "core");

    assertEquals(runs + 2, fleet.executions(id).size());
    assertEquals(text("good evening"), values(id).get("Greeting"));
    assertEquals(text("core"), values(id).get("ssm:inline"));
    assertEquals(items("a", "b"), values(id).get("Hosts"));
  }

  @Test
  void aNewValueOfASecretMakesNoRevisionAndRunsNothing() {
    String id = create(Map.of("Password", text("{{ssm-secure:password}}")));
    int runs = fleet.executions(id).size();
    var before = fleet.row(id).revision();

    fleet.putParameter("password", "rotated-value");

    assertEquals(before, fleet.row(id).revision());
    assertEquals(runs, fleet.executions(id).size());
  }

  @Test
  void whatIsReferredToIsNotDeletedAndAPinnedVersionDoesNotGo() {
    String id = create(Map.of("Hosts", items("{{ssm:hosts:1}}")));
    for (String name : List.of("greeting", "inline", "hosts")) {
      Fleet.Refused refused = refusedDelete(name);
      assertEquals("FAILED_PRECONDITION", refused.code());
      assertTrue(refused.message().contains("they-say"), refused.message());
    }
    for (int version = 2; version <= Limits.MAX_STORED_VERSIONS; version++) {
      fleet.putParameter("hosts", "v" + version);
    }

    assertEquals(
        "ParameterMaxVersionLimitExceeded",
        fleet
            .refused(
                fleet.parameters::putParameter,
                PutParameterRequest.newBuilder()
                    .setName("hosts")
                    .setValue("more")
                    .setOverwrite(true)
                    .build())
            .reason());
    fleet.call(
        fleet.associations::deleteAssociation,
        DeleteAssociationRequest.newBuilder().setAssociationId(id).build());
    fleet.putParameter("hosts", "more");
    assertEquals(
        DeleteParameterResponse.getDefaultInstance(),
        fleet.call(
            fleet.parameters::deleteParameter,
            DeleteParameterRequest.newBuilder().setName("greeting").build()));
  }

  private Fleet.Refused refusedDelete(String name) {
    return fleet.refused(
        fleet.parameters::deleteParameter,
        DeleteParameterRequest.newBuilder().setName(name).build());
  }

  private String create(Map<String, Value> parameters) {
    Struct struct = ValueCodec.toProto(parameters);
    return fleet
        .create(
            Association.newBuilder()
                .setName("say-them")
                .setAssociationName("they-say")
                .setParameters(struct)
                .addTargets(Fleet.all())
                .build())
        .getAssociationId();
  }

  private Map<String, Value> values(String id) {
    return fleet.store.read(
        read ->
            AssignmentCodec.fromBytes(
                    Bodies.find(read, fleet.row(id).revision().orElseThrow()).orElseThrow())
                .parameters());
  }

  private void put(String name, String value, ParameterType type) {
    fleet.call(
        fleet.parameters::putParameter,
        PutParameterRequest.newBuilder().setName(name).setValue(value).setType(type).build());
  }

  private static Value.Text text(String text) {
    return new Value.Text(text);
  }

  private static Value.Items items(String... texts) {
    return new Value.Items(List.of(texts).stream().<Value>map(Value.Text::new).toList());
  }
}
