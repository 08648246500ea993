package dev.holdfast.state;

import dev.holdfast.state.Packages.Refresh;
import dev.holdfast.state.Packages.Want;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:package}. */
final class PackageInputs {
  /** No option, no file, no pattern: what a manager takes for a name and nothing else. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9+._-]{0,127}(:[a-z0-9]{1,16})?");

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+.:~^_-]{0,127}");
  private static final String NAMES = "a package's name, without options and patterns";

  private static final Map<String, Want> WANTS =
      Map.of(
          "present", new Want.Present(), "absent", new Want.Absent(), "latest", new Want.Latest());

  private final Inputs inputs;

  private PackageInputs(Inputs inputs) {
    this.inputs = inputs;
  }

  static Optional<Resource> read(Inputs inputs) {
    return Optional.of(new PackageInputs(inputs).read());
  }

  private Resource read() {
    Optional<Want> ensure = inputs.word("ensure", WANTS);
    Optional<String> version =
        inputs.text("version", VERSION, "a version as the package manager writes it");
    Map<String, Want> wanted = new LinkedHashMap<>();
    if (!inputs.has("packages")) {
      inputs.error(
          "packages",
          "state:package needs the input 'packages': a name, a list of names, or a map of names to"
              + " present, absent, latest or a version");
    } else if (inputs.isMap("packages")) {
      inputs.notBoth("packages", "ensure", "the map says for each package what is wanted");
      inputs.notBoth("packages", "version", "the map says for each package what is wanted");
      inputs
          .map("packages")
          .forEach(
              (name, want) -> {
                if (!NAME.matcher(name).matches()) {
                  inputs.error("packages", "'" + name + "' is not " + NAMES);
                } else {
                  want(name, want).ifPresent(meant -> wanted.put(name, meant));
                }
              });
    } else {
      inputs.notBoth("ensure", "version", "a version is wanted present");
      List<String> names = inputs.texts("packages", NAME, NAMES).orElse(List.of());
      if (names.size() > 1 && inputs.has("version")) {
        inputs.error(
            "version", "'version' is that of one package; for several write a map of versions");
      }
      Want all = version.<Want>map(Want.Version::new).or(() -> ensure).orElse(new Want.Present());
      names.forEach(name -> wanted.put(name, all));
    }
    if (wanted.isEmpty() && inputs.has("packages") && !inputs.open()) {
      inputs.error("packages", "'packages' names no package");
    }
    return new Packages(
        wanted,
        inputs.flag("purge", false),
        inputs.flag("refresh", true) ? Refresh.BEFORE_INSTALL : Refresh.NEVER);
  }

  private Optional<Want> want(String name, String word) {
    Want known = WANTS.get(word);
    if (known != null) {
      return Optional.of(known);
    }
    // A version has a digit; what has none is a word that was meant to be one of the three.
    if (VERSION.matcher(word).matches() && word.chars().anyMatch(Character::isDigit)) {
      return Optional.of(new Want.Version(word));
    }
    inputs.error(
        "packages",
        "'packages."
            + name
            + "' is '"
            + word
            + "'; allowed are present, absent, latest, a version");
    return Optional.empty();
  }
}
