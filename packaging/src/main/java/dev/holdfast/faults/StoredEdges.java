package dev.holdfast.faults;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.GetParameterHistoryRequest;
import dev.holdfast.wire.v1.GetParametersRequest;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import io.grpc.StatusRuntimeException;
import java.util.stream.IntStream;

/** The edges of stored parameters, of lists, and of whole requests. */
final class StoredEdges {
  private static final int VERSIONS = 100;
  private static final int MESSAGE = 1_048_576;

  private final Edge edge;

  StoredEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws InterruptedException {
    texts();
    versions();
    requests();
    if (edge.trial().scale() == Scale.FULL) {
      counts();
    }
  }

  private ParameterServiceGrpc.ParameterServiceBlockingStub parameters() {
    return edge.by(ParameterServiceGrpc::newBlockingStub);
  }

  private Object put(String name, String value) {
    return parameters()
        .putParameter(
            PutParameterRequest.newBuilder()
                .setName(name)
                .setValue(value)
                .setOverwrite(true)
                .build());
  }

  private void texts() {
    edge.sized("MAX_STORED_CHARS", 4_096, n -> put("/edge/long", DocumentEdges.x(n)));
    edge.sized("MAX_STORED_LEVELS", 15, n -> put("/edge".repeat(n), "v"));
    edge.sized("characters of a stored parameter's name", 512, n -> put("n".repeat(n), "v"));
    edge.sized(
        "characters of a stored parameter's description",
        1_024,
        n ->
            parameters()
                .putParameter(
                    PutParameterRequest.newBuilder()
                        .setName("/edge/" + edge.name())
                        .setValue("v")
                        .setDescription(DocumentEdges.x(n))
                        .build()));
    edge.sized(
        "MAX_STORED_NAMES",
        10,
        n ->
            parameters()
                .getParameters(
                    GetParametersRequest.newBuilder()
                        .addAllNames(
                            IntStream.range(0, n).mapToObj(i -> "/edge/none-" + i).toList())
                        .build()));
  }

  /** The eldest version makes room, unless somebody holds on to it. */
  private void versions() {
    String name = "/edge/versions";
    for (int i = 1; i <= VERSIONS + 1; i++) {
      int number = i;
      edge.within("MAX_STORED_VERSIONS", () -> put(name, "value " + number));
    }
    var history =
        parameters()
            .getParameterHistory(
                GetParameterHistoryRequest.newBuilder().setName(name).setPageSize(100).build());
    edge.trial()
        .require(
            history.getParametersCount() == VERSIONS && history.getNextPageToken().isEmpty(),
            "of 101 versions " + history.getParametersCount() + " are kept");
    String document = edge.name();
    var _ =
        edge.by(DocumentServiceGrpc::newBlockingStub)
            .createDocument(
                CreateDocumentRequest.newBuilder()
                    .setName(document)
                    .setContent(
                        Bombs.document("\"parameters\":{" + DocumentEdges.parameter("p", "") + "}"))
                    .build());
    var _ =
        edge.by(AssociationServiceGrpc::newBlockingStub)
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName(document)
                            .setParameters(
                                Struct.newBuilder()
                                    .putFields(
                                        "p",
                                        Value.newBuilder()
                                            .setStringValue("{{ssm:" + name + ":2}}")
                                            .build())))
                    .build());
    edge.beyond("MAX_STORED_VERSIONS", VERSIONS, () -> put(name, "one more"));
  }

  private void requests() {
    var documents = edge.by(DocumentServiceGrpc::newBlockingStub);
    edge.sized(
        "MAX_PAGE",
        100,
        n -> documents.listDocuments(ListDocumentsRequest.newBuilder().setPageSize(n).build()));
    // What arrives is refused for what is in it; one byte more does not even arrive.
    edge.within(
        "MAX_ADMIN_MESSAGE_BYTES",
        () -> {
          try {
            return documents.createDocument(ofBytes(MESSAGE));
          } catch (StatusRuntimeException e) {
            if (String.valueOf(e.getStatus().getDescription()).contains("at most 65536")) {
              return e;
            }
            throw e;
          }
        });
    edge.beyond(
        "MAX_ADMIN_MESSAGE_BYTES", MESSAGE, () -> documents.createDocument(ofBytes(MESSAGE + 1)));
  }

  private static CreateDocumentRequest ofBytes(int bytes) {
    CreateDocumentRequest empty =
        CreateDocumentRequest.newBuilder()
            .setName("edge-large")
            .setContent("x".repeat(MESSAGE))
            .build();
    String content = "x".repeat(MESSAGE - (empty.getSerializedSize() - bytes));
    return empty.toBuilder().setContent(content).build();
  }

  /** What takes ten thousand calls each. */
  private void counts() throws InterruptedException {
    var database = edge.rig().data().resolve("holdfast.db");
    edge.until(
        "MAX_STORED_PARAMETERS",
        10_000,
        Rows.count(database, "(SELECT DISTINCT name FROM parameter)"),
        () -> put("/edge/" + edge.name(), "v"));
    edge.until(
        "documents",
        10_000,
        Rows.count(database, "document"),
        () ->
            edge.by(DocumentServiceGrpc::newBlockingStub)
                .createDocument(
                    CreateDocumentRequest.newBuilder()
                        .setName(edge.name())
                        .setContent(Bombs.document("\"more\":1"))
                        .build()));
  }
}
