package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.InventoryCheck;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryEntity;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.ListInventoryEntriesRequest;
import dev.holdfast.wire.v1.ListInventoryEntriesResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What is installed on instances. */
public final class GrpcInventory extends InventoryServiceGrpc.InventoryServiceImplBase {
  private static final String HOST = "AWS:InstanceInformation.";

  /** Those of the instance's row: asking for others would mean to unpack the inventory of all. */
  private static final Map<String, Function<Instances.Instance, String>> FILTERS =
      Map.of(
          HOST + "InstanceId", row -> row.id().value(),
          HOST + "AgentVersion", row -> row.host().agentVersion(),
          HOST + "ComputerName", row -> row.host().computerName(),
          HOST + "IpAddress", row -> row.host().ipAddress(),
          HOST + "PlatformType", row -> row.host().platformType(),
          HOST + "PlatformName", row -> row.host().platformName(),
          HOST + "PlatformVersion", row -> row.host().platformVersion());

  /** Types of all instances that are read at once: each may be large. */
  private static final int ROWS_AT_ONCE = 8;

  private final Calls calls;

  /** Over the store behind the calls. */
  public GrpcInventory(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void getInventory(
      GetInventoryRequest request, StreamObserver<GetInventoryResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = Filters.of(request.getFiltersList(), FILTERS.keySet());
          Set<String> types = new TreeSet<>();
          Findings findings = new Findings();
          for (int i = 0; i < request.getResultAttributesCount(); i++) {
            String type = request.getResultAttributes(i).getTypeName();
            type(findings, "result_attributes[" + i + "].type_name", type);
            types.add(type);
          }
          findings.refuse("InvalidResultAttribute");
          return inventory(
              read, filters, types, Pages.size(request.getPageSize()), request.getPageToken());
        });
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
          InstanceId instance = InstanceForm.required(read, request.getInstanceId()).id();
          Filters filters = Filters.ofAttributes(request.getFiltersList());
          return Inventories.find(read, instance, request.getTypeName())
              .map(row -> entries(row, filters, request))
              .orElseGet(
                  () ->
                      ListInventoryEntriesResponse.newBuilder()
                          .setTypeName(request.getTypeName())
                          .setInstanceId(instance.value())
                          .build());
        });
  }

  /**
   * A page of whole types. It ends between any two of them when it is full, so an instance may go
   * on in the next page.
   */
  private static GetInventoryResponse inventory(
      Read read, Filters filters, Set<String> types, int size, String pageToken) {
    String after = Pages.after(pageToken);
    Map<InstanceId, Boolean> wanted = new HashMap<>();
    List<InventoryEntity.Builder> entities = new ArrayList<>();
    int bytes = 0;
    while (true) {
      int bar = after.indexOf('|');
      List<Inventories.Inventory> rows =
          Inventories.list(
              read,
              bar < 0 ? "" : after.substring(0, bar),
              bar < 0 ? "" : after.substring(bar + 1),
              types,
              ROWS_AT_ONCE);
      for (Inventories.Inventory row : rows) {
        if (wanted.computeIfAbsent(row.instance(), id -> wanted(read, filters, id))) {
          boolean another =
              entities.isEmpty() || !entities.getLast().getId().equals(row.instance().value());
          InventoryItem item = item(row);
          int more = item.getSerializedSize();
          if ((another && entities.size() == size)
              || (!entities.isEmpty() && bytes + more > Pages.MAX_BYTES)) {
            return page(entities, Pages.token(after));
          }
          if (another) {
            entities.add(InventoryEntity.newBuilder().setId(row.instance().value()));
          }
          entities.getLast().putData(row.type(), item);
          bytes += more;
        }
        after = row.instance().value() + "|" + row.type();
      }
      if (rows.size() < ROWS_AT_ONCE) {
        return page(entities, "");
      }
    }
  }

  private static boolean wanted(Read read, Filters filters, InstanceId id) {
    return Instances.find(read, id)
        .map(
            row ->
                filters.hold(
                    key -> FILTERS.getOrDefault(key, instance -> instance.id().value()).apply(row)))
        .orElse(false);
  }

  private static GetInventoryResponse page(List<InventoryEntity.Builder> entities, String next) {
    GetInventoryResponse.Builder page = GetInventoryResponse.newBuilder().setNextPageToken(next);
    entities.forEach(page::addEntities);
    return page.build();
  }

  private static InventoryItem item(Inventories.Inventory row) {
    InventoryItem.Builder item =
        InventoryItem.newBuilder()
            .setTypeName(row.type())
            .setSchemaVersion(row.schemaVersion())
            .setCaptureTime(Times.toProto(row.captured()))
            .setContentHash(row.contentHash());
    ReportCodec.unpack(row.content()).forEach(attributes -> item.addContent(entry(attributes)));
    return item.build();
  }

  private static ListInventoryEntriesResponse entries(
      Inventories.Inventory row, Filters filters, ListInventoryEntriesRequest request) {
    List<Map<String, String>> all = ReportCodec.unpack(row.content());
    Pages.Page<InventoryEntry> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> {
              int from = place(after, row);
              return places(from, Math.min(all.size(), from + atMost));
            },
            place -> row.contentHash() + "|" + place,
            place ->
                Optional.of(all.get(place))
                    .filter(
                        attributes -> filters.holdAny(key -> values(key, row.type(), attributes)))
                    .map(GrpcInventory::entry));
    return ListInventoryEntriesResponse.newBuilder()
        .setTypeName(row.type())
        .setInstanceId(row.instance().value())
        .setSchemaVersion(row.schemaVersion())
        .setCaptureTime(Times.toProto(row.captured()))
        .addAllEntries(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  /** Where a page begins; what was listed before must still be what is stored. */
  private static int place(String after, Inventories.Inventory row) {
    if (after.isEmpty()) {
      return 0;
    }
    String begin = row.contentHash() + "|";
    if (!after.startsWith(begin)) {
      throw new Refusal(
          "InvalidNextToken", "the inventory has changed since the first page: begin again");
    }
    return Integer.parseInt(after.substring(begin.length())) + 1;
  }

  private static List<Integer> places(int from, int to) {
    List<Integer> places = new ArrayList<>();
    for (int place = from; place < to; place++) {
      places.add(place);
    }
    return places;
  }

  private static Collection<String> values(
      String key, String type, Map<String, String> attributes) {
    String value =
        attributes.get(key.startsWith(type + ".") ? key.substring(type.length() + 1) : key);
    return value == null ? List.of() : List.of(value);
  }

  private static InventoryEntry entry(Map<String, String> attributes) {
    return InventoryEntry.newBuilder().putAllAttributes(attributes).build();
  }

  private static void type(Findings findings, String field, String type) {
    if (!InventoryCheck.TYPE.matcher(type).matches()) {
      findings.add(
          field,
          "'"
              + Findings.printable(type)
              + "'; allowed are types like AWS:Application or Custom:Rack");
    }
  }
}
