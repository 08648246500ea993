package dev.holdfast.faults;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The edges of values that associations give to documents, and of documents within documents. */
final class ValueEdges {
  private static final String SECRET = "/edge/secret-";
  private static final int SECRETS = 20;
  private final Edge edge;

  ValueEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() {
    values();
    secrets();
    children();
  }

  private String document(String content) {
    String name = edge.name();
    var _ =
        edge.by(DocumentServiceGrpc::newBlockingStub)
            .createDocument(
                CreateDocumentRequest.newBuilder().setName(name).setContent(content).build());
    return name;
  }

  private Object associate(String document, Map<String, Value> values) {
    return edge.by(AssociationServiceGrpc::newBlockingStub)
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .setParameters(Struct.newBuilder().putAllFields(values)))
                .build());
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private void values() {
    String document =
        document(
            Bombs.document(
                """
                "parameters":{
                "p":{"type":"String","default":""},"q":{"type":"String","default":""},
                "l":{"type":"StringList","default":[]},"m":{"type":"StringMap","default":{}},
                "i":{"type":"Integer","default":1}}
                """));
    edge.sized("MAX_VALUE_BYTES", 49_152, n -> associate(document, Map.of("p", text(x(n)))));
    int half = 30_000;
    // The defaults of the others are two bytes, two bytes and one.
    int others = "[]{}1".length();
    edge.sized(
        "MAX_VALUES_BYTES",
        65_536,
        n -> associate(document, Map.of("p", text(x(half)), "q", text(x(n - half - others)))));
    edge.sized("MAX_LIST_ITEMS", 2_000, n -> associate(document, Map.of("l", list(n))));
    edge.sized(
        "MAX_JSON_DEPTH",
        50,
        n ->
            associate(
                document,
                Map.of("m", text("{\"a\":" + "[".repeat(n - 1) + "]".repeat(n - 1) + "}"))));
    edge.sized(
        "digits of a whole number", 40, n -> associate(document, Map.of("i", text("9".repeat(n)))));
    // What is just within is no list of texts.
    edge.beyond("depth of values", 20, () -> associate(document, Map.of("l", nested(21))));
    String matching =
        document(
            Bombs.document(
                "\"parameters\":{"
                    + DocumentEdges.parameter("p", ",\"allowedPattern\":\"a{999}[ab]{999}\"")
                    + "}"));
    // The pattern is 2,000 long, written out.
    edge.sized(
        "MAX_MATCH_STEPS",
        10_000,
        n -> associate(matching, Map.of("p", text("a".repeat(n)))),
        20_000_000);
  }

  private static String x(int count) {
    return "x".repeat(count);
  }

  private static Value list(int items) {
    ListValue.Builder list = ListValue.newBuilder();
    IntStream.range(0, items).forEach(_ -> list.addValues(text("v")));
    return Value.newBuilder().setListValue(list).build();
  }

  private static Value nested(int lists) {
    Value value = text("v");
    for (int i = 1; i < lists; i++) {
      value = Value.newBuilder().setListValue(ListValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  private void secrets() {
    for (int i = 0; i <= SECRETS; i++) {
      var _ =
          edge.by(ParameterServiceGrpc::newBlockingStub)
              .putParameter(
                  PutParameterRequest.newBuilder()
                      .setName(SECRET + i)
                      .setType(ParameterType.PARAMETER_TYPE_SECURE_STRING)
                      .setValue("a secret of mine")
                      .build());
    }
    String document =
        document(
            Bombs.document(
                "\"parameters\":{"
                    + IntStream.rangeClosed(0, SECRETS)
                        .mapToObj(
                            i ->
                                DocumentEdges.parameter(
                                    "s" + i, ",\"default\":\"\",\"interpolationType\":\"ENV_VAR\""))
                        .collect(Collectors.joining(","))
                    + "}"));
    IntFunction<?> call =
        n -> {
          Map<String, Value> values = new TreeMap<>();
          for (int i = 0; i < n; i++) {
            values.put("s" + i, text("{{ssm-secure:" + SECRET + i + "}}"));
          }
          return associate(document, values);
        };
    edge.sized("MAX_SECRETS", SECRETS, call);
  }

  /** A document that runs others, each in a step. */
  private String runs(String description, String... names) {
    return document(
        "{\"schemaVersion\":\"2.2\",\"description\":\""
            + description
            + "\",\"mainSteps\":["
            + IntStream.range(0, names.length)
                .mapToObj(i -> run(i, names[i]))
                .collect(Collectors.joining(","))
            + "]}");
  }

  private static String run(int number, String name) {
    return """
    {"action":"aws:runDocument","name":"s%d","inputs":{"documentType":"SSMDocument",
    "documentPath":"%s"}}
    """
        .formatted(number, name)
        .strip();
  }

  private void children() {
    String leaf = document(Bombs.document("\"description\":\"the leaf\""));
    String deep = runs("2", runs("1", leaf));
    String deepest = runs("3", deep);
    edge.within("MAX_CHILD_DEPTH", () -> associate(deepest, Map.of()));
    edge.beyond("MAX_CHILD_DEPTH", 3, () -> associate(runs("4", deepest), Map.of()));

    String[] many =
        IntStream.range(0, 33)
            .mapToObj(i -> document(Bombs.document("\"description\":\"child " + i + "\"")))
            .toArray(String[]::new);
    edge.sized(
        "MAX_CHILD_DOCUMENTS", 32, n -> associate(runs("many", Arrays.copyOf(many, n)), Map.of()));

    String[] large =
        IntStream.range(0, 9)
            .mapToObj(
                i -> {
                  String text = Bombs.document("\"description\":\"large " + i + "\"");
                  return document(i == 8 ? text : text + " ".repeat(65_536 - text.length()));
                })
            .toArray(String[]::new);
    edge.within(
        "MAX_CHILD_DOCUMENTS_BYTES",
        () -> associate(runs("large", Arrays.copyOf(large, 8)), Map.of()));
    edge.beyond(
        "MAX_CHILD_DOCUMENTS_BYTES", 524_288, () -> associate(runs("too large", large), Map.of()));

    // Four steps, each of a document of so many: 200, and 201.
    String[] parts =
        IntStream.range(0, 5)
            .mapToObj(i -> runs("part " + i, some(leaf, 49 + i / 4)))
            .toArray(String[]::new);
    edge.within(
        "MAX_CHILD_STEPS",
        () -> associate(runs("200", parts[0], parts[1], parts[2], parts[3]), Map.of()));
    edge.beyond(
        "MAX_CHILD_STEPS",
        200,
        () -> associate(runs("201", parts[0], parts[1], parts[2], parts[4]), Map.of()));
  }

  private static String[] some(String name, int count) {
    return IntStream.range(0, count).mapToObj(_ -> name).toArray(String[]::new);
  }
}
