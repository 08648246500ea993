package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsResponse;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationResponse;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.ListAssociationsRequest;
import dev.holdfast.wire.v1.ListAssociationsResponse;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.ListComplianceItemsResponse;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.ListDocumentsResponse;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls that list, all pages of each. */
final class Lists {
  private static final int PAGE = 100;

  private Lists() {}

  static ListAssociationsResponse associations(Channel channel) {
    return Shown.all(
        token ->
            AssociationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .listAssociations(
                    ListAssociationsRequest.newBuilder()
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static DescribeInstanceInformationResponse instances(Channel channel) {
    return Shown.all(
        token ->
            InstanceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .describeInstanceInformation(
                    DescribeInstanceInformationRequest.newBuilder()
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static ListDocumentsResponse documents(Channel channel) {
    return Shown.all(
        token ->
            DocumentServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .listDocuments(
                    ListDocumentsRequest.newBuilder()
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static DescribeAssociationExecutionsResponse executions(Channel channel, String association) {
    return Shown.all(
        token ->
            AssociationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .describeAssociationExecutions(
                    DescribeAssociationExecutionsRequest.newBuilder()
                        .setAssociationId(association)
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static GetInventoryResponse inventory(Channel channel, String instance) {
    return Shown.all(
        token ->
            InventoryServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .getInventory(
                    GetInventoryRequest.newBuilder()
                        .addFilters(
                            Filter.newBuilder()
                                .setKey("AWS:InstanceInformation.InstanceId")
                                .addValues(instance))
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static ListInventoryEntriesResponse entries(Channel channel, String instance, String type) {
    return Shown.all(
        token ->
            InventoryServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .listInventoryEntries(
                    ListInventoryEntriesRequest.newBuilder()
                        .setInstanceId(instance)
                        .setTypeName(type)
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }

  static ListComplianceItemsResponse compliance(Channel channel, List<String> instances) {
    return Shown.all(
        token ->
            ComplianceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
                .listComplianceItems(
                    ListComplianceItemsRequest.newBuilder()
                        .addAllResourceIds(instances)
                        .setPageSize(PAGE)
                        .setPageToken(token)
                        .build()));
  }
}
