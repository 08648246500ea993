package dev.holdfast.coordinator.inventory;

import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.v1.GetInventorySchemaRequest;
import dev.holdfast.wire.v1.GetInventorySchemaResponse;
import dev.holdfast.wire.v1.InventoryAttribute;
import dev.holdfast.wire.v1.InventorySchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roaringbitmap.IntConsumer;

/** Answers {@code GetInventorySchema}: the built-in types, and others as they are stored. */
final class Schemas {
  /** Distinct entries of a type that are looked at for its attributes. */
  static final int MAX_LOOKED = 10_000;

  private static final Set<String> NUMBERS =
      Set.of(
          "CPUCores",
          "CPUSockets",
          "CPUSpeedMHz",
          "CPUs",
          "Epoch",
          "Port",
          "Size",
          "FileSize",
          "SizeBytes",
          "FreeBytes",
          "UsedBytes",
          "Uid",
          "Gid");

  private static final Map<String, Set<String>> BUILT_IN = builtIn();

  private record Schema(String type, String version, Set<String> attributes) {}

  private Schemas() {}

  /** Attributes of built-in types (spec.md section 5.2). */
  private static Map<String, Set<String>> builtIn() {
    Map<String, Set<String>> types = new TreeMap<>();
    put(
        types,
        "AWS:Application",
        "Name,ApplicationType,Publisher,Version,Release,Epoch,InstalledTime,Architecture,URL,Summary,PackageId");
    put(
        types,
        "AWS:AWSComponent",
        "Name,ApplicationType,Publisher,Version,InstalledTime,Architecture,URL");
    put(
        types,
        "AWS:File",
        "Name,Size,Description,FileVersion,InstalledDate,ModificationTime,LastAccessTime,ProductName,InstalledDir,ProductLanguage,CompanyName,ProductVersion");
    put(types, "AWS:Network", "Name,SubnetMask,Gateway,DHCPServer,DNSServer,MacAddress,IPV4,IPV6");
    put(
        types,
        "AWS:InstanceDetailedInformation",
        "CPUModel,CPUSpeedMHz,CPUs,CPUSockets,CPUCores,CPUHyperThreadEnabled,OSServicePack,KernelVersion");
    put(
        types,
        "AWS:InstanceInformation",
        "AgentVersion,ComputerName,InstanceId,InstanceStatus,IpAddress,PlatformName,PlatformType,PlatformVersion,ResourceType");
    put(types, "AWS:BillingInfo", "BillingProductId");
    put(types, "AWS:WindowsUpdate", "HotFixId,Description,InstalledTime,InstalledBy");
    put(
        types,
        "AWS:Service",
        "Name,DisplayName,ServiceType,Status,DependentServices,ServicesDependedOn,StartType");
    put(types, "AWS:WindowsRegistry", "KeyPath,ValueName,ValueType,Value");
    put(
        types,
        "AWS:WindowsRole",
        "Name,DisplayName,Description,Path,FeatureType,DependsOn,Parent,ServerComponentDescriptor,SubFeatures,Installed,InstalledState");
    return types;
  }

  private static void put(Map<String, Set<String>> types, String type, String attributes) {
    types.put(type, Set.of(attributes.split(",")));
  }

  static GetInventorySchemaResponse page(
      Read read, Stock stock, GetInventorySchemaRequest request) {
    Findings findings = new Findings();
    if (request.getTypeName().length() > Asked.MAX_CHARS) {
      findings.add("type_name", "at most " + Asked.MAX_CHARS + " characters are allowed");
    }
    findings.refuse("InvalidTypeName");
    TreeMap<String, Schema> all = new TreeMap<>();
    BUILT_IN.forEach((type, names) -> all.put(type, new Schema(type, "1.0", names)));
    Inventories.allTypes(read)
        .forEach(
            (type, version) -> {
              Set<String> names = new TreeSet<>(BUILT_IN.getOrDefault(type, Set.of()));
              if (!type.equals(Asked.HOST)) {
                names.addAll(stored(stock, type));
              }
              all.put(type, new Schema(type, version, names));
            });
    boolean exact = all.containsKey(request.getTypeName());
    Pages.Page<InventorySchema> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> all.tailMap(after, false).values().stream().limit(atMost).toList(),
            Schema::type,
            schema ->
                (exact
                        ? schema.type.equals(request.getTypeName())
                        : schema.type.startsWith(request.getTypeName()))
                    ? Optional.of(toProto(schema, request.getAggregator()))
                    : Optional.empty());
    return GetInventorySchemaResponse.newBuilder()
        .addAllSchemas(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static Set<String> stored(Stock stock, String type) {
    return stock.ask(
        view -> {
          Set<String> names = new TreeSet<>();
          view.shelf(type)
              .ifPresent(
                  shelf ->
                      shelf
                          .items()
                          .limit(MAX_LOOKED)
                          .forEach(
                              (IntConsumer)
                                  number ->
                                      names.addAll(view.item(number).attributes().map().keySet())));
          return names;
        });
  }

  private static InventorySchema toProto(Schema schema, boolean aggregator) {
    Set<String> own = aggregator ? Own.names(schema.type) : Set.of();
    List<InventoryAttribute> attributes =
        schema.attributes.stream()
            .filter(name -> !own.contains(name))
            .sorted()
            .map(
                name ->
                    InventoryAttribute.newBuilder()
                        .setName(name)
                        .setDataType(NUMBERS.contains(name) ? "number" : "string")
                        .build())
            .toList();
    return InventorySchema.newBuilder()
        .setTypeName(schema.type)
        .setVersion(schema.version)
        .setDisplayName(schema.type.substring(schema.type.indexOf(':') + 1))
        .addAllAttributes(attributes)
        .build();
  }
}
