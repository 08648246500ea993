package dev.holdfast.agent.inventory;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Query;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;
import oshi.util.GlobalConfig;

/**
 * Gathers on the real host. Nothing is kept between two gatherings but the pending updates, which
 * are dear to work out. A type that can't be read is not told: half of it would be taken for all
 * there is.
 */
public final class HostGatherer implements Gatherer {
  private static final Logger LOG = LoggerFactory.getLogger(HostGatherer.class);
  private static final Comparator<Map<String, String>> ORDER =
      Comparator.comparing((Map<String, String> item) -> item.getOrDefault("Name", ""))
          .thenComparing(item -> item.getOrDefault("Publisher", ""))
          .thenComparing(item -> item.getOrDefault("Version", ""))
          .thenComparing(Object::toString);

  private final Path root;
  private final Path nativeFolder;
  private final Path customFolder;
  private final Query query;
  private final InstantSource clock;
  private final String agentVersion;
  private final Optional<String> instanceId;
  private final PendingUpdates updates;

  /**
   * Over the host.
   *
   * @param root {@code /}
   * @param nativeFolder exists, and only the agent's user can write to it: the native library that
   *     OSHI needs is unpacked there, never in a folder that others share
   * @param customFolder where people put files with types of their own, unless a document names
   *     another folder
   * @param clock tells the capture time
   * @param agentVersion told in {@code AWS:InstanceInformation}
   * @param instanceId the same; empty before enrolment
   */
  public HostGatherer(
      Path root,
      Path nativeFolder,
      Path customFolder,
      Query query,
      InstantSource clock,
      String agentVersion,
      Optional<String> instanceId) {
    this.root = root;
    this.nativeFolder = nativeFolder;
    this.customFolder = customFolder;
    this.query = query;
    this.clock = clock;
    this.agentVersion = agentVersion;
    this.instanceId = instanceId;
    this.updates = new PendingUpdates(root, query);
  }

  @Override
  public Set<String> types() {
    Set<String> types = new TreeSet<>(InventoryTypes.versions().keySet());
    types.add(Gathering.CUSTOM);
    return types;
  }

  @Override
  public Found gather(Gathering wanted) {
    OshiHost host = oshi();
    List<Report.Inventory> gathered = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (String type : new TreeSet<>(wanted.types())) {
      try {
        String schemaVersion = InventoryTypes.versions().get(type);
        if (type.equals(Gathering.CUSTOM)) {
          custom(wanted, gathered);
        } else if (schemaVersion != null) {
          List<Map<String, String>> items = new ArrayList<>();
          read(type, wanted, host, items::add);
          gathered.add(inventory(type, schemaVersion, items));
        }
      } catch (InventoryException e) {
        failures.add(String.valueOf(e.getMessage()));
      } catch (ProcessException | UncheckedIOException e) {
        failures.add(type + ": " + e.getMessage());
      }
    }
    return new Found(gathered, failures);
  }

  private void custom(Gathering wanted, List<Report.Inventory> gathered) {
    Path folder = wanted.customFolder().map(root::resolve).orElse(customFolder);
    for (CustomFiles.Content content : CustomFiles.read(folder)) {
      gathered.add(
          inventory(content.typeName(), content.schemaVersion(), new ArrayList<>(content.items())));
    }
  }

  private void read(
      String type, Gathering wanted, OshiHost host, Consumer<Map<String, String>> items) {
    switch (type) {
      case InventoryTypes.APPLICATION -> new Applications(root, query).read(items);
      case InventoryTypes.INSTANCE_INFORMATION ->
          host.information(
              new Attributes()
                  .with("AgentType", "holdfast-agent")
                  .with("AgentVersion", agentVersion)
                  .with("InstanceId", instanceId.orElse(null)),
              items);
      case InventoryTypes.INSTANCE_DETAILED_INFORMATION -> host.details(items);
      case InventoryTypes.NETWORK -> host.network(items);
      case InventoryTypes.SERVICE -> {
        if (host.linux()) {
          new Services(root).read(items);
        } else {
          host.services(items);
        }
      }
      case InventoryTypes.FILE -> new FoundFiles(root).read(wanted.files(), items);
      case InventoryTypes.DISK -> new Mounts(root, Mounts.Room.OF_HOST).read(items);
      case InventoryTypes.PORT -> new Ports(root).read(items);
      case InventoryTypes.USER -> new Users(root).read(items);
      case InventoryTypes.CERTIFICATE -> new Certificates(root).read(wanted.certificates(), items);
      case InventoryTypes.KERNEL -> new Kernel(root).read(items);
      case InventoryTypes.CONTAINER -> new Containers(root, query).read(items);
      case InventoryTypes.PENDING_UPDATE -> updates.read(items);
      // Of other platforms, or of a cloud: there is nothing of it here, and that is the answer.
      case InventoryTypes.AWS_COMPONENT,
          InventoryTypes.BILLING_INFO,
          InventoryTypes.WINDOWS_REGISTRY,
          InventoryTypes.WINDOWS_ROLE,
          InventoryTypes.WINDOWS_UPDATE -> {}
      default -> throw new IllegalArgumentException("no reader for " + type);
    }
  }

  private Report.Inventory inventory(
      String type, String schemaVersion, List<Map<String, String>> items) {
    items.sort(ORDER);
    int fitting = Portion.of(items);
    List<Map<String, String>> kept = items.subList(0, fitting);
    if (fitting < items.size()) {
      LOG.warn(
          "inventory is cut type={} entries={} kept={} limit={} entries or {} bytes, {} packed",
          type,
          items.size(),
          fitting,
          Limits.MAX_INVENTORY_ENTRIES,
          ReportCodec.MAX_INVENTORY_BYTES,
          Portion.MOST_PACKED);
    }
    Instant captured = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Report.Inventory(type, schemaVersion, captured, Items.hash(kept), kept);
  }

  private OshiHost oshi() {
    // Read by JNA when its library is loaded, once a process, so this is harmless later on.
    System.setProperty("jna.tmpdir", nativeFolder.toString());
    // udev is a library more, for disks that nothing here asks for.
    GlobalConfig.set(GlobalConfig.OSHI_OS_LINUX_ALLOWUDEV, false);
    return new OshiHost(new SystemInfo(), root);
  }
}
