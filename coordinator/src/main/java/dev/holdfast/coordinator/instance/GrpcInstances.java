package dev.holdfast.coordinator.instance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.association.AssociationTags;
import dev.holdfast.coordinator.association.InstanceAssociations;
import dev.holdfast.coordinator.association.Waits;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.AddTagsToResourceResponse;
import dev.holdfast.wire.v1.ApproveInstanceRequest;
import dev.holdfast.wire.v1.ApproveInstanceResponse;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.BanInstanceResponse;
import dev.holdfast.wire.v1.CreateInstanceGroupRequest;
import dev.holdfast.wire.v1.CreateInstanceGroupResponse;
import dev.holdfast.wire.v1.DeleteInstanceGroupRequest;
import dev.holdfast.wire.v1.DeleteInstanceGroupResponse;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceResponse;
import dev.holdfast.wire.v1.DescribeEffectiveInstanceAssociationsRequest;
import dev.holdfast.wire.v1.DescribeEffectiveInstanceAssociationsResponse;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusRequest;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusResponse;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationResponse;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.DescribeInstanceResponse;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ListInstanceGroupsRequest;
import dev.holdfast.wire.v1.ListInstanceGroupsResponse;
import dev.holdfast.wire.v1.ListTagsForResourceRequest;
import dev.holdfast.wire.v1.ListTagsForResourceResponse;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceResponse;
import dev.holdfast.wire.v1.UnbanInstanceRequest;
import dev.holdfast.wire.v1.UnbanInstanceResponse;
import dev.holdfast.wire.v1.UpdateInstanceGroupRequest;
import dev.holdfast.wire.v1.UpdateInstanceGroupResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Instances, their tags, their groups, and what applies to them. */
public final class GrpcInstances extends InstanceServiceGrpc.InstanceServiceImplBase {
  private final Calls calls;
  private final Consequences consequences;
  private final InstanceList list;
  private final StateCalls states;
  private final TagCalls tags;
  private final InstanceGroupCalls groups;
  private final InstanceAssociations associations;

  /**
   * Over the store behind the calls.
   *
   * @param desk writes what follows for associations
   * @param connected whether an instance is linked and not held; asked on the thread of the call
   * @param waits who waits for a permit
   * @param clock the store's
   */
  public GrpcInstances(
      Calls calls,
      AssociationDesk desk,
      Presences presences,
      Predicate<InstanceId> connected,
      Waits waits,
      Supplier<Instant> clock) {
    this.calls = calls;
    this.consequences = desk;
    this.list = new InstanceList(presences);
    this.states = new StateCalls(desk);
    this.tags = new TagCalls(desk, new AssociationTags(desk));
    this.groups = new InstanceGroupCalls(desk);
    this.associations = new InstanceAssociations(connected, waits, clock);
  }

  @Override
  public void describeInstanceInformation(
      DescribeInstanceInformationRequest request,
      StreamObserver<DescribeInstanceInformationResponse> answer) {
    calls.query(answer, read -> list.page(read, request));
  }

  @Override
  public void describeInstance(
      DescribeInstanceRequest request, StreamObserver<DescribeInstanceResponse> answer) {
    calls.query(
        answer,
        read ->
            DescribeInstanceResponse.newBuilder()
                .setInstance(list.one(read, InstanceForm.required(read, request.getInstanceId())))
                .build());
  }

  @Override
  public void approveInstance(
      ApproveInstanceRequest request, StreamObserver<ApproveInstanceResponse> answer) {
    calls.mutate(
        "ApproveInstance",
        request,
        answer,
        write -> {
          Instances.Instance row = states.approve(write, request);
          return new Calls.Done<>(
              ApproveInstanceResponse.newBuilder().setInstance(list.one(write.read(), row)).build(),
              List.of(row.id().value()));
        });
  }

  @Override
  public void banInstance(BanInstanceRequest request, StreamObserver<BanInstanceResponse> answer) {
    calls.mutate(
        "BanInstance",
        request,
        answer,
        write -> {
          Instances.Instance row = states.ban(write, request);
          return new Calls.Done<>(
              BanInstanceResponse.newBuilder().setInstance(list.one(write.read(), row)).build(),
              List.of(row.id().value()));
        });
  }

  @Override
  public void unbanInstance(
      UnbanInstanceRequest request, StreamObserver<UnbanInstanceResponse> answer) {
    calls.mutate(
        "UnbanInstance",
        request,
        answer,
        write -> {
          Instances.Instance row = states.unban(write, request);
          return new Calls.Done<>(
              UnbanInstanceResponse.newBuilder().setInstance(list.one(write.read(), row)).build(),
              List.of(row.id().value()));
        });
  }

  @Override
  public void deregisterManagedInstance(
      DeregisterManagedInstanceRequest request,
      StreamObserver<DeregisterManagedInstanceResponse> answer) {
    calls.mutate(
        "DeregisterManagedInstance",
        request,
        answer,
        write -> {
          InstanceId id = InstanceForm.required(write.read(), request.getInstanceId()).id();
          Instances.deregister(write, id);
          write.append("InstanceDeregistered", List.of(id.value()), Map.of());
          consequences.instanceChanged(write, id);
          return new Calls.Done<>(
              DeregisterManagedInstanceResponse.getDefaultInstance(), List.of(id.value()));
        });
  }

  @Override
  public void addTagsToResource(
      AddTagsToResourceRequest request, StreamObserver<AddTagsToResourceResponse> answer) {
    calls.mutate(
        "AddTagsToResource",
        request,
        answer,
        write ->
            new Calls.Done<>(
                AddTagsToResourceResponse.getDefaultInstance(),
                List.of(
                    tags.add(
                        write,
                        request.getResourceType(),
                        request.getResourceId(),
                        request.getTagsMap()))));
  }

  @Override
  public void removeTagsFromResource(
      RemoveTagsFromResourceRequest request,
      StreamObserver<RemoveTagsFromResourceResponse> answer) {
    calls.mutate(
        "RemoveTagsFromResource",
        request,
        answer,
        write ->
            new Calls.Done<>(
                RemoveTagsFromResourceResponse.getDefaultInstance(),
                List.of(
                    tags.remove(
                        write,
                        request.getResourceType(),
                        request.getResourceId(),
                        request.getTagKeysList()))));
  }

  @Override
  public void listTagsForResource(
      ListTagsForResourceRequest request, StreamObserver<ListTagsForResourceResponse> answer) {
    calls.query(
        answer,
        read ->
            ListTagsForResourceResponse.newBuilder()
                .putAllTags(tags.list(read, request.getResourceType(), request.getResourceId()))
                .build());
  }

  @Override
  public void describeInstanceAssociationsStatus(
      DescribeInstanceAssociationsStatusRequest request,
      StreamObserver<DescribeInstanceAssociationsStatusResponse> answer) {
    calls.query(
        answer,
        read ->
            associations.statuses(
                read, InstanceForm.required(read, request.getInstanceId()).id(), request));
  }

  @Override
  public void describeEffectiveInstanceAssociations(
      DescribeEffectiveInstanceAssociationsRequest request,
      StreamObserver<DescribeEffectiveInstanceAssociationsResponse> answer) {
    calls.query(
        answer,
        read ->
            associations.effective(
                read, InstanceForm.required(read, request.getInstanceId()).id(), request));
  }

  @Override
  public void createInstanceGroup(
      CreateInstanceGroupRequest request, StreamObserver<CreateInstanceGroupResponse> answer) {
    calls.mutateOnce(
        "CreateInstanceGroup",
        request,
        request.getClientToken(),
        CreateInstanceGroupResponse.parser(),
        answer,
        write -> groups.create(write, request));
  }

  @Override
  public void updateInstanceGroup(
      UpdateInstanceGroupRequest request, StreamObserver<UpdateInstanceGroupResponse> answer) {
    calls.mutate("UpdateInstanceGroup", request, answer, write -> groups.update(write, request));
  }

  @Override
  public void deleteInstanceGroup(
      DeleteInstanceGroupRequest request, StreamObserver<DeleteInstanceGroupResponse> answer) {
    calls.mutate("DeleteInstanceGroup", request, answer, write -> groups.delete(write, request));
  }

  @Override
  public void listInstanceGroups(
      ListInstanceGroupsRequest request, StreamObserver<ListInstanceGroupsResponse> answer) {
    calls.query(answer, read -> groups.list(read, request));
  }
}
