package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.CancelAssociationExecutionResponse;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.ClearFreezeResponse;
import dev.holdfast.wire.v1.CreateAssociationBatchRequest;
import dev.holdfast.wire.v1.CreateAssociationBatchResponse;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeleteAssociationResponse;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsResponse;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsResponse;
import dev.holdfast.wire.v1.DescribeAssociationRequest;
import dev.holdfast.wire.v1.DescribeAssociationResponse;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.ExplainAssociationResponse;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import dev.holdfast.wire.v1.GetFreezeRequest;
import dev.holdfast.wire.v1.GetFreezeResponse;
import dev.holdfast.wire.v1.ListAssociationVersionsRequest;
import dev.holdfast.wire.v1.ListAssociationVersionsResponse;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.ListAssociationsResponse;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.PlanAssociationResponse;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.SetFreezeResponse;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceResponse;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateAssociationResponse;
import dev.holdfast.wire.v1.WatchAssociationExecutionRequest;
import dev.holdfast.wire.v1.WatchAssociationExecutionResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Associations: what is kept true, where, when and how carefully; and what came of it. */
public final class GrpcAssociations extends AssociationServiceGrpc.AssociationServiceImplBase {
  private final Calls calls;
  private final AssociationDesk desk;
  private final Creates creates;
  private final ExecutionQueries queries;
  private final ManualStarts starts;
  private final Cancels cancels;
  private final Supplier<Instant> clock;
  private final Plans plans;
  private final Explanations explanations;
  private final Optional<Feeds> feeds;

  /**
   * Over the store behind the calls.
   *
   * @param connected whether an instance is linked and not held; asked on the thread of the call
   * @param waits who waits for a permit
   * @param presences whether it lives, in more words
   * @param linked what the links know of instances
   * @param feeds of those who watch executions, woken when reports are stored; empty: nobody can
   * @param clock the store's
   */
  public GrpcAssociations(
      Calls calls,
      AssociationDesk desk,
      Predicate<InstanceId> connected,
      Waits waits,
      Presences presences,
      Linked linked,
      Optional<Feeds> feeds,
      Supplier<Instant> clock) {
    this.calls = calls;
    this.desk = desk;
    this.creates = new Creates(calls, desk);
    this.queries = new ExecutionQueries(connected, waits, clock);
    this.starts = new ManualStarts(calls);
    this.cancels = new Cancels(queries);
    this.clock = clock;
    this.plans = new Plans(calls, desk, connected, presences);
    this.explanations = new Explanations(connected, linked, clock);
    this.feeds = feeds;
  }

  @Override
  public void createAssociation(
      CreateAssociationRequest request, StreamObserver<CreateAssociationResponse> answer) {
    calls.mutateOnce(
        "CreateAssociation",
        request,
        request.getClientToken(),
        CreateAssociationResponse.parser(),
        answer,
        write -> {
          AssociationId id = new AssociationId(calls.newId());
          CreateAssociationResponse response =
              creates.create(
                  write, id, request.getAssociation(), desk.guard(request.getAcknowledgeTargets()));
          return new Calls.Done<>(response, List.of(id.value()));
        });
  }

  @Override
  public void createAssociationBatch(
      CreateAssociationBatchRequest request,
      StreamObserver<CreateAssociationBatchResponse> answer) {
    calls.mutateOnce(
        "CreateAssociationBatch",
        request,
        request.getClientToken(),
        CreateAssociationBatchResponse.parser(),
        answer,
        write -> creates.batch(write, request));
  }

  @Override
  public void updateAssociation(
      UpdateAssociationRequest request, StreamObserver<UpdateAssociationResponse> answer) {
    calls.mutate(
        "UpdateAssociation",
        request,
        answer,
        write ->
            new Calls.Done<>(
                update(write, request),
                List.of(
                    Descriptions.required(write.read(), request.getAssociationId()).id().value())));
  }

  private UpdateAssociationResponse update(Write write, UpdateAssociationRequest request) {
    Associations.Association old = Descriptions.required(write.read(), request.getAssociationId());
    if (request.getExpectedVersion() != 0 && request.getExpectedVersion() != old.version()) {
      throw new Refusal(
          "InvalidAssociationVersion",
          "the association is at version "
              + old.version()
              + ", not "
              + request.getExpectedVersion()
              + "; read it again",
          List.of(new Refusal.Finding("expected_version", "the version is " + old.version())));
    }
    Association before = AssociationDesk.content(write.read(), old);
    Association after =
        AssociationScope.within(
            write.sight(),
            AssociationForm.edited(before, request.getAssociation(), request.getUpdateMask()));
    UpdateAssociationResponse.Builder response = UpdateAssociationResponse.newBuilder();
    if (after.equals(before)) {
      return response
          .setAssociationDescription(Descriptions.describe(write.read(), old))
          .setChanged(false)
          .build();
    }
    response.addAllWarnings(
        AssociationCheck.check(write.read(), old.id(), Optional.of(before), after, write.now()));
    AssociationDesk.roomForVersion(old);
    Associations.Association row =
        desk.update(write, old, before, after, request.getAcknowledgeTargets());
    return response
        .setAssociationDescription(Descriptions.describe(write.read(), row))
        .setChanged(true)
        .build();
  }

  @Override
  public void describeAssociation(
      DescribeAssociationRequest request, StreamObserver<DescribeAssociationResponse> answer) {
    calls.query(
        answer,
        read ->
            DescribeAssociationResponse.newBuilder()
                .setAssociationDescription(
                    Descriptions.describe(
                        read,
                        Descriptions.required(read, request.getAssociationId()),
                        request.getAssociationVersion()))
                .build());
  }

  @Override
  public void listAssociations(
      ListAssociationsRequest request, StreamObserver<ListAssociationsResponse> answer) {
    calls.query(answer, read -> AssociationList.page(read, request));
  }

  @Override
  public void listAssociationVersions(
      ListAssociationVersionsRequest request,
      StreamObserver<ListAssociationVersionsResponse> answer) {
    calls.query(answer, read -> Descriptions.versions(read, request));
  }

  @Override
  public void deleteAssociation(
      DeleteAssociationRequest request, StreamObserver<DeleteAssociationResponse> answer) {
    calls.mutate(
        "DeleteAssociation",
        request,
        answer,
        write -> {
          Associations.Association row =
              Descriptions.required(write.read(), request.getAssociationId());
          desk.delete(write, row);
          return new Calls.Done<>(
              DeleteAssociationResponse.getDefaultInstance(), List.of(row.id().value()));
        });
  }

  @Override
  public void startAssociationsOnce(
      StartAssociationsOnceRequest request, StreamObserver<StartAssociationsOnceResponse> answer) {
    calls.mutateOnce(
        "StartAssociationsOnce",
        request,
        request.getClientToken(),
        StartAssociationsOnceResponse.parser(),
        answer,
        write -> starts.start(write, request));
  }

  @Override
  public void cancelAssociationExecution(
      CancelAssociationExecutionRequest request,
      StreamObserver<CancelAssociationExecutionResponse> answer) {
    calls.mutate(
        "CancelAssociationExecution",
        request,
        answer,
        write -> {
          Associations.Association row =
              Descriptions.required(write.read(), request.getAssociationId());
          Executions.Execution execution =
              ExecutionQueries.required(write.read(), row, request.getExecutionId());
          return new Calls.Done<>(
              cancels.cancel(write, row, execution, request.getInstanceIdsList()),
              List.of(row.id().value(), execution.id()));
        });
  }

  @Override
  public void describeAssociationExecutions(
      DescribeAssociationExecutionsRequest request,
      StreamObserver<DescribeAssociationExecutionsResponse> answer) {
    calls.query(answer, read -> queries.executions(read, request));
  }

  @Override
  public void describeAssociationExecutionTargets(
      DescribeAssociationExecutionTargetsRequest request,
      StreamObserver<DescribeAssociationExecutionTargetsResponse> answer) {
    calls.query(answer, read -> queries.targets(read, request));
  }

  @Override
  public void getAssociationRun(
      GetAssociationRunRequest request, StreamObserver<GetAssociationRunResponse> answer) {
    calls.query(answer, read -> queries.run(read, request));
  }

  @Override
  public void getFreeze(GetFreezeRequest request, StreamObserver<GetFreezeResponse> answer) {
    calls.query(answer, read -> FreezeCalls.get(read, clock.get()));
  }

  @Override
  public void setFreeze(SetFreezeRequest request, StreamObserver<SetFreezeResponse> answer) {
    calls.mutate("SetFreeze", request, answer, write -> FreezeCalls.set(write, request));
  }

  @Override
  public void clearFreeze(ClearFreezeRequest request, StreamObserver<ClearFreezeResponse> answer) {
    calls.mutate("ClearFreeze", request, answer, FreezeCalls::clear);
  }

  @Override
  public void planAssociation(
      PlanAssociationRequest request, StreamObserver<PlanAssociationResponse> answer) {
    calls.foresee(
        answer,
        write -> plans.draft(write, request),
        (read, draft) -> plans.answer(read, request, draft));
  }

  @Override
  public void explainAssociation(
      ExplainAssociationRequest request, StreamObserver<ExplainAssociationResponse> answer) {
    calls.query(answer, read -> explanations.explain(read, request));
  }

  @Override
  public void watchAssociationExecution(
      WatchAssociationExecutionRequest request,
      StreamObserver<WatchAssociationExecutionResponse> answer) {
    try {
      Feeds open = feeds.orElseThrow(() -> Feeds.tooMany(0));
      ExecutionFeed feed = ExecutionFeed.of(calls, queries, open::uptime, request);
      open.open(
          (ServerCallStreamObserver<WatchAssociationExecutionResponse>) answer,
          feed,
          feed.cursor(),
          "cursor");
    } catch (Refusal refusal) {
      answer.onError(refusal.status());
    }
  }
}
