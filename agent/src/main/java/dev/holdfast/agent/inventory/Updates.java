package dev.holdfast.agent.inventory;

import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads what package managers say of updates, as entries of {@code Host:PendingUpdate}. {@code
 * Security} is {@code true} or {@code false}; {@code Severity} is there where the advisory has one,
 * and is {@code Critical}, {@code Important}, {@code Moderate} or {@code Low}.
 */
final class Updates {
  /** Asks rpm what is installed, for {@link #installed}. */
  static final List<String> INSTALLED =
      List.of(
          "rpm",
          "-qa",
          "--queryformat",
          "%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\n");

  /** {@code Inst libc6 [2.36-9] (2.36-10 Debian:12/stable, Debian-Security:12/x [amd64]) []}. */
  private static final Pattern APT =
      Pattern.compile("Inst (\\S+) \\[([^\\]]+)\\] \\((\\S+) (.*?) \\[([^\\]]+)\\]\\).*");

  private static final Pattern NEVRA =
      Pattern.compile("(.+)-(?:(\\d+):)?([^-:]+-[^-]+)\\.([^.\\s]+)");

  private static final List<String> SEVERITIES =
      List.of("Critical", "Important", "Moderate", "Low");

  private Updates() {}

  /**
   * What a vendor says of an update.
   *
   * @param severity empty if it has none
   */
  record Advisory(String id, boolean security, String severity) {}

  /** Reads a line of {@code apt-get -s dist-upgrade}; packages that would be new are no updates. */
  static void apt(String line, Consumer<Map<String, String>> entries) {
    Matcher found = APT.matcher(line);
    if (found.matches()) {
      String origin = found.group(4);
      entries.accept(
          new Attributes()
              .with("Name", found.group(1).split(":", 2)[0])
              .with("Architecture", Architectures.usual(found.group(5)))
              .with("InstalledVersion", found.group(2))
              .with("AvailableVersion", found.group(3))
              .with("Security", Boolean.toString(ofSecurity(origin)))
              .with("Origin", origin)
              .with("PackageSystem", "dpkg")
              .entry());
    }
  }

  /** Debian's and Ubuntu's archives of security updates have it in their names. */
  private static boolean ofSecurity(String origin) {
    String text = origin.toLowerCase(Locale.ROOT);
    return text.contains("-security") || text.contains("esm-apps") || text.contains("esm-infra");
  }

  /** Reads a line of what {@link #INSTALLED} prints; the newest of several versions counts. */
  static void installed(String line, Map<String, String> versions) {
    String[] fields = line.split("\t", -1);
    if (fields.length == 3) {
      versions.put(fields[0] + "." + fields[2], withoutZero(fields[1]));
    }
  }

  /**
   * Reads a line of {@code dnf updateinfo list}: of dnf 4 ({@code FEDORA-1 Important/Sec.
   * bash-5-1.x86_64}) or dnf 5 ({@code FEDORA-1 security Important bash-5-1.x86_64 2026-01-01}).
   */
  static void advisory(String line, Map<String, Advisory> advisories) {
    String[] words = line.strip().split("\\s+");
    if (words.length < 3) {
      return;
    }
    String kind = words[1];
    String nevra = kind.equalsIgnoreCase("security") && words.length > 3 ? words[3] : words[2];
    boolean security = kind.endsWith("/Sec.") || kind.equalsIgnoreCase("security");
    String severity = kind.endsWith("/Sec.") ? kind.substring(0, kind.indexOf('/')) : words[2];
    Advisory advisory =
        new Advisory(words[0], security, SEVERITIES.contains(severity) ? severity : "");
    key(nevra).ifPresent(key -> advisories.merge(key, advisory, Updates::graver));
  }

  private static java.util.Optional<String> key(String nevra) {
    Matcher parts = NEVRA.matcher(nevra);
    if (!parts.matches()) {
      return java.util.Optional.empty();
    }
    String epoch = parts.group(2);
    String version = (epoch == null || epoch.equals("0") ? "" : epoch + ":") + parts.group(3);
    return java.util.Optional.of(parts.group(1) + "." + parts.group(4) + " " + version);
  }

  private static Advisory graver(Advisory a, Advisory b) {
    if (a.security() != b.security()) {
      return a.security() ? a : b;
    }
    return rank(a) <= rank(b) ? a : b;
  }

  private static int rank(Advisory advisory) {
    int place = SEVERITIES.indexOf(advisory.severity());
    return place < 0 ? SEVERITIES.size() : place;
  }

  /** Reads a line of {@code dnf repoquery --upgrades}: name, version, architecture, repository. */
  static void dnf(
      String line,
      Map<String, String> installed,
      Map<String, Advisory> advisories,
      Consumer<Map<String, String>> entries) {
    // dnf 4 ends lines by itself, and some versions print the mark for it as it is.
    String[] fields = line.replace("\\n", "").strip().split(" ");
    if (fields.length != 4) {
      return;
    }
    String which = fields[0] + "." + fields[2];
    String version = withoutZero(fields[1]);
    Advisory advisory = advisories.getOrDefault(which + " " + version, new Advisory("", false, ""));
    entries.accept(
        new Attributes()
            .with("Name", fields[0])
            .with("Architecture", Architectures.usual(fields[2]))
            .with("InstalledVersion", installed.get(which))
            .with("AvailableVersion", version)
            .with("Security", Boolean.toString(advisory.security()))
            .with("Severity", advisory.severity())
            .with("Advisory", advisory.id())
            .with("Origin", fields[3])
            .with("PackageSystem", "rpm")
            .entry());
  }

  private static String withoutZero(String version) {
    return version.startsWith("0:") ? version.substring(2) : version;
  }

  /**
   * Reads what {@code zypper --xmlout} prints of updates (packages) and of patches, which name what
   * they mend and not the packages that do it.
   *
   * @throws InventoryException if it is no XML
   */
  static void zypper(String xml, Consumer<Map<String, String>> entries) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
      boolean blocked = false;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT || event == XMLStreamConstants.END_ELEMENT) {
          String name = reader.getLocalName();
          if (name.equals("blocked-update-list")) {
            blocked = event == XMLStreamConstants.START_ELEMENT;
          } else if (name.equals("update")
              && event == XMLStreamConstants.START_ELEMENT
              && !blocked) {
            entries.accept(zypper(reader));
          }
        }
      }
    } catch (XMLStreamException e) {
      throw new InventoryException(
          InventoryTypes.PENDING_UPDATE + ": zypper answers no XML: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> zypper(XMLStreamReader reader) {
    boolean patch = "patch".equals(value(reader, "kind"));
    String category = value(reader, "category");
    return new Attributes()
        .with("Name", value(reader, "name"))
        .with("Architecture", Architectures.usual(text(value(reader, "arch"))))
        .with("InstalledVersion", value(reader, "edition-old"))
        .with("AvailableVersion", value(reader, "edition"))
        .with("Security", Boolean.toString("security".equals(category)))
        .with("Severity", severity(text(value(reader, "severity"))))
        .with("Advisory", patch ? value(reader, "name") : null)
        .with("Kind", patch ? "patch" : "package")
        .with("PackageSystem", "rpm")
        .entry();
  }

  private static String severity(String word) {
    return SEVERITIES.stream().filter(known -> known.equalsIgnoreCase(word)).findFirst().orElse("");
  }

  private static @Nullable String value(XMLStreamReader reader, String name) {
    return reader.getAttributeValue(null, name);
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
