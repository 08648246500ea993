package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.DeleteActivationRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.ListTagsForResourceRequest;
import dev.holdfast.wire.v1.PutInventoryRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.function.Function;

/** An attempt on something that has an id: the same as one on what is not there. */
record Attempt(
    String what,
    MethodDescriptor<?, ?> method,
    Function<String, Message> request,
    String theirs,
    String nobodys) {
  /** What a stranger's id looks like that never was. */
  private static final String NO_INSTANCE = "mi-00000000000000000";

  private static final String NO_ID = "00000000-0000-4000-8000-000000000000";

  /** On all kinds of things of a team. */
  static List<Attempt> all(Team bank) {
    String mi = bank.instance();
    String association = bank.association();
    return List.of(
        new Attempt(
            "describing",
            InstanceServiceGrpc.getDescribeInstanceMethod(),
            id -> DescribeInstanceRequest.newBuilder().setInstanceId(id).build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "banning",
            InstanceServiceGrpc.getBanInstanceMethod(),
            id -> BanInstanceRequest.newBuilder().setInstanceId(id).setReason("x").build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "deregistering",
            InstanceServiceGrpc.getDeregisterManagedInstanceMethod(),
            id -> DeregisterManagedInstanceRequest.newBuilder().setInstanceId(id).build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "reading tags",
            InstanceServiceGrpc.getListTagsForResourceMethod(),
            id ->
                ListTagsForResourceRequest.newBuilder()
                    .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                    .setResourceId(id)
                    .build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "tagging",
            InstanceServiceGrpc.getAddTagsToResourceMethod(),
            id ->
                AddTagsToResourceRequest.newBuilder()
                    .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                    .setResourceId(id)
                    .putTags("Team", "shop")
                    .build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "putting inventory",
            InventoryServiceGrpc.getPutInventoryMethod(),
            id -> PutInventoryRequest.newBuilder().setInstanceId(id).build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "asking why",
            AssociationServiceGrpc.getExplainAssociationMethod(),
            id ->
                ExplainAssociationRequest.newBuilder()
                    .setAssociationId("everywhere")
                    .setInstanceId(id)
                    .build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "starting",
            AssociationServiceGrpc.getStartAssociationsOnceMethod(),
            id -> StartAssociationsOnceRequest.newBuilder().addAssociationIds(id).build(),
            association,
            NO_ID),
        new Attempt(
            "starting on an instance",
            AssociationServiceGrpc.getStartAssociationsOnceMethod(),
            id ->
                StartAssociationsOnceRequest.newBuilder()
                    .addAssociationIds("everywhere")
                    .addInstanceIds(id)
                    .build(),
            mi,
            NO_INSTANCE),
        new Attempt(
            "editing",
            AssociationServiceGrpc.getUpdateAssociationMethod(),
            id ->
                UpdateAssociationRequest.newBuilder()
                    .setAssociationId(id)
                    .setAssociation(Association.newBuilder().setMaxErrors("1"))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("max_errors"))
                    .build(),
            association,
            NO_ID),
        new Attempt(
            "deleting",
            AssociationServiceGrpc.getDeleteAssociationMethod(),
            id -> DeleteAssociationRequest.newBuilder().setAssociationId(id).build(),
            association,
            NO_ID),
        new Attempt(
            "deleting an activation",
            dev.holdfast.wire.v1.ActivationServiceGrpc.getDeleteActivationMethod(),
            id -> DeleteActivationRequest.newBuilder().setActivationId(id).build(),
            bank.activation(),
            NO_ID));
  }
}
