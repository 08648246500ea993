package dev.holdfast.agent.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Entries of {@code AWS:Service} on Linux, from unit files, links and control groups: nothing is
 * started and nobody is asked, so it works while the service manager does not. Scripts in {@code
 * init.d} count where no unit has their name. {@code StartType} and {@code Status} are in the words
 * that AWS has for Windows: Automatic (enabled), Manual (disabled, or started by others), Disabled
 * (masked); Running, Stopped, Unknown.
 */
final class Services {
  /** How the files of services end. */
  static final String SUFFIX = ".service";

  /** Where units are, those that win first. */
  private static final List<String> UNIT_FOLDERS =
      List.of(
          "etc/systemd/system",
          "run/systemd/system",
          "usr/lib/systemd/system",
          "lib/systemd/system");

  /** Bounds a walk over control groups; a host has a few hundred. */
  private static final int MAX_GROUP_DEPTH = 4;

  private static final String UNKNOWN = "Unknown";

  private final Path root;

  Services(Path root) {
    this.root = root;
  }

  /** The name without {@code .service}. */
  static String name(String unit) {
    return unit.substring(0, unit.length() - SUFFIX.length());
  }

  void read(Consumer<Map<String, String>> entries) {
    TreeMap<String, Attributes> found = new TreeMap<>();
    Set<String> running = running();
    Set<String> enabled = enabled();
    Map<String, Set<String>> dependents = new TreeMap<>();
    for (String folder : UNIT_FOLDERS) {
      for (Path file : files(root.resolve(folder))) {
        String unit = String.valueOf(file.getFileName());
        // Templates are no services before they get an instance.
        if (unit.endsWith(SUFFIX) && !unit.endsWith("@" + SUFFIX)) {
          found.computeIfAbsent(name(unit), name -> unit(name, file, running, enabled, dependents));
        }
      }
    }
    for (Path script : files(root.resolve("etc/init.d"))) {
      String name = String.valueOf(script.getFileName());
      if (Files.isExecutable(script) && Files.isRegularFile(script)) {
        found.computeIfAbsent(name, each -> script(each, script));
      }
    }
    found.forEach(
        (name, service) ->
            entries.accept(
                service
                    .with(
                        "DependentServices",
                        String.join(", ", dependents.getOrDefault(name, Set.of())))
                    .entry()));
  }

  private Attributes unit(
      String name,
      Path file,
      Set<String> running,
      Set<String> enabled,
      Map<String, Set<String>> dependents) {
    Attributes service = new Attributes().with("Name", name);
    service.with(
        "Status",
        running.contains(name) ? "Running" : systemdRuns() ? "Stopped" : byProcessFile(name));
    if (masked(file)) {
      return service.with("StartType", "Disabled");
    }
    service.with("StartType", enabled.contains(name) ? "Automatic" : "Manual");
    try (BufferedReader reader = HostFiles.open(file)) {
      ServiceUnit unit = ServiceUnit.read(reader);
      unit.needs()
          .forEach(each -> dependents.computeIfAbsent(each, _ -> new TreeSet<>()).add(name));
      return service
          .with("DisplayName", unit.description())
          .with("ServiceType", unit.type())
          .with("ServicesDependedOn", String.join(", ", unit.needs()));
    } catch (IOException e) {
      // A link to a file that is gone, as a removed package leaves it: the name is all there is.
      return service;
    }
  }

  private Attributes script(String name, Path file) {
    Attributes service =
        new Attributes()
            .with("Name", name)
            .with("ServiceType", "init")
            .with("Status", byProcessFile(name))
            .with("StartType", startsByLink(name) ? "Automatic" : "Manual");
    try (BufferedReader reader = HostFiles.open(file)) {
      for (String line = reader.readLine();
          line != null && !line.startsWith("### END INIT INFO");
          line = reader.readLine()) {
        if (line.startsWith("# Short-Description:")) {
          return service.with("DisplayName", line.substring(line.indexOf(':') + 1));
        }
      }
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private boolean startsByLink(String name) {
    for (int level = 2; level <= 5; level++) {
      for (Path link : files(root.resolve("etc/rc" + level + ".d"))) {
        if (String.valueOf(link.getFileName()).matches("S\\d\\d\\Q" + name + "\\E")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Linked from a {@code .wants} or {@code .requires} folder. */
  private Set<String> enabled() {
    Set<String> enabled = new TreeSet<>();
    for (String folder : UNIT_FOLDERS) {
      for (Path wants : files(root.resolve(folder))) {
        String name = String.valueOf(wants.getFileName());
        if (name.endsWith(".wants") || name.endsWith(".requires")) {
          for (Path link : files(wants)) {
            String unit = String.valueOf(link.getFileName());
            if (unit.endsWith(SUFFIX)) {
              enabled.add(name(unit));
            }
          }
        }
      }
    }
    return enabled;
  }

  private static boolean masked(Path file) {
    try {
      return Files.isSymbolicLink(file)
          ? Files.readSymbolicLink(file).equals(Path.of("/dev/null"))
          : Files.size(file) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean systemdRuns() {
    return Files.isDirectory(root.resolve("run/systemd/system"));
  }

  /** Services with a process in their control group, of either version. */
  private Set<String> running() {
    Set<String> running = new TreeSet<>();
    for (String slice :
        List.of("sys/fs/cgroup/system.slice", "sys/fs/cgroup/systemd/system.slice")) {
      groups(root.resolve(slice), 0, running);
    }
    return running;
  }

  private static void groups(Path folder, int depth, Set<String> running) {
    for (Path each : files(folder)) {
      String name = String.valueOf(each.getFileName());
      if (name.endsWith(SUFFIX)) {
        if (hasProcess(each)) {
          running.add(name(name));
        }
      } else if (name.endsWith(".slice") && depth < MAX_GROUP_DEPTH) {
        groups(each, depth + 1, running);
      }
    }
  }

  private static boolean hasProcess(Path group) {
    try (BufferedReader events = HostFiles.open(group.resolve("cgroup.events"))) {
      return events.lines().anyMatch("populated 1"::equals);
    } catch (IOException e) {
      return firstLine(group.resolve("cgroup.procs")).isPresent();
    }
  }

  private String byProcessFile(String name) {
    for (String file : List.of("run/" + name + ".pid", "run/" + name + "/" + name + ".pid")) {
      Optional<String> pid = firstLine(root.resolve(file)).map(String::strip);
      if (pid.isPresent() && pid.get().matches("\\d{1,10}")) {
        return Files.isDirectory(root.resolve("proc").resolve(pid.get())) ? "Running" : "Stopped";
      }
    }
    // It may run all the same; it only doesn't say so.
    return UNKNOWN;
  }

  private static Optional<String> firstLine(Path file) {
    try (BufferedReader reader = HostFiles.open(file)) {
      return Optional.ofNullable(reader.readLine());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(files::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
    files.sort(null);
    return files;
  }
}
