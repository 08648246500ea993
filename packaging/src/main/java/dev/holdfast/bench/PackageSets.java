package dev.holdfast.bench;

import dev.holdfast.inventory.Items;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Packages as a fleet has them: 40 sets of 900 out of 3,000 packages, on eight distributions of
 * four versions a package. An instance has nearly all of its set, most of it in the newest version,
 * and most of what is not from the image at a time of its own.
 */
final class PackageSets {
  static final int SETS = 40;
  static final int PACKAGES = 900;
  private static final int NAMES = 3_000;
  private static final int DISTRIBUTIONS = 8;
  private static final int VERSIONS = 4;
  private static final long IMAGE = Instant.parse("2026-03-01T04:00:00Z").getEpochSecond();
  private static final long YEAR = 365L * 24 * 3600;
  private static final List<String> KNOWN =
      List.of("openssl", "bash", "curl", "openssh-server", "nginx", "python3", "systemd", "zlib");

  private final List<List<Integer>> sets = new ArrayList<>();

  PackageSets() {
    for (int set = 0; set < SETS; set++) {
      List<Integer> names = new ArrayList<>();
      for (int i = KNOWN.size(); i < NAMES; i++) {
        names.add(i);
      }
      Collections.shuffle(names, new Random(set));
      List<Integer> own = new ArrayList<>(names.subList(0, PACKAGES - KNOWN.size()));
      for (int i = 0; i < KNOWN.size(); i++) {
        own.add(i);
      }
      Collections.sort(own);
      sets.add(own);
    }
  }

  /** The name of a distribution, by the set. */
  static String platform(int set) {
    return rpm(set) ? "AlmaLinux" : set % DISTRIBUTIONS % 2 == 1 ? "Ubuntu" : "Debian GNU/Linux";
  }

  private static boolean rpm(int set) {
    return set % DISTRIBUTIONS % 4 == 2;
  }

  static String name(int number) {
    return number < KNOWN.size() ? KNOWN.get(number) : "lib-package-" + number;
  }

  /** The items of an instance, always the same. */
  List<Map<String, String>> contents(int instance) {
    return items(instance % SETS, new Random(instance));
  }

  private List<Map<String, String>> items(int set, Random random) {
    List<Map<String, String>> items = new ArrayList<>(PACKAGES);
    for (int number : sets.get(set)) {
      if (random.nextInt(100) > 1 || number < KNOWN.size()) {
        int version = random.nextInt(100) < 90 ? 0 : random.nextInt(VERSIONS);
        items.add(item(set, number, version, random));
      }
    }
    return items;
  }

  private static Map<String, String> item(int set, int number, int version, Random random) {
    boolean image = random.nextInt(100) < 60;
    return item(set, number, version, image ? IMAGE + set : IMAGE + random.nextLong(YEAR));
  }

  /** Another version of an item, installed at a moment. */
  Map<String, String> updated(int set, Map<String, String> item, Random random) {
    int number = Integer.parseInt(item.getOrDefault("PackageId", "0").substring(4));
    return item(set, number, random.nextInt(VERSIONS), IMAGE + random.nextLong(YEAR));
  }

  private static Map<String, String> item(int set, int number, int version, long installed) {
    int distribution = set % DISTRIBUTIONS;
    String upstream =
        number == 0
            ? "3.0." + (11 + (distribution + version) % 6)
            : 1 + number % 5 + "." + (number + distribution) % 20 + "." + (9 - version);
    Map<String, String> item = new TreeMap<>();
    item.put("Name", name(number));
    item.put("Architecture", "x86_64");
    item.put(
        "Publisher",
        "Maintainers of " + name(number % 200) + " <team" + number % 200 + "@example.org>");
    item.put("URL", "https://www.example.org/projects/" + name(number) + "/");
    item.put("Summary", "What " + name(number) + " is for, in a line as long as most of them are");
    item.put("PackageId", "src-" + number);
    item.put("InstalledTime", Instant.ofEpochSecond(installed).toString());
    if (rpm(set)) {
      item.put("Version", upstream);
      item.put("Release", 27 + distribution + ".el9");
      item.put("Epoch", "1");
    } else {
      item.put("Version", upstream + "-1+deb" + distribution + "u" + (version + 1));
      item.put("ApplicationType", number % 3 == 0 ? "libs" : "utils");
    }
    return item;
  }

  /** A difference that updates some items, and what its hash comes to. */
  record Update(
      List<Map<String, String>> removed,
      List<Map<String, String>> added,
      String base,
      String hash) {}

  /** An update of some of the items of an instance, which follow. */
  Update update(int set, List<Map<String, String>> items, String base, int count, Random random) {
    List<Map<String, String>> removed = new ArrayList<>();
    List<Map<String, String>> added = new ArrayList<>();
    int from = random.nextInt(items.size() - count);
    for (int i = from; i < from + count; i++) {
      Map<String, String> after = updated(set, items.get(i), random);
      removed.add(items.set(i, after));
      added.add(after);
    }
    return new Update(
        removed,
        added,
        base,
        Items.hash(
            base,
            removed.stream().map(Items::hash).toList(),
            added.stream().map(Items::hash).toList()));
  }
}
