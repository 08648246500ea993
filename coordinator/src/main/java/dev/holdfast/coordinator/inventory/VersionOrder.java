package dev.holdfast.coordinator.inventory;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose rule the versions of an item follow. What the one side leaves out is not compared: the
 * bound {@code 3.0.14} is neither above nor below version {@code 1:3.0.14-2} of any packager.
 */
enum VersionOrder {
  /** Debian's: {@code [epoch:]upstream[-revision]}. */
  DPKG,
  /** RPM's: epoch, version and release, which the inventory tells apart. */
  RPM,
  /** Alpine's: {@code version[-rN]}. */
  APK,
  /** Any other: numbers as numbers, and what is called alpha, beta, rc before what it leads to. */
  GENERIC;

  private static final Pattern EPOCH = Pattern.compile("\\d{1,9}");
  private static final Pattern APK_RELEASE = Pattern.compile("r\\d{1,9}");

  /** A version in its parts; a part that is not told is null. */
  record Version(@Nullable String epoch, String version, @Nullable String release) {}

  /** Whether items of a type are packages, whose versions follow the rule of a packager. */
  static boolean hasVersions(String type) {
    return type.equals("AWS:Application") || type.equals("Host:PendingUpdate");
  }

  /**
   * Which rule an item follows, by what its gatherer tells and else by where it is installed.
   *
   * @param platform the rule of the instance's own packages
   */
  static VersionOrder of(String type, Attributes attributes, VersionOrder platform) {
    if (!hasVersions(type)) {
      return GENERIC;
    }
    for (String key : new String[] {"PackageSystem", "ApplicationType"}) {
      String system = attributes.value(key);
      if (system != null) {
        switch (system.toLowerCase(Locale.ROOT)) {
          case "dpkg", "deb" -> {
            return DPKG;
          }
          case "rpm" -> {
            return RPM;
          }
          case "apk" -> {
            return APK;
          }
          case "flatpak", "snap", "brew", "msi", "pkg" -> {
            return GENERIC;
          }
          default -> {
            // a section or a group: it tells nothing of versions
          }
        }
      }
    }
    String release = attributes.value("Release");
    if (release != null) {
      return APK_RELEASE.matcher(release).matches() ? APK : RPM;
    }
    return attributes.value("Epoch") != null ? RPM : platform;
  }

  /** The rule of a distribution's own packages, by its name; generic if it is not known. */
  static VersionOrder ofPlatform(String platformName) {
    String name = platformName.toLowerCase(Locale.ROOT);
    if (has(name, "debian", "ubuntu", "mint", "raspbian", "kali", "devuan", "pop!_os")) {
      return DPKG;
    }
    if (has(
        name,
        "red hat",
        "rhel",
        "centos",
        "fedora",
        "alma",
        "rocky",
        "oracle",
        "amazon",
        "suse",
        "sles",
        "photon",
        "azure linux",
        "mariner")) {
      return RPM;
    }
    return has(name, "alpine", "wolfi", "chainguard") ? APK : GENERIC;
  }

  private static boolean has(String name, String... parts) {
    for (String part : parts) {
      if (name.contains(part)) {
        return true;
      }
    }
    return false;
  }

  /** The version that an attribute of an item tells, with the parts beside it. */
  Version read(String attribute, String value, Attributes item) {
    Version version = parse(value);
    if ((this != RPM && this != APK) || !attribute.equals("Version")) {
      return version;
    }
    String epoch = item.value("Epoch");
    String release = item.value("Release");
    return new Version(
        epoch != null ? epoch : version.epoch,
        version.version,
        release != null ? release : version.release);
  }

  /** A version as somebody writes it whole. */
  Version parse(String text) {
    String rest = text.strip();
    String epoch = null;
    int colon = rest.indexOf(':');
    if (this != GENERIC
        && this != APK
        && colon > 0
        && EPOCH.matcher(rest.substring(0, colon)).matches()) {
      epoch = rest.substring(0, colon);
      rest = rest.substring(colon + 1);
    }
    int dash = this == GENERIC ? -1 : rest.lastIndexOf('-');
    if (this == APK && dash >= 0 && !APK_RELEASE.matcher(rest.substring(dash + 1)).matches()) {
      dash = -1;
    }
    return dash < 0
        ? new Version(epoch, rest, null)
        : new Version(epoch, rest.substring(0, dash), rest.substring(dash + 1));
  }

  /**
   * Compares a version with a bound. The epoch counts where the bound has one (an absent one of the
   * version is 0), the release where both have one.
   */
  int compare(Version version, Version bound) {
    if (bound.epoch != null) {
      int epochs =
          Long.compare(epoch(version.epoch == null ? "0" : version.epoch), epoch(bound.epoch));
      if (epochs != 0) {
        return epochs;
      }
    }
    int versions = part(version.version, bound.version);
    return versions != 0 || version.release == null || bound.release == null
        ? versions
        : part(version.release, bound.release);
  }

  private static long epoch(String text) {
    return EPOCH.matcher(text).matches() ? Long.parseLong(text) : 0;
  }

  private int part(String left, String right) {
    return switch (this) {
      case DPKG -> DpkgVersions.compare(left, right);
      case RPM -> RpmVersions.compare(left, right);
      case APK -> ApkVersions.compare(left, right);
      case GENERIC -> GenericVersions.compare(left, right);
    };
  }
}
