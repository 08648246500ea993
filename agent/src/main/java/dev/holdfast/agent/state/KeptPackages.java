package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Packages.Want;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps packages. */
final class KeptPackages implements Kept {
  private static final String VERSION = "version";
  private static final String NONE = "absent";
  private static final String CONFIGURATION = "configuration left";

  private final PackageTool manager;
  private final Packages packages;

  KeptPackages(PackageTool manager, Packages packages) {
    this.manager = manager;
    this.packages = packages;
  }

  @Override
  public List<Drift> check() {
    Set<String> names = packages.wanted().keySet();
    Map<String, String> installed = manager.installed(names);
    Set<String> latest = wanting(Want.Latest.class);
    Map<String, String> newest = latest.isEmpty() ? Map.of() : manager.newest(latest);
    Set<String> absent = packages.purge() ? wanting(Want.Absent.class) : Set.of();
    List<String> left = absent.isEmpty() ? List.of() : List.copyOf(manager.leftovers(absent));
    List<Drift> drift = new ArrayList<>();
    packages
        .wanted()
        .forEach(
            (name, want) -> {
              String actual = installed.getOrDefault(name, NONE);
              boolean is = installed.containsKey(name);
              String desired =
                  switch (want) {
                    case Want.Present _ -> is ? actual : "present";
                    case Want.Absent _ -> NONE;
                    case Want.Version(var version) -> version;
                    case Want.Latest _ -> newest.getOrDefault(name, is ? actual : "latest");
                  };
              String shown = !is && left.contains(name) ? CONFIGURATION : actual;
              if (!shown.equals(desired)) {
                drift.add(new Drift("package " + name, VERSION, shown, desired));
              }
            });
    return drift;
  }

  @Override
  public void apply(List<Drift> differs) {
    Set<String> names =
        differs.stream()
            .map(drift -> drift.resource().substring("package ".length()))
            .collect(Collectors.toSet());
    List<String> install = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    List<String> remove = new ArrayList<>();
    packages
        .wanted()
        .forEach(
            (name, want) -> {
              if (names.contains(name)) {
                switch (want) {
                  case Want.Present _, Want.Latest _ -> install.add(name);
                  case Want.Version(var version) -> versions.put(name, version);
                  case Want.Absent _ -> remove.add(name);
                }
              }
            });
    manager.change(
        new PackageTool.Change(install, versions, remove, packages.purge(), packages.refresh()));
  }

  private Set<String> wanting(Class<? extends Want> kind) {
    return packages.wanted().entrySet().stream()
        .filter(entry -> kind.isInstance(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
