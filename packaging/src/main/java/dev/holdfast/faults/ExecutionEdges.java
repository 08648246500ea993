package dev.holdfast.faults;

import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.WatchAssociationExecutionRequest;
import dev.holdfast.wire.v1.WatchAssociationExecutionResponse;
import io.grpc.Context;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The edges of what is started on instances, none of which is linked. */
final class ExecutionEdges {
  private static final String DOCUMENT = "edge-started";
  private static final String TAG = "tag:Edge";
  private static final String VALUE = "guarded";
  private static final int GUARDED = 100;

  private final Edge edge;

  ExecutionEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws Exception {
    edge.rig().createScript(DOCUMENT, List.of("true"));
    String instance = Field.handMade(edge.trial(), edge.rig()).instance();
    String association = create(Target.newBuilder().setKey("InstanceIds").addValues(instance), 1);
    starts(association, instance);
    watchers(association);
    guard();
  }

  private AssociationServiceGrpc.AssociationServiceBlockingStub associations() {
    return edge.by(AssociationServiceGrpc::newBlockingStub);
  }

  private String create(Target.Builder target, int acknowledged) {
    return associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAcknowledgeTargets(acknowledged)
                .setAssociation(Association.newBuilder().setName(DOCUMENT).addTargets(target))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  private void starts(String association, String instance) {
    List<String> idle =
        IntStream.range(0, 11)
            .mapToObj(i -> create(Target.newBuilder().setKey(TAG).addValues("nobody" + i), 0))
            .toList();
    edge.sized(
        "MAX_STARTS",
        10,
        n ->
            associations()
                .startAssociationsOnce(
                    StartAssociationsOnceRequest.newBuilder()
                        .addAllAssociationIds(idle.subList(0, n))
                        .build()));
    // The same one again and again is as good as a thousand.
    edge.sized(
        "MAX_NAMED_INSTANCES",
        1_000,
        n ->
            associations()
                .startAssociationsOnce(
                    StartAssociationsOnceRequest.newBuilder()
                        .addAssociationIds(association)
                        .addAllInstanceIds(Collections.nCopies(n, instance))
                        .build()));
    String execution = AgentCases.start(edge.rig(), association);
    edge.sized(
        "MAX_NAMED_INSTANCES",
        1_000,
        n ->
            associations()
                .cancelAssociationExecution(
                    CancelAssociationExecutionRequest.newBuilder()
                        .setAssociationId(association)
                        .setExecutionId(execution)
                        .addAllInstanceIds(Collections.nCopies(n, instance))
                        .build()));
  }

  private void watchers(String association) {
    String execution = AgentCases.start(edge.rig(), association);
    Context.CancellableContext watching = Context.current().withCancellation();
    try {
      for (int i = 0; i < 20; i++) {
        edge.within("MAX_EXECUTION_WATCHERS", () -> watch(watching, execution).next());
      }
      edge.beyond("MAX_EXECUTION_WATCHERS", 20, () -> watch(watching, execution).next());
    } finally {
      watching.cancel(null);
    }
  }

  private Iterator<WatchAssociationExecutionResponse> watch(Context watching, String execution) {
    Context before = watching.attach();
    try {
      return associations()
          .watchAssociationExecution(
              WatchAssociationExecutionRequest.newBuilder().setExecutionId(execution).build());
    } finally {
      watching.detach(before);
    }
  }

  /** So many instances may run at once without anybody having said that they know; not one more. */
  private void guard() throws IOException, GeneralSecurityException {
    CreateActivationResponse activation = edge.rig().activate(GUARDED + 1, Map.of("Edge", VALUE));
    for (int i = 0; i < GUARDED; i++) {
      enroll(activation);
    }
    Target.Builder all = Target.newBuilder().setKey(TAG).addValues(VALUE);
    edge.within("GUARD_INSTANCES", () -> create(all, 0));
    enroll(activation);
    edge.beyond("GUARD_INSTANCES", GUARDED + 1, () -> create(all, GUARDED));
    edge.within("GUARD_INSTANCES", () -> create(all, GUARDED + 1));
  }

  private void enroll(CreateActivationResponse activation)
      throws IOException, GeneralSecurityException {
    var _ =
        HandMade.enroll(
            edge.rig().agentAddress(),
            Field.authority(edge.rig()),
            activation.getActivationId(),
            activation.getActivationCode(),
            HandMade.request(HandMade.newKey()));
  }
}
