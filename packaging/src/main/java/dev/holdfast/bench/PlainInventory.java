package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** The same of fewer instances, in a plain table. */
final class PlainInventory {
  private final Path folder;
  private final PackageSets sets;
  private final int instances;
  private final int plain;
  private final PrintStream out;

  PlainInventory(Path folder, PackageSets sets, int instances, int plain, PrintStream out) {
    this.folder = folder;
    this.sets = sets;
    this.instances = instances;
    this.plain = plain;
    this.out = out;
  }

  void measure() throws SQLException, IOException {
    double times = (double) instances / plain;
    out.printf(Locale.ROOT, "%nplain table, %,d instances; in brackets times %.0f%n", plain, times);
    try (PlainTable table = new PlainTable(folder)) {
      long begun = System.nanoTime();
      for (int i = 0; i < plain; i++) {
        table.add(LargeFleet.instance(i).value(), Inventory.APPLICATION, sets.contents(i));
        table.add(
            LargeFleet.instance(i).value(),
            Inventory.RACK,
            List.of(Map.of("Name", "site-" + i / 10, "Rack", Integer.toString(i / 40))));
        if (i % Inventory.AT_ONCE == Inventory.AT_ONCE - 1) {
          table.commit();
        }
      }
      table.commit();
      double took = Inventory.seconds(begun);
      out.printf(
          Locale.ROOT,
          "filled, contents a second     %8.0f (%.0f s for all)%n",
          plain / took,
          took * times);
      double size = table.size() / 1e6;
      out.printf(
          Locale.ROOT,
          "on disk                       %8.0f MB (%.1f GB)%n",
          size,
          size * times / 1e3);
      deltas(table);
      out.println("milliseconds                        p50      p99      max");
      ask(
          table,
          "openssl, versions to be compared",
          "SELECT version, instance_id FROM item WHERE type = ? AND name = ?",
          Inventory.APPLICATION,
          "openssl");
      ask(
          table,
          "a package by name, 100 of them",
          "SELECT DISTINCT instance_id FROM item WHERE type = ? AND name = ? ORDER BY instance_id"
              + " LIMIT 100",
          Inventory.APPLICATION,
          PackageSets.name(5));
      ask(
          table,
          "names by how many have them, top 100",
          "SELECT name, COUNT(DISTINCT instance_id) FROM item WHERE type = ? GROUP BY name ORDER"
              + " BY 2 DESC LIMIT 100",
          Inventory.APPLICATION);
      ask(
          table,
          "all types of one instance",
          "SELECT type, attributes FROM item WHERE instance_id = ?",
          LargeFleet.instance(17).value());
      ask(
          table,
          "a custom attribute, 100 of them",
          "SELECT instance_id FROM item WHERE type = ? AND json_extract(attributes, '$.Rack') = ?"
              + " LIMIT 100",
          Inventory.RACK,
          "1");
    }
  }

  private void deltas(PlainTable table) throws SQLException {
    int count = Math.min(plain, Inventory.AT_ONCE);
    List<PackageSets.Update> updates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      updates.add(
          sets.update(
              Inventory.set(i),
              sets.contents(i),
              "0".repeat(64),
              Inventory.UPDATED,
              new Random(i)));
    }
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      table.remove(LargeFleet.instance(i).value(), Inventory.APPLICATION, updates.get(i).removed());
      table.add(LargeFleet.instance(i).value(), Inventory.APPLICATION, updates.get(i).added());
    }
    table.commit();
    out.printf(
        Locale.ROOT,
        "differences of %d packages     %8.0f a second%n",
        Inventory.UPDATED,
        count / Inventory.seconds(begun));
  }

  private void ask(PlainTable table, String what, String sql, String... values)
      throws SQLException {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      long begun = System.nanoTime();
      int rows = table.ask(sql, values);
      nanos.add(System.nanoTime() - begun);
      if (rows == 0) {
        throw new IllegalStateException("nothing was found: " + what);
      }
    }
    Inventory.print(out, what, nanos);
  }
}
