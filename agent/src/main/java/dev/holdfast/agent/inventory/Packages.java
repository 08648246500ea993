package dev.holdfast.agent.inventory;

import java.io.BufferedReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads what the package managers of Linux keep, as entries of {@code AWS:Application}. */
final class Packages {
  /** The query whose answer {@link #rpm} reads: one package a line, fields parted by tabs. */
  static final List<String> RPM_QUERY =
      List.of(
          "rpm",
          "-qa",
          "--queryformat",
          "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{GROUP}\\t%{VENDOR}\\t%{URL}"
              + "\\t%{SUMMARY}\\t%{INSTALLTIME}\\t%{SOURCERPM}\\n");

  private static final int RPM_FIELDS = 11;
  private static final Set<String> DPKG_KEYS =
      Set.of(
          "Package",
          "Status",
          "Version",
          "Architecture",
          "Section",
          "Maintainer",
          "Homepage",
          "Source",
          "Multi-Arch",
          "Description");
  private static final Set<String> APK_KEYS = Set.of("P", "V", "A", "T", "U", "m", "o");

  private Packages() {}

  /**
   * Reads dpkg's status file. Packages that are removed with their configuration kept are left out.
   *
   * @param installed when the package was installed, by the name of its file list without suffix
   */
  static void dpkg(
      BufferedReader status,
      Function<String, Optional<Instant>> installed,
      Consumer<Map<String, String>> entries) {
    Stanzas.read(
        status,
        DPKG_KEYS,
        stanza -> {
          String name = stanza.getOrDefault("Package", "");
          if (name.isEmpty() || !stanza.getOrDefault("Status", "").endsWith(" installed")) {
            return;
          }
          String architecture = stanza.getOrDefault("Architecture", "");
          String list = "same".equals(stanza.get("Multi-Arch")) ? name + ":" + architecture : name;
          entries.accept(
              new Attributes()
                  .with("Name", name)
                  .with("Version", stanza.get("Version"))
                  .with("Architecture", Architectures.usual(architecture))
                  .with("ApplicationType", stanza.get("Section"))
                  .with("PackageSystem", "dpkg")
                  .with("Publisher", stanza.get("Maintainer"))
                  .with("URL", stanza.get("Homepage"))
                  .with("Summary", stanza.get("Description"))
                  .with("InstalledTime", installed.apply(list).map(Packages::text).orElse(null))
                  .with("PackageId", stanza.getOrDefault("Source", name).split(" ", 2)[0])
                  .entry());
        });
  }

  /** Reads apk's database. It does not keep when a package was installed. */
  static void apk(BufferedReader database, Consumer<Map<String, String>> entries) {
    Stanzas.read(
        database,
        APK_KEYS,
        stanza -> {
          if (!stanza.containsKey("P")) {
            return;
          }
          String version = stanza.getOrDefault("V", "");
          int release = version.lastIndexOf("-r");
          entries.accept(
              new Attributes()
                  .with("Name", stanza.get("P"))
                  .with("Version", release < 0 ? version : version.substring(0, release))
                  .with("Release", release < 0 ? null : version.substring(release + 1))
                  .with("Architecture", Architectures.usual(stanza.getOrDefault("A", "")))
                  .with("PackageSystem", "apk")
                  .with("Publisher", stanza.get("m"))
                  .with("URL", stanza.get("U"))
                  .with("Summary", stanza.get("T"))
                  .with("PackageId", stanza.get("o"))
                  .entry());
        });
  }

  /** Reads a line of the answer to {@link #RPM_QUERY}; what is not of its form is passed over. */
  static void rpm(String line, Consumer<Map<String, String>> entries) {
    String[] fields = line.split("\t", -1);
    // The keys that a vendor signs with are listed like packages.
    if (fields.length != RPM_FIELDS || fields[0].equals("gpg-pubkey")) {
      return;
    }
    entries.accept(
        new Attributes()
            .with("Name", fields[0])
            .with("Epoch", set(fields[1]))
            .with("Version", fields[2])
            .with("Release", fields[3])
            .with("Architecture", Architectures.usual(set(fields[4])))
            .with("ApplicationType", set(fields[5]))
            .with("PackageSystem", "rpm")
            .with("Publisher", set(fields[6]))
            .with("URL", set(fields[7]))
            .with("Summary", fields[8])
            .with("InstalledTime", seconds(fields[9]))
            .with("PackageId", set(fields[10]))
            .entry());
  }

  private static String set(String value) {
    return value.equals("(none)") ? "" : value;
  }

  private static String seconds(String value) {
    try {
      return text(Instant.ofEpochSecond(Long.parseLong(value)));
    } catch (NumberFormatException | DateTimeException e) {
      return "";
    }
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
