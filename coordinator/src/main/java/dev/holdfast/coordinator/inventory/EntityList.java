package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryEntity;
import dev.holdfast.wire.v1.InventoryItem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.roaringbitmap.RoaringBitmap;

/** Answers {@code GetInventory}: whole types of instances, or counts of them. */
final class EntityList {
  /** Instances whose rows are read for a page where only these tell whether it wants them. */
  static final int MAX_OPENED = 200;

  private static final int INSTANCES_AT_ONCE = 200;

  private final Stock stock;

  EntityList(Stock stock) {
    this.stock = stock;
  }

  GetInventoryResponse page(Read read, GetInventoryRequest request) {
    Set<String> known = stock.types();
    Findings findings = new Findings();
    Asked asked = Asked.of(request.getFiltersList(), "filters", known::contains, findings);
    findings.refuse("InvalidFilter");
    Set<String> types = types(request);
    Findings wrongGroups = new Findings();
    List<Counting.Aggregator> aggregators =
        Counting.read(
            request.getAggregatorsList(), "aggregators", 1, known::contains, findings, wrongGroups);
    findings.refuse("InvalidAggregator");
    wrongGroups.refuse("InvalidInventoryGroup");
    int size = Pages.size(request.getPageSize());
    String after = Pages.after(request.getPageToken());
    List<InstanceId> leaving = Inventories.leaving(read, Integer.MAX_VALUE);
    Optional<List<InstanceId>> seen = read.seen();
    if (!aggregators.isEmpty()) {
      if (asked.ofOwn()) {
        throw new Refusal(
            "InvalidFilter",
            "filters on what differs from instance to instance (InstalledTime, say) can't be"
                + " counted; leave out the aggregators");
      }
      Hosts hosts =
          hosts(read, asked.ofHosts(), asksForHosts(aggregators) || !asked.ofHosts().isEmpty());
      List<Counting.Row> rows =
          stock.ask(
              view -> {
                Search.Found found = Search.of(view, asked, hosts);
                without(view, found.instances(), leaving);
                within(view, found.instances(), seen);
                return Counting.of(view, hosts, aggregators, found);
              });
      return counts(request, rows, size, after);
    }
    Hosts hosts = hosts(read, asked.ofHosts(), !asked.ofHosts().isEmpty());
    RoaringBitmap wanted =
        stock.ask(
            view -> {
              RoaringBitmap found = Search.of(view, asked, hosts).instances();
              without(view, found, leaving);
              within(view, found, seen);
              return found;
            });
    return new Filling(read, asked, types, size, wanted, after).fill();
  }

  private static Set<String> types(GetInventoryRequest request) {
    Findings findings = new Findings();
    Set<String> types = new TreeSet<>();
    for (int i = 0; i < request.getResultAttributesCount(); i++) {
      String type = request.getResultAttributes(i).getTypeName();
      GrpcInventory.type(findings, "result_attributes[" + i + "].type_name", type);
      types.add(type);
    }
    findings.refuse("InvalidResultAttribute");
    return types;
  }

  private static Hosts hosts(Read read, Collection<Clause> clauses, boolean needed) {
    return needed ? Hosts.read(read, clauses) : Hosts.NONE;
  }

  private static boolean asksForHosts(List<Counting.Aggregator> aggregators) {
    return aggregators.stream()
        .anyMatch(
            one ->
                switch (one) {
                  case Counting.Aggregator.ByValue(var key, var within) ->
                      key.type().equals(Asked.HOST) || asksForHosts(within);
                  case Counting.Aggregator.ByGroups(var groups) ->
                      groups.stream().anyMatch(group -> !group.asked().ofHosts().isEmpty());
                });
  }

  private static void without(Stock.View view, RoaringBitmap bits, List<InstanceId> leaving) {
    leaving.forEach(id -> view.number(id).ifPresent(bits::remove));
  }

  private static void within(Stock.View view, RoaringBitmap bits, Optional<List<InstanceId>> seen) {
    if (seen.isPresent()) {
      RoaringBitmap those = new RoaringBitmap();
      seen.get().forEach(id -> view.number(id).ifPresent(those::add));
      bits.and(those);
    }
  }

  private static GetInventoryResponse counts(
      GetInventoryRequest request, List<Counting.Row> rows, int size, String after) {
    int from = after.isEmpty() ? 0 : place(after);
    GetInventoryResponse.Builder page = GetInventoryResponse.newBuilder();
    InventoryEntity.Builder entity = InventoryEntity.newBuilder();
    InventoryItem.Builder item = InventoryItem.newBuilder();
    int of = -1;
    int at = from;
    int bytes = 0;
    for (; at < rows.size() && at < from + size; at++) {
      Counting.Row row = rows.get(at);
      var entry = Forms.toProto(row.attributes());
      bytes += entry.getSerializedSize() + 16;
      if (bytes > Pages.MAX_BYTES && at > from) {
        break;
      }
      if (row.aggregator() != of) {
        add(page, entity, item);
        of = row.aggregator();
        String expression = request.getAggregators(of).getExpression();
        entity = InventoryEntity.newBuilder().setId(expression);
        item =
            InventoryItem.newBuilder()
                .setTypeName(
                    expression.isEmpty()
                        ? "Groups"
                        : expression.substring(0, expression.lastIndexOf('.')));
      }
      item.addContent(entry);
    }
    add(page, entity, item);
    return page.setNextPageToken(at < rows.size() ? Pages.token(Integer.toString(at)) : "").build();
  }

  private static void add(
      GetInventoryResponse.Builder page,
      InventoryEntity.Builder entity,
      InventoryItem.Builder item) {
    if (item.getContentCount() > 0) {
      page.addEntities(entity.putData(item.getTypeName(), item.build()));
    }
  }

  private static int place(String after) {
    try {
      int place = Integer.parseInt(after);
      if (place > 0 && place <= InventoryLimits.MAX_AGGREGATE_ROWS) {
        return place;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
  }

  /** A page of whole types. It ends between any two of them when it is full. */
  private final class Filling {
    private final Read read;
    private final Asked asked;
    private final Set<String> types;
    private final int size;
    private final RoaringBitmap wanted;
    private final Forms forms;
    private final List<InventoryEntity.Builder> entities = new ArrayList<>();
    private String afterInstance;
    private String afterType;
    private int bytes;
    private int opened;

    Filling(
        Read read, Asked asked, Set<String> types, int size, RoaringBitmap wanted, String after) {
      this.read = read;
      this.asked = asked;
      this.types = types;
      this.size = size;
      this.wanted = wanted;
      this.forms = new Forms(read);
      int bar = after.indexOf('|');
      this.afterInstance = bar < 0 ? "" : after.substring(0, bar);
      this.afterType = bar < 0 ? "" : after.substring(bar + 1);
      if (!after.isEmpty() && !InstanceId.isValid(afterInstance)) {
        throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
      }
    }

    GetInventoryResponse fill() {
      if (!afterType.isEmpty() && !take(new InstanceId(afterInstance))) {
        return page(true);
      }
      while (true) {
        List<InstanceId> ids =
            stock.ask(view -> view.page(wanted, afterInstance, INSTANCES_AT_ONCE));
        for (InstanceId id : ids) {
          if (asked.ofOwn() && opened++ == MAX_OPENED) {
            return page(true);
          }
          if (!take(id)) {
            return page(true);
          }
        }
        if (ids.size() < INSTANCES_AT_ONCE) {
          return page(false);
        }
      }
    }

    private GetInventoryResponse page(boolean more) {
      GetInventoryResponse.Builder page = GetInventoryResponse.newBuilder();
      entities.forEach(page::addEntities);
      return page.setNextPageToken(more ? Pages.token(afterInstance + "|" + afterType) : "")
          .build();
    }

    /** Whether all of an instance found room, that behind the type where the page begins. */
    private boolean take(InstanceId id) {
      boolean on = id.value().equals(afterInstance);
      List<Inventories.Inventory> rows =
          types.isEmpty()
              ? Inventories.of(read, id, Integer.MAX_VALUE)
              : types.stream().flatMap(type -> Inventories.find(read, id, type).stream()).toList();
      if (!on && !rows.isEmpty() && asked.ofOwn() && !holds(id)) {
        rows = List.of();
      }
      for (Inventories.Inventory row : rows) {
        if (on && row.type().compareTo(afterType) <= 0) {
          continue;
        }
        boolean another = entities.isEmpty() || !entities.getLast().getId().equals(id.value());
        InventoryItem item = forms.toProto(row);
        int more = item.getSerializedSize();
        if ((another && entities.size() == size)
            || (!entities.isEmpty() && bytes + more > Pages.MAX_BYTES)) {
          return false;
        }
        if (another) {
          entities.add(InventoryEntity.newBuilder().setId(id.value()));
        }
        entities.getLast().putData(row.type(), item);
        bytes += more;
        afterInstance = id.value();
        afterType = row.type();
      }
      afterInstance = id.value();
      afterType = "";
      return true;
    }

    /** Whether all clauses of each type hold on one entry, its own attributes too. */
    private boolean holds(InstanceId id) {
      VersionOrder platform =
          Instances.find(read, id)
              .map(row -> VersionOrder.ofPlatform(row.host().platformName()))
              .orElse(VersionOrder.GENERIC);
      return asked.clauses().entrySet().stream()
          .filter(
              type ->
                  type.getValue().stream()
                      .anyMatch(c -> Own.names(type.getKey()).contains(c.attribute())))
          .allMatch(
              type ->
                  Inventories.find(read, id, type.getKey())
                      .map(row -> holds(row, type.getValue(), platform))
                      .orElse(false));
    }

    private boolean holds(Inventories.Inventory row, List<Clause> clauses, VersionOrder platform) {
      List<Attributes> items = forms.entries(row).stream().map(Attributes::of).toList();
      if (clauses.stream().allMatch(clause -> clause.operator() == Clause.Operator.NOT_EQUAL)) {
        return items.stream()
            .noneMatch(item -> clauses.stream().anyMatch(clause -> clause.has(item)));
      }
      return items.stream()
          .anyMatch(
              item -> {
                VersionOrder order = VersionOrder.of(row.type(), item, platform);
                return clauses.stream().allMatch(clause -> clause.holds(item, order));
              });
    }
  }
}
