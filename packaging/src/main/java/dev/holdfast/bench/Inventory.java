package dev.holdfast.bench;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.ingest.Ingest;
import dev.holdfast.coordinator.inventory.GrpcInventory;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Inventories;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.system.Scratch;
import dev.holdfast.wire.ReportCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * What the inventory of a large fleet costs, as whole calls: how fast it is stored, how large it is
 * on the disk and in memory, how long a start takes, how fast differences are applied and questions
 * answered; beside a plain table of one row an item.
 */
public final class Inventory {
  static final String APPLICATION = "AWS:Application";
  static final String RACK = "Custom:Rack";
  static final int AT_ONCE = 500;

  /** One in so many instances sends its content whole; the others' rows are made from these. */
  private static final int COPIES = 100;

  /** One in so many instances got an update of its own since. */
  private static final int UPDATES = 20;

  static final int UPDATED = 4;
  private static final int RACK_HOLDS = 40;

  private final Path folder;
  private final int instances;
  private final int plain;
  private final int deltas;
  private final PrintStream out;
  private final PackageSets sets = new PackageSets();

  private Inventory(Path folder, int instances, int plain, int deltas, PrintStream out) {
    this.folder = folder;
    this.instances = instances;
    this.plain = plain;
    this.deltas = deltas;
    this.out = out;
  }

  /** {@code packaging/bench/inventory [INSTANCES [PLAIN [DELTAS]]]}. */
  public static void main(String[] arguments) throws IOException, SQLException {
    int instances = Arguments.number(arguments, 0, 100_000);
    int plain = Arguments.number(arguments, 1, 1_000);
    int deltas = Arguments.number(arguments, 2, 10_000);
    if (instances < 1_000 || plain < 100 || deltas < 500 || arguments.length > 3) {
      System.err.println(
          "inventory: call it as packaging/bench/inventory [INSTANCES [PLAIN [DELTAS]]], with at"
              + " least 1000, 100 and 500");
      System.exit(2);
    }
    try (Scratch scratch = Scratch.make("holdfast-inventory")) {
      new Inventory(scratch.folder(), instances, plain, deltas, System.out).measure();
    }
  }

  private void measure() throws IOException, SQLException {
    out.printf(
        Locale.ROOT,
        "%,d instances of %d package sets with about %d packages, heap of %d MB%n%n",
        instances,
        PackageSets.SETS,
        PackageSets.PACKAGES,
        Runtime.getRuntime().maxMemory() >> 20);
    fill();
    out.printf(Locale.ROOT, "on disk                       %8.0f MB%n", megabytes("holdfast.db"));
    long before = used();
    long begun = System.nanoTime();
    try (Store store = open()) {
      double opened = seconds(begun);
      InventoryDesk desk = new InventoryDesk(new Stock());
      store.write(
          write -> {
            desk.stock().load(write);
            return true;
          });
      out.printf(
          Locale.ROOT,
          "start                         %8.1f s, of it %.1f s the check of the database%n",
          seconds(begun),
          opened);
      Stock.Size size = desk.stock().size();
      out.printf(
          Locale.ROOT,
          "index in memory               %8.0f MB, %,d distinct items%n",
          (used() - before) / 1e6,
          size.items());
      applied(store, desk);
      new InventoryQuestions(
              new GrpcInventory(
                  new Calls(store, UUID::randomUUID), desk, () -> {}, "bench", Optional.empty()),
              instances,
              out)
          .ask();
    }
    new PlainInventory(folder, sets, instances, plain, out).measure();
  }

  private Store open() {
    return Store.open(folder, Instant::now, Store.Durability.FULL);
  }

  private double megabytes(String file) throws IOException {
    return Files.size(folder.resolve(file)) / 1e6;
  }

  static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  static int set(int instance) {
    return instance % PackageSets.SETS;
  }

  /** Where an instance's content comes from: the set is the same. */
  private int origin(int instance) {
    return instance % origins();
  }

  private int origins() {
    return Math.max(1, instances / COPIES / PackageSets.SETS) * PackageSets.SETS;
  }

  private void fill() {
    long begun = System.nanoTime();
    int origins = origins();
    try (Store store = open()) {
      InventoryDesk desk = new InventoryDesk(new Stock());
      each(store, instances, Inventory::register);
      long first = System.nanoTime();
      each(store, origins, (write, i) -> whole(write, desk, i));
      double whole = seconds(first);
      long rest = System.nanoTime();
      each(store, instances - origins, (write, i) -> copied(write, desk, origins + i));
      double updated = seconds(rest);
      each(store, instances, (write, i) -> rack(write, desk, i));
      out.printf(Locale.ROOT, "filled in                     %8.0f s%n", seconds(begun));
      out.printf(
          Locale.ROOT,
          "  of it %,d whole contents with all distinct items, %.0f s; %,d rows copied from these,"
              + " one in %d of them then updated by a difference, %.0f s%n",
          origins,
          whole,
          instances - origins,
          UPDATES,
          updated);
    }
  }

  @FunctionalInterface
  private interface Work {
    void to(Write write, int instance);
  }

  private static void each(Store store, int count, Work work) {
    for (int from = 0; from < count; from += AT_ONCE) {
      int begin = from;
      store.write(
          write -> {
            for (int i = begin; i < Math.min(count, begin + AT_ONCE); i++) {
              work.to(write, i);
            }
            return true;
          });
    }
  }

  private static void register(Write write, int i) {
    InstanceId id = LargeFleet.instance(i);
    Instances.add(write, id, "", "a", "key" + i, "s", new byte[] {1}, "1.0", "host-" + i);
    Instances.heard(
        write,
        id,
        new Instances.Host(
            "1.0", "Linux", PackageSets.platform(set(i)), "9", "host-" + i, "10.0.0.1", "boot"),
        0);
  }

  private void whole(Write write, InventoryDesk desk, int i) {
    List<Map<String, String>> items = sets.contents(i);
    stored(
        desk.whole(
            write,
            LargeFleet.instance(i),
            new Report.Inventory(APPLICATION, "1.1", write.now(), Items.hash(items), items)));
  }

  private void copied(Write write, InventoryDesk desk, int i) {
    InstanceId id = LargeFleet.instance(i);
    int origin = origin(i);
    Inventories.Inventory row =
        Inventories.find(write.read(), LargeFleet.instance(origin), APPLICATION).orElseThrow();
    Inventories.put(
        write,
        new Inventories.Inventory(
            id, APPLICATION, "1.1", write.now(), row.contentHash(), row.bytes(), row.entries()));
    if (i % UPDATES > 0) {
      return;
    }
    PackageSets.Update update =
        sets.update(set(i), sets.contents(origin), row.contentHash(), UPDATED, new Random(i));
    stored(desk.difference(write, id, delta(update, write.now())));
  }

  private static Report.InventoryDelta delta(PackageSets.Update update, Instant now) {
    return new Report.InventoryDelta(
        APPLICATION, "1.1", now, update.hash(), update.base(), update.removed(), update.added());
  }

  private static void rack(Write write, InventoryDesk desk, int i) {
    if (i % RACK_HOLDS > 0) {
      Inventories.Inventory row =
          Inventories.find(write.read(), LargeFleet.instance(i - i % RACK_HOLDS), RACK)
              .orElseThrow();
      Inventories.put(
          write,
          new Inventories.Inventory(
              LargeFleet.instance(i),
              RACK,
              "1.0",
              write.now(),
              row.contentHash(),
              row.bytes(),
              row.entries()));
      return;
    }
    List<Map<String, String>> items =
        List.of(Map.of("Rack", Integer.toString(i / RACK_HOLDS), "Site", "site-" + i / 1_000));
    stored(
        desk.whole(
            write,
            LargeFleet.instance(i),
            new Report.Inventory(RACK, "1.0", write.now(), Items.hash(items), items)));
  }

  private static void stored(InventoryDesk.Outcome outcome) {
    if (!outcome.equals(new InventoryDesk.Outcome.Stored())) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  /** Differences as links bring them, through the ingest. */
  private void applied(Store store, InventoryDesk desk) {
    List<Runnable> tasks = new ArrayList<>();
    Ingest ingest =
        new Ingest(
            store,
            desk,
            tasks::add,
            (id, reason) -> {
              throw new IllegalStateException(id + ": " + reason);
            });
    int count = Math.min(deltas, origins());
    List<List<dev.holdfast.wire.agent.Report>> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Map<String, String>> items = sets.contents(i);
      String base = Items.hash(items);
      List<dev.holdfast.wire.agent.Report> own = new ArrayList<>();
      for (int d = 0; d < Math.max(1, deltas / count); d++) {
        PackageSets.Update update =
            sets.update(set(i), items, base, UPDATED, new Random(1_000_000L * d + i));
        base = update.hash();
        own.add(ReportCodec.toProto(d + 1, delta(update, Instant.now())));
      }
      reports.add(own);
      ingest.opened(LargeFleet.instance(i), "spool", _ -> {});
      drain(tasks);
    }
    List<String> needed = new ArrayList<>();
    long begun = System.nanoTime();
    int sent = 0;
    for (int d = 0; d < reports.getFirst().size(); d++) {
      for (int i = 0; i < count; i++) {
        ingest.received(
            LargeFleet.instance(i),
            "spool",
            List.of(reports.get(i).get(d)),
            stored -> needed.addAll(stored.wholeInventory()));
        if (++sent % AT_ONCE == 0) {
          drain(tasks);
        }
      }
    }
    drain(tasks);
    double took = seconds(begun);
    if (!needed.isEmpty() || ingest.totals().refused() > 0) {
      throw new IllegalStateException("differences did not fit: " + needed.size());
    }
    out.printf(
        Locale.ROOT,
        "differences of %d packages     %8.0f a second, through the ingest, %d a commit%n%n",
        UPDATED,
        sent / took,
        AT_ONCE);
  }

  private static void drain(List<Runnable> tasks) {
    while (!tasks.isEmpty()) {
      tasks.removeFirst().run();
    }
  }

  static void print(PrintStream out, String what, List<Long> nanos) {
    Times times = new Times(nanos);
    out.printf(
        Locale.ROOT,
        "%-38s %8.2f %8.2f %8.2f%n",
        what,
        times.millis(0.5),
        times.millis(0.99),
        times.millis(1));
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
