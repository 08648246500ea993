package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.wire.v1.DeleteInventoryRequest;
import dev.holdfast.wire.v1.DeleteInventoryResponse;
import dev.holdfast.wire.v1.DescribeInventoryDeletionsRequest;
import dev.holdfast.wire.v1.DescribeInventoryDeletionsResponse;
import dev.holdfast.wire.v1.ExportFleetRequest;
import dev.holdfast.wire.v1.ExportFleetResponse;
import dev.holdfast.wire.v1.GetInventoryChangesRequest;
import dev.holdfast.wire.v1.GetInventoryChangesResponse;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.GetInventorySchemaRequest;
import dev.holdfast.wire.v1.GetInventorySchemaResponse;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import dev.holdfast.wire.v1.PutInventoryRequest;
import dev.holdfast.wire.v1.PutInventoryResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** What is installed on instances, as people ask for it and put it. */
public final class GrpcInventory extends InventoryServiceGrpc.InventoryServiceImplBase {
  private final Calls calls;
  private final InventoryDesk desk;
  private final EntityList entities;
  private final Runnable deletions;
  private final String domain;
  private final Optional<Feeds> exports;

  /**
   * Over the store behind the calls.
   *
   * @param deletions called when there is something to delete
   * @param domain whose fleet it is
   * @param exports those that are open; empty: nobody can export
   */
  public GrpcInventory(
      Calls calls, InventoryDesk desk, Runnable deletions, String domain, Optional<Feeds> exports) {
    this.domain = domain;
    this.exports = exports;
    this.calls = calls;
    this.desk = desk;
    this.entities = new EntityList(desk.stock());
    this.deletions = deletions;
  }

  @Override
  public void getInventory(
      GetInventoryRequest request, StreamObserver<GetInventoryResponse> answer) {
    calls.query(answer, read -> entities.page(read, request));
  }

  @Override
  public void listInventoryEntries(
      ListInventoryEntriesRequest request, StreamObserver<ListInventoryEntriesResponse> answer) {
    calls.query(
        answer,
        read -> {
          Findings findings = new Findings();
          type(findings, "type_name", request.getTypeName());
          findings.refuse("InvalidTypeName");
          return EntryList.page(
              read, InstanceForm.required(read, request.getInstanceId()), request);
        });
  }

  @Override
  public void getInventorySchema(
      GetInventorySchemaRequest request, StreamObserver<GetInventorySchemaResponse> answer) {
    calls.query(answer, read -> Schemas.page(read, desk.stock(), request));
  }

  @Override
  public void getInventoryChanges(
      GetInventoryChangesRequest request, StreamObserver<GetInventoryChangesResponse> answer) {
    calls.query(answer, read -> ChangeList.page(read, request));
  }

  @Override
  public void putInventory(
      PutInventoryRequest request, StreamObserver<PutInventoryResponse> answer) {
    calls.mutateOnce(
        "PutInventory",
        request,
        request.getClientToken(),
        PutInventoryResponse.parser(),
        answer,
        write -> {
          Instances.Instance instance =
              InstanceForm.required(write.read(), request.getInstanceId());
          return Puts.put(write, desk, instance.id(), request);
        });
  }

  @Override
  public void deleteInventory(
      DeleteInventoryRequest request, StreamObserver<DeleteInventoryResponse> answer) {
    calls.mutateOnce(
        "DeleteInventory",
        request,
        request.getClientToken(),
        DeleteInventoryResponse.parser(),
        answer,
        write -> {
          write.onDone(deletions);
          return Deletions.begin(write, calls.newId(), request);
        });
  }

  @Override
  public void describeInventoryDeletions(
      DescribeInventoryDeletionsRequest request,
      StreamObserver<DescribeInventoryDeletionsResponse> answer) {
    calls.query(answer, read -> Deletions.page(read, request));
  }

  @Override
  public void exportFleet(ExportFleetRequest request, StreamObserver<ExportFleetResponse> answer) {
    try {
      Findings findings = new Findings();
      for (int i = 0; i < request.getTypesCount(); i++) {
        type(findings, "types[" + i + "]", request.getTypes(i));
      }
      findings.refuse("InvalidTypeName");
      exports
          .orElseThrow(() -> Feeds.tooMany(0))
          .open(
              (ServerCallStreamObserver<ExportFleetResponse>) answer,
              new FleetExport(calls, domain, request),
              request.getAfter(),
              "after");
    } catch (Refusal refusal) {
      answer.onError(refusal.status());
    }
  }

  /** What is wrong with the name of a type. */
  static void type(Findings findings, String field, String type) {
    if (!InventoryCheck.isType(type)) {
      findings.add(
          field,
          "'"
              + Findings.printable(type)
              + "'; allowed are types like AWS:Application, Host:Port or Custom:Rack, of at most "
              + InventoryCheck.MAX_TYPE_CHARS
              + " characters");
    }
  }
}
