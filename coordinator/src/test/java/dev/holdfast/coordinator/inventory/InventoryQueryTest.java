package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryGroup;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.ResultAttribute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the index answers is what looking at everything answers. */
@ExtendWith(AsAdmin.class)
final class InventoryQueryTest {
  private static final String PORT = "Host:Port";
  private static final List<String> TYPES = List.of(Shop.APPLICATION, Shop.RACK, PORT);
  private static final List<String> PLATFORMS = List.of("Debian GNU/Linux", "AlmaLinux", "");

  @TempDir Path folder;

  /** An instance as the model has it. */
  private record Model(
      InstanceId id, String platform, Map<String, List<Map<String, String>>> types) {}

  @Test
  void filtersAggregatorsAndGroupsFindWhatALookAtEverythingFinds() {
    try (Shop shop = new Shop(folder)) {
      Cases.check(
          8,
          random -> {
            List<Model> fleet = fleet(shop, random);
            for (int i = 0; i < 25; i++) {
              List<Filter> filters = filters(random);
              Set<String> wanted = new TreeSet<>();
              fleet.stream()
                  .filter(model -> holds(model, filters))
                  .forEach(model -> wanted.add(model.id.value()));

              assertEquals(wanted, all(shop, filters, 1 + random.nextInt(4)), filters.toString());
              group(shop, fleet, filters, filters(random));
            }
            for (int i = 0; i < 6; i++) {
              count(shop, fleet, random);
            }
          });
    }
  }

  private static List<Model> fleet(Shop shop, RandomGenerator random) {
    shop.estate.clear();
    List<Model> fleet = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      String platform = PLATFORMS.get(random.nextInt(PLATFORMS.size()));
      InstanceId id = shop.add(i, platform);
      Map<String, List<Map<String, String>>> types = new TreeMap<>();
      for (String type : TYPES) {
        if (random.nextInt(4) > 0) {
          List<Map<String, String>> items = new ArrayList<>();
          for (int n = random.nextInt(6); n > 0; n--) {
            items.add(item(type, random));
          }
          types.put(type, items);
        }
      }
      fleet.add(new Model(id, platform, types));
    }
    shop.estate.store.write(
        write -> {
          shop.desk.stock().load(write);
          return true;
        });
    fleet.forEach(model -> model.types.forEach((type, items) -> shop.put(model.id, type, items)));
    if (random.nextBoolean()) {
      Model gone = fleet.remove(random.nextInt(fleet.size()));
      shop.estate.store.write(write -> Instances.deregister(write, gone.id));
    }
    return fleet;
  }

  private static Map<String, String> item(String type, RandomGenerator random) {
    Map<String, String> item = new TreeMap<>();
    switch (type) {
      case Shop.APPLICATION -> {
        item.put("Name", name(random));
        item.put("Version", version(random));
        if (random.nextInt(3) == 0) {
          item.put("Release", random.nextInt(3) + ".el9");
        }
        if (random.nextBoolean()) {
          item.put("InstalledTime", time(random));
        }
      }
      case Shop.RACK -> item.put("Rack", Integer.toString(random.nextInt(12)));
      default -> {
        item.put("Port", Integer.toString(8 + random.nextInt(4)));
        item.put("Protocol", random.nextBoolean() ? "tcp" : "udp");
      }
    }
    return item;
  }

  private static String name(RandomGenerator random) {
    return List.of("openssl", "openssh", "bash", "zsh").get(random.nextInt(4));
  }

  private static String version(RandomGenerator random) {
    return List.of("3.0.9", "3.0.14", "3.0.14~rc1", "1:3.0.14-2", "3.0.2-1").get(random.nextInt(5));
  }

  private static String time(RandomGenerator random) {
    return "2026-01-0" + (1 + random.nextInt(4)) + "T00:00:00Z";
  }

  private static List<Filter> filters(RandomGenerator random) {
    List<Filter> filters = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      String key =
          List.of(
                  "AWS:Application.Name",
                  "AWS:Application.Version",
                  "AWS:Application.Version",
                  "AWS:Application.InstalledTime",
                  "Custom:Rack.Rack",
                  "Host:Port.Port",
                  "Host:Port.Protocol",
                  "Custom:Nobody.Has",
                  "AWS:InstanceInformation.PlatformName",
                  "AWS:InstanceInformation.ComputerName")
              .get(random.nextInt(10));
      FilterOperator operator = FilterOperator.forNumber(random.nextInt(7));
      Filter.Builder filter = Filter.newBuilder().setKey(key).setOperator(operator);
      if (operator != FilterOperator.FILTER_OPERATOR_EXISTS) {
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
          filter.addValues(value(key, random));
        }
      }
      filters.add(filter.build());
    }
    return filters;
  }

  private static String value(String key, RandomGenerator random) {
    return switch (key) {
      case "AWS:Application.Name" -> random.nextInt(3) == 0 ? "open" : name(random);
      case "AWS:Application.Version" -> random.nextInt(3) == 0 ? "3.0.10" : version(random);
      case "AWS:Application.InstalledTime" -> time(random);
      case "AWS:InstanceInformation.PlatformName" -> PLATFORMS.get(random.nextInt(2));
      case "AWS:InstanceInformation.ComputerName" -> "host" + random.nextInt(14);
      default -> Integer.toString(random.nextInt(12));
    };
  }

  private static Set<String> all(Shop shop, List<Filter> filters, int size) {
    Set<String> ids = new TreeSet<>();
    String token = "";
    do {
      GetInventoryResponse page =
          Answer.of(
              shop.service::getInventory,
              GetInventoryRequest.newBuilder()
                  .addAllFilters(filters)
                  .setPageSize(size)
                  .setPageToken(token)
                  .build());
      page.getEntitiesList().forEach(entity -> ids.add(entity.getId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return ids;
  }

  private static void group(
      Shop shop, List<Model> fleet, List<Filter> filters, List<Filter> matching) {
    if (filters.toString().contains("InstalledTime")
        || matching.toString().contains("InstalledTime")) {
      return; // told to be refused elsewhere
    }
    GetInventoryResponse answer =
        Answer.of(
            shop.service::getInventory,
            GetInventoryRequest.newBuilder()
                .addAllFilters(filters)
                .addAggregators(
                    InventoryAggregator.newBuilder()
                        .addGroups(
                            InventoryGroup.newBuilder().setName("some").addAllFilters(matching)))
                .build());
    List<Model> scope =
        fleet.stream().filter(m -> !m.types.isEmpty() && holds(m, filters)).toList();
    long count = scope.stream().filter(model -> holds(model, matching)).count();
    InventoryItem item = answer.getEntities(0).getDataMap().values().iterator().next();
    assertEquals(
        Map.of(
            "Group",
            "some",
            "matchingCount",
            Long.toString(count),
            "notMatchingCount",
            Long.toString(scope.size() - count)),
        item.getContent(0).getAttributesMap(),
        filters + " " + matching);
  }

  /** Versions within names, and platforms: by rows of the model. */
  private static void count(Shop shop, List<Model> fleet, RandomGenerator random) {
    List<Filter> filters =
        random.nextBoolean()
            ? List.of()
            : List.of(
                Filter.newBuilder().setKey("AWS:Application.Name").addValues(name(random)).build());
    GetInventoryResponse answer =
        Answer.of(
            shop.service::getInventory,
            GetInventoryRequest.newBuilder()
                .addAllFilters(filters)
                .setPageSize(100)
                .addAggregators(
                    InventoryAggregator.newBuilder()
                        .setExpression("AWS:Application.Name")
                        .addAggregators(
                            InventoryAggregator.newBuilder()
                                .setExpression("AWS:Application.Version")))
                .addAggregators(
                    InventoryAggregator.newBuilder()
                        .setExpression("AWS:InstanceInformation.PlatformName"))
                .build());
    Map<String, Integer> wanted = new TreeMap<>();
    for (Model model : fleet) {
      if (model.types.isEmpty() || !holds(model, filters)) {
        continue;
      }
      Set<String> pairs = new TreeSet<>();
      for (Map<String, String> item : model.types.getOrDefault(Shop.APPLICATION, List.of())) {
        if (filters.isEmpty() || filters.getFirst().getValues(0).equals(item.get("Name"))) {
          pairs.add(item.get("Name") + " " + item.get("Version"));
        }
      }
      pairs.forEach(pair -> wanted.merge(pair, 1, Integer::sum));
      if (!model.platform.isEmpty()) {
        wanted.merge(model.platform, 1, Integer::sum);
      }
    }
    Map<String, Integer> counted = new TreeMap<>();
    answer
        .getEntitiesList()
        .forEach(
            entity ->
                entity
                    .getDataMap()
                    .values()
                    .forEach(
                        item ->
                            item.getContentList()
                                .forEach(row -> counted.put(key(row), count(row)))));
    assertEquals(wanted, counted);
  }

  private static String key(InventoryEntry row) {
    Map<String, String> attributes = new HashMap<>(row.getAttributesMap());
    return attributes.containsKey("PlatformName")
        ? attributes.get("PlatformName")
        : attributes.get("Name") + " " + attributes.get("Version");
  }

  private static int count(InventoryEntry row) {
    return Integer.parseInt(row.getAttributesOrThrow("Count"));
  }

  @Test
  void aPageGoesOnWhereTheLastEndedAlsoWithinAnInstance() {
    try (Shop shop = new Shop(folder)) {
      List<Map<String, String>> large = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        large.add(Map.of("Name", "n" + i, "Text", "x".repeat(2_000)));
      }
      for (int i = 1; i <= 3; i++) {
        InstanceId id = shop.add(i, "");
        shop.put(id, Shop.APPLICATION, List.of(Map.of("Name", "bash", "Version", "5." + i)));
        shop.put(id, "AWS:Service", List.of(Map.of("Name", "sshd")));
      }
      InstanceId second = dev.holdfast.coordinator.testing.Estate.instance(2);
      shop.put(second, "AWS:Network", large);
      shop.put(second, "Custom:Large", large);

      Set<String> seen = new TreeSet<>();
      List<Integer> sizes = new ArrayList<>();
      String token = "";
      do {
        GetInventoryResponse page =
            Answer.of(
                shop.service::getInventory,
                GetInventoryRequest.newBuilder().setPageSize(2).setPageToken(token).build());
        assertEquals(true, page.getSerializedSize() < 1024 * 1024);
        sizes.add(page.getEntitiesCount());
        page.getEntitiesList()
            .forEach(
                entity ->
                    entity
                        .getDataMap()
                        .keySet()
                        .forEach(type -> assertEquals(true, seen.add(entity.getId() + type))));
        token = page.getNextPageToken();
      } while (!token.isEmpty());

      assertEquals(8, seen.size());
      assertEquals(List.of(2, 2), sizes, "the second instance goes on in the second page");
      GetInventoryResponse some =
          Answer.of(
              shop.service::getInventory,
              GetInventoryRequest.newBuilder()
                  .addFilters(
                      Filter.newBuilder()
                          .setKey("AWS:InstanceInformation.InstanceId")
                          .addValues(second.value()))
                  .addResultAttributes(ResultAttribute.newBuilder().setTypeName("AWS:Service"))
                  .build());
      assertEquals(Set.of("AWS:Service"), some.getEntities(0).getDataMap().keySet());
    }
  }

  private static boolean holds(Model model, List<Filter> filters) {
    if (model.types.isEmpty()) {
      return false;
    }
    Map<String, List<Filter>> byType = new TreeMap<>();
    for (Filter filter : filters) {
      byType
          .computeIfAbsent(
              filter.getKey().substring(0, filter.getKey().lastIndexOf('.')),
              _ -> new ArrayList<>())
          .add(filter);
    }
    return byType.entrySet().stream()
        .allMatch(type -> holds(model, type.getKey(), type.getValue()));
  }

  private static boolean holds(Model model, String type, List<Filter> filters) {
    if (type.equals("AWS:InstanceInformation")) {
      Map<String, String> host = new TreeMap<>();
      host.put("ComputerName", "host" + Integer.parseInt(model.id.value().substring(3), 16));
      if (!model.platform.isEmpty()) {
        host.put("PlatformName", model.platform);
      }
      return filters.stream().allMatch(filter -> holds(host, filter, VersionOrder.GENERIC));
    }
    List<Map<String, String>> items = model.types.get(type);
    if (items == null) {
      return false;
    }
    if (filters.stream()
        .allMatch(f -> f.getOperator() == FilterOperator.FILTER_OPERATOR_NOT_EQUAL)) {
      return items.stream()
          .allMatch(
              item ->
                  filters.stream()
                      .noneMatch(f -> f.getValuesList().contains(item.get(attribute(f)))));
    }
    return items.stream()
        .anyMatch(
            item ->
                filters.stream()
                    .allMatch(filter -> holds(item, filter, order(type, item, model.platform))));
  }

  private static VersionOrder order(String type, Map<String, String> item, String platform) {
    if (!type.equals(Shop.APPLICATION)) {
      return VersionOrder.GENERIC;
    }
    return item.containsKey("Release") || platform.equals("AlmaLinux")
        ? VersionOrder.RPM
        : platform.isEmpty() ? VersionOrder.GENERIC : VersionOrder.DPKG;
  }

  private static String attribute(Filter filter) {
    return filter.getKey().substring(filter.getKey().lastIndexOf('.') + 1);
  }

  private static boolean holds(Map<String, String> item, Filter filter, VersionOrder order) {
    String attribute = attribute(filter);
    String value = item.get(attribute);
    return switch (filter.getOperator()) {
      case FILTER_OPERATOR_NOT_EQUAL -> !filter.getValuesList().contains(value);
      case FILTER_OPERATOR_EXISTS -> value != null;
      case FILTER_OPERATOR_BEGIN_WITH ->
          value != null && filter.getValuesList().stream().anyMatch(value::startsWith);
      case FILTER_OPERATOR_LESS_THAN ->
          value != null
              && filter.getValuesList().stream()
                  .anyMatch(bound -> compare(attribute, item, value, bound, order) < 0);
      case FILTER_OPERATOR_GREATER_THAN ->
          value != null
              && filter.getValuesList().stream()
                  .anyMatch(bound -> compare(attribute, item, value, bound, order) > 0);
      case FILTER_OPERATOR_UNSPECIFIED, FILTER_OPERATOR_EQUAL, UNRECOGNIZED ->
          filter.getValuesList().contains(value);
    };
  }

  private static int compare(
      String attribute, Map<String, String> item, String value, String bound, VersionOrder order) {
    if (attribute.equals("Version")) {
      return order.compare(order.read(attribute, value, Attributes.of(item)), order.parse(bound));
    }
    return attribute.equals("Rack") || attribute.equals("Port")
        ? Integer.compare(Integer.parseInt(value), Integer.parseInt(bound))
        : value.compareTo(bound);
  }
}
