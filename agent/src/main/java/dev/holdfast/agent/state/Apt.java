package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.state.Packages.Refresh;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Packages of Debian and its kin. What is installed is read from dpkg's own file, without starting
 * anything.
 */
final class Apt implements PackageTool {
  static final String STATUS = "/var/lib/dpkg/status";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "DEBIAN_FRONTEND", "noninteractive",
          "APT_LISTCHANGES_FRONTEND", "none",
          "NEEDRESTART_SUSPEND", "1",
          "UCF_FORCE_CONFFOLD", "1");

  private final Host host;
  private final Transcript transcript;

  Apt(Host host, Transcript transcript) {
    this.host = host;
    this.transcript = transcript;
  }

  @Override
  public Map<String, String> installed(Collection<String> names) {
    Map<String, String> installed = new HashMap<>();
    status(names)
        .forEach(
            (name, state) -> {
              if (state.word.equals("installed")) {
                installed.put(name, state.version);
              }
            });
    return installed;
  }

  @Override
  public Collection<String> leftovers(Collection<String> names) {
    Set<String> left = new HashSet<>();
    status(names)
        .forEach(
            (name, state) -> {
              if (!state.word.equals("installed") && !state.word.equals("not-installed")) {
                left.add(name);
              }
            });
    return left;
  }

  @Override
  public Map<String, String> newest(Collection<String> names) {
    List<String> words = new ArrayList<>(List.of("apt-cache", "policy", "--"));
    words.addAll(names);
    Ran ran = host.run(words, RunLimits.STATE_QUERY);
    if (!ran.well()) {
      throw failed(ran, "apt-cache policy");
    }
    Map<String, String> newest = new HashMap<>();
    String[] name = {""};
    ran.stdout()
        .lines()
        .forEach(
            line -> {
              if (!line.startsWith(" ") && line.endsWith(":")) {
                name[0] = line.substring(0, line.length() - 1);
              } else if (line.startsWith("  Candidate: ") && !line.endsWith("(none)")) {
                newest.put(name[0], line.substring("  Candidate: ".length()).strip());
              }
            });
    return newest;
  }

  @Override
  public void change(Change change) {
    if (change.installs() && change.refresh() == Refresh.BEFORE_INSTALL) {
      Ran ran = apt(List.of("update"));
      if (!ran.well()) {
        throw failed(ran, "apt-get update");
      }
    }
    List<String> words = new ArrayList<>();
    if (!change.versions().isEmpty()) {
      // A version that was named is meant, also if it is older.
      words.add("--allow-downgrades");
    }
    if (change.purge()) {
      words.add("--purge");
    }
    if (change.installs()) {
      words.add("install");
      words.addAll(change.install());
      change.versions().forEach((name, version) -> words.add(name + "=" + version));
      // A minus behind its name removes a package in the transaction that installs the others.
      change.remove().forEach(name -> words.add(name + "-"));
    } else {
      words.add("remove");
      words.addAll(change.remove());
    }
    Ran ran = apt(words);
    if (!ran.well() && ran.stderr().contains("dpkg --configure -a")) {
      // Somebody was cut off in the middle of a change, perhaps we.
      Ran mended =
          transcript.add(
              host.run(
                  List.of("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"),
                  ENVIRONMENT,
                  "",
                  RunLimits.STATE_CHANGE));
      ran = mended.well() ? apt(words) : mended;
    }
    if (!ran.well()) {
      throw failed(ran, "apt-get");
    }
  }

  private Ran apt(List<String> words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "apt-get",
                "-y",
                "-q",
                "-o",
                "DPkg::Lock::Timeout=" + RunLimits.PACKAGE_LOCK.toSeconds(),
                "-o",
                "Dpkg::Options::=--force-confdef",
                "-o",
                "Dpkg::Options::=--force-confold",
                "-o",
                "Dpkg::Use-Pty=0",
                "-o",
                "APT::Get::Assume-Yes=true"));
    all.addAll(words);
    return transcript.add(host.run(all, ENVIRONMENT, "", RunLimits.STATE_CHANGE));
  }

  private record State(String word, String version) {}

  /** What dpkg knows of the packages. Of one that is there for several architectures, the first. */
  private Map<String, State> status(Collection<String> names) {
    Map<String, State> found = new HashMap<>();
    Stanza stanza = new Stanza(names, found);
    host.lines(STATUS, stanza::line);
    stanza.line("");
    return found;
  }

  /** Reads dpkg's file line by line, and looks only at what can matter. */
  private static final class Stanza {
    private final Collection<String> names;
    private final Map<String, State> found;
    private String name = "";
    private String word = "";
    private String version = "";
    private String architecture = "";

    Stanza(Collection<String> names, Map<String, State> found) {
      this.names = names;
      this.found = found;
    }

    void line(String line) {
      if (line.isEmpty()) {
        end();
      } else if (line.startsWith("Package: ")) {
        name = line.substring(9);
      } else if (line.startsWith("Status: ")) {
        word = line.substring(line.lastIndexOf(' ') + 1);
      } else if (line.startsWith("Version: ")) {
        version = line.substring(9);
      } else if (line.startsWith("Architecture: ")) {
        architecture = line.substring(14);
      }
    }

    private void end() {
      if (!name.isEmpty()) {
        State state = new State(word, version);
        if (names.contains(name)) {
          found.merge(name, state, (a, b) -> a.word.equals("installed") ? a : b);
        }
        String full = name + ":" + architecture;
        if (names.contains(full)) {
          found.put(full, state);
        }
      }
      name = "";
      word = "";
      version = "";
      architecture = "";
    }
  }

  private static HostException failed(Ran ran, String what) {
    return new HostException(
        what
            + " ended with exit code "
            + ran.exitCode()
            + ran.stderr()
                .lines()
                .filter(line -> line.startsWith("E: "))
                .findFirst()
                .map(line -> ": " + line)
                .orElseGet(() -> KeptScript.lastLine(ran)));
  }
}
