package dev.holdfast.agent.process;

import dev.holdfast.agent.process.Containment.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the control groups of a host (cgroups(7)). Ours are below the group that the agent is in,
 * which is the one that a service manager delegates to it.
 */
final class ControlGroups {
  /** The folder that holds the groups of all starts. */
  static final String FOLDER = "holdfast";

  private ControlGroups() {}

  /**
   * A group of a hierarchy.
   *
   * @param controllers of version 1, {@code name=...} among them; empty for version 2
   * @param folder of the group: of that which the agent is in, or of one below it
   */
  record Place(List<String> controllers, Path folder) {

    boolean unified() {
      return controllers.isEmpty();
    }

    /** The same on a host whose files are below that folder. */
    Place under(Path root) {
      return new Place(controllers, root.resolve(folder.toString().substring(1)));
    }

    /** The place of the groups of all starts in it. */
    Place ours() {
      return new Place(controllers, folder.resolve(FOLDER));
    }
  }

  /**
   * Chooses among what there is: the first that can be used, by what it can do.
   *
   * @param root of the host's files
   * @param tagged whether scripts get the inherited limit
   */
  static Containment choose(Path root, boolean tagged) {
    String mounts;
    String own;
    try {
      mounts = Files.readString(root.resolve("proc/self/mountinfo"), StandardCharsets.ISO_8859_1);
      own = Files.readString(root.resolve("proc/self/cgroup"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return new Containment(Kind.NONE, Optional.empty(), Optional.empty(), tagged);
    }
    return choose(
        places(mounts, own).stream().map(place -> place.under(root).ours()).toList(),
        ControlGroups::made,
        tagged);
  }

  /** Which of these places, each with the folder for our groups, is used for what. */
  static Containment choose(List<Place> places, Predicate<Path> usable, boolean tagged) {
    Optional<Path> counted =
        places.stream()
            .filter(place -> place.controllers.contains("pids"))
            .map(Place::folder)
            .filter(usable)
            .findFirst();
    for (Kind kind : List.of(Kind.UNIFIED, Kind.FREEZER, Kind.PIDS, Kind.NAMED)) {
      Optional<Path> groups =
          places.stream()
              .filter(place -> is(kind, place))
              .map(Place::folder)
              .filter(usable)
              .findFirst();
      if (groups.isPresent()) {
        return new Containment(kind, groups, counted.or(() -> boundHere(groups.get())), tagged);
      }
    }
    return new Containment(Kind.NONE, Optional.empty(), Optional.empty(), tagged);
  }

  private static Optional<Path> boundHere(Path groups) {
    return Files.exists(groups.resolve(Group.TASKS_MAX)) ? Optional.of(groups) : Optional.empty();
  }

  /** Whether a place is of that kind. */
  static boolean is(Kind kind, Place place) {
    return switch (kind) {
      case UNIFIED -> place.unified();
      case FREEZER -> place.controllers.contains("freezer");
      case PIDS -> place.controllers.contains("pids");
      case NAMED -> place.controllers.stream().anyMatch(name -> name.startsWith("name="));
      case NONE -> false;
    };
  }

  /**
   * Where the agent's own groups are: what {@code /proc/self/cgroup} says, as far as it is mounted.
   */
  static List<Place> places(String mountinfo, String own) {
    List<Place> places = new ArrayList<>();
    for (String line : own.split("\n", -1)) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        List<String> controllers =
            fields[1].isEmpty() ? List.of() : List.of(fields[1].split(",", -1));
        mounted(mountinfo, controllers)
            .flatMap(mount -> below(mount, fields[2]))
            .ifPresent(folder -> places.add(new Place(controllers, folder)));
      }
    }
    return places;
  }

  /** The root within the hierarchy and the place of the mount. */
  private static Optional<Map.Entry<String, Path>> mounted(
      String mountinfo, List<String> controllers) {
    String type = controllers.isEmpty() ? "cgroup2" : "cgroup";
    for (String line : mountinfo.split("\n", -1)) {
      String[] halves = line.split(" - ", 2);
      if (halves.length == 2) {
        String[] mount = halves[0].split(" ", -1);
        String[] system = halves[1].split(" ", -1);
        if (mount.length > 4
            && system.length > 2
            && system[0].equals(type)
            && List.of(system[2].split(",", -1)).containsAll(controllers)) {
          return Optional.of(Map.entry(plain(mount[3]), Path.of(plain(mount[4]))));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> below(Map.Entry<String, Path> mount, String group) {
    String top = mount.getKey().equals("/") ? "" : mount.getKey();
    boolean visible = group.equals(top) || group.startsWith(top + "/");
    if (!visible || group.contains("/..")) {
      return Optional.empty();
    }
    String rest = group.substring(top.length());
    return Optional.of(
        rest.length() <= 1 ? mount.getValue() : mount.getValue().resolve(rest.substring(1)));
  }

  /** Blanks, tabs, newlines and backslashes are written in octal there. */
  private static String plain(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  /** Whether groups can be made there; the folder is there then. */
  static boolean made(Path groups) {
    try {
      Files.createDirectories(groups);
      return Files.isWritable(groups) && Files.isWritable(groups.resolve(Group.PROCESSES));
    } catch (IOException e) {
      return false;
    }
  }
}
