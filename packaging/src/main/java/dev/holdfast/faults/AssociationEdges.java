package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationBatchRequest;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.GetCalendarStateRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.util.List;
import java.util.stream.IntStream;

/** The edges of what an association says. */
final class AssociationEdges {
  private static final String DOCUMENT = "edge-plain";

  private final Edge edge;

  AssociationEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws InterruptedException {
    edge.rig().createScript(DOCUMENT, List.of("true"));
    targets();
    schedules();
    bounds();
    calendars();
    counts();
  }

  private AssociationServiceGrpc.AssociationServiceBlockingStub associations() {
    return edge.by(AssociationServiceGrpc::newBlockingStub);
  }

  private static Association.Builder plain() {
    return Association.newBuilder().setName(DOCUMENT);
  }

  private CreateAssociationResponse create(Association.Builder association) {
    return associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder().setAssociation(association).build());
  }

  private static Target.Builder target(String key, int values) {
    Target.Builder target = Target.newBuilder().setKey(key);
    IntStream.range(0, values).forEach(i -> target.addValues("value" + i));
    return target;
  }

  private void targets() {
    edge.sized(
        "MAX_TARGETS",
        5,
        n -> {
          Association.Builder some = plain();
          IntStream.range(0, n).forEach(i -> some.addTargets(target("tag:Key" + i, 1)));
          return create(some);
        });
    edge.sized("MAX_TARGET_VALUES", 50, n -> create(plain().addTargets(target("tag:Key", n))));
    edge.sized(
        "MAX_TARGET_KEY",
        163,
        n -> create(plain().addTargets(target("tag:" + "k".repeat(n - 4), 1))));
    edge.sized(
        "MAX_TARGET_VALUE",
        256,
        n ->
            create(
                plain()
                    .addTargets(
                        Target.newBuilder().setKey("tag:Key").addValues(DocumentEdges.x(n)))));
  }

  private void schedules() {
    edge.sized("characters of a schedule", 128, n -> create(scheduled(longCron(n))));
    edge.sized("days of a rate", 366, n -> create(scheduled("rate(" + n + " days)")));
    edge.sized(
        "days of a schedule's offset",
        6,
        n -> create(scheduled("cron(0 2 ? * THU#2 *)").setScheduleOffset(n)));
    edge.sized(
        "seconds of a splay",
        86_400,
        n -> create(scheduled("rate(2 days)").setScheduleSplaySeconds(n)));
  }

  private static Association.Builder scheduled(String expression) {
    return plain().setScheduleExpression(expression);
  }

  /** A cron expression of so many characters: the minute zero, written again and again. */
  private static String longCron(int length) {
    String start = "cron(0";
    String end = " 2 * * ? *)";
    int left = length - start.length() - end.length();
    return start + ",0".repeat(left / 2 - left % 2) + (left % 2 == 0 ? "" : ",00") + end;
  }

  private void bounds() {
    edge.sized(
        "characters of a limit of how many run",
        7,
        n -> create(plain().setMaxConcurrency("9".repeat(n))));
    edge.sized(
        "characters of a limit of errors", 7, n -> create(plain().setMaxErrors("9".repeat(n))));
    edge.within(
        "percent of a limit", () -> create(plain().setMaxConcurrency("100%").setMaxErrors("100%")));
    edge.beyond("percent of a limit", 100, () -> create(plain().setMaxConcurrency("101%")));
    edge.sized("MAX_DURATION_HOURS", 24, n -> create(plain().setDurationHours(n)));
    edge.sized(
        "characters of an output's location",
        1_024,
        n -> create(plain().setOutputLocation(DocumentEdges.x(n))));
    edge.sized(
        "characters of an association's name",
        128,
        n -> create(plain().setAssociationName("n".repeat(n))));
    edge.sized(
        "tags of an association", 50, n -> create(plain().putAllTags(DocumentEdges.tags(n))));
  }

  private void calendars() {
    List<String> names =
        IntStream.range(0, 21)
            .mapToObj(
                i -> {
                  String name = edge.name();
                  var _ =
                      edge.by(DocumentServiceGrpc::newBlockingStub)
                          .createDocument(
                              CreateDocumentRequest.newBuilder()
                                  .setName(name)
                                  .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
                                  .setContent(DocumentEdges.calendar(1, ""))
                                  .build());
                  return name;
                })
            .toList();
    edge.sized(
        "calendars of an association",
        20,
        n -> create(plain().addAllCalendarNames(names.subList(0, n))));
    edge.sized(
        "calendars of a question",
        20,
        n ->
            edge.by(DocumentServiceGrpc::newBlockingStub)
                .getCalendarState(
                    GetCalendarStateRequest.newBuilder()
                        .addAllCalendarNames(names.subList(0, n))
                        .build()));
  }

  private void counts() throws InterruptedException {
    edge.sized(
        "MAX_BATCH_ASSOCIATIONS",
        50,
        n -> {
          CreateAssociationBatchRequest.Builder batch = CreateAssociationBatchRequest.newBuilder();
          IntStream.range(0, n).forEach(_ -> batch.addEntries(plain()));
          return associations().createAssociationBatch(batch.build());
        });
    if (edge.trial().scale() == Scale.SMOKE) {
      return;
    }
    String id = create(plain()).getAssociationDescription().getAssociationId();
    edge.fill("MAX_ASSOCIATION_VERSIONS", 999, i -> version(id, i));
    edge.beyond("MAX_ASSOCIATION_VERSIONS", 1_000, () -> version(id, 1_000));
    if (edge.trial().scale() == Scale.FULL) {
      edge.until(
          "MAX_ASSOCIATIONS",
          10_000,
          Rows.count(edge.rig().data().resolve("holdfast.db"), "association"),
          () -> create(plain()));
    }
  }

  private Object version(String id, int number) {
    return associations()
        .updateAssociation(
            UpdateAssociationRequest.newBuilder()
                .setAssociationId(id)
                .setAssociation(plain().setMaxErrors(Integer.toString(number)))
                .setUpdateMask(FieldMask.newBuilder().addPaths("max_errors"))
                .build());
  }
}
