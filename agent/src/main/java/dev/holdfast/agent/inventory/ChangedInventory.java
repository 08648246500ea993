package dev.holdfast.agent.inventory;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes on inventory that changed since it was last passed on, in this epoch of the spool: a new
 * spool may have lost what the old one held, so there everything is told again. What was passed on
 * is remembered on disk after the spool took it; a crash between the two tells it twice, which is
 * harmless. On the agent's own thread.
 */
public final class ChangedInventory {
  private static final String FILE = "inventory/told";
  private static final String FORM = "holdfast-inventory-1";

  private final Disk disk;
  private final Reports reports;
  private final Supplier<String> spoolEpoch;

  /** Over the agent's disk and spool. */
  public ChangedInventory(Disk disk, Reports reports, Supplier<String> spoolEpoch) {
    this.disk = disk;
    this.reports = reports;
    this.spoolEpoch = spoolEpoch;
  }

  /**
   * Takes what was gathered.
   *
   * @return the types that were passed on
   */
  public List<String> take(List<Report.Inventory> gathered) {
    Map<String, Told> told = read();
    List<Report.Inventory> changed =
        gathered.stream().filter(each -> differs(told.get(each.typeName()), each)).toList();
    if (changed.isEmpty()) {
      return List.of();
    }
    for (Report.Inventory each : changed) {
      reports.add(each);
      told.put(each.typeName(), new Told(each.contentHash(), each.captureTime()));
    }
    write(told);
    return changed.stream().map(Report.Inventory::typeName).toList();
  }

  private static boolean differs(@Nullable Told told, Report.Inventory now) {
    return told == null
        || !told.hash().equals(now.contentHash())
        || now.captureTime().isAfter(told.at().plus(Limits.INVENTORY_AGAIN))
        // The wall clock went back; without this a type could stay untold for as long.
        || now.captureTime().isBefore(told.at());
  }

  /** Nothing if it is missing, damaged, of another form or of another epoch: all is told again. */
  private Map<String, Told> read() {
    Map<String, Told> told = new TreeMap<>();
    List<String> lines =
        disk.read(FILE)
            .map(content -> new String(content, StandardCharsets.UTF_8).lines().toList())
            .orElse(List.of());
    if (lines.size() < 2 || !lines.getFirst().equals(head(lines.subList(1, lines.size())))) {
      return told;
    }
    try {
      for (String line : lines.subList(1, lines.size())) {
        String[] words = line.split(" ");
        told.put(words[0], new Told(words[1], Instant.parse(words[2])));
      }
    } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
      return new TreeMap<>();
    }
    return told;
  }

  private void write(Map<String, Told> told) {
    List<String> lines =
        told.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue().hash() + " " + each.getValue().at())
            .toList();
    String content = head(lines) + "\n" + String.join("\n", lines) + "\n";
    disk.write(FILE, content.getBytes(StandardCharsets.UTF_8));
  }

  /** The first line: the form, the epoch, and a checksum over both and the lines below. */
  private String head(List<String> lines) {
    String start = FORM + " " + spoolEpoch.get();
    String all = start + "\n" + String.join("\n", lines);
    return start + " " + Sha256.of(all.getBytes(StandardCharsets.UTF_8));
  }

  private record Told(String hash, Instant at) {}
}
