package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.state.Packages.Refresh;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Packages of RPM, changed by dnf, yum or zypper. */
final class Rpm implements PackageTool {
  private static final String FORM = "%{NAME}\\t%{VERSION}-%{RELEASE}\\n";

  private final Host host;
  private final Front front;
  private final Transcript transcript;

  /** The program that changes packages. */
  enum Front {
    /** Fedora and its kin. */
    DNF("dnf"),
    /** The same, older. */
    YUM("yum"),
    /** SUSE. */
    ZYPPER("zypper");

    private final String program;

    Front(String program) {
      this.program = program;
    }
  }

  Rpm(Host host, Front front, Transcript transcript) {
    this.host = host;
    this.front = front;
    this.transcript = transcript;
  }

  @Override
  public Map<String, String> installed(Collection<String> names) {
    List<String> words = new ArrayList<>(List.of("rpm", "-q", "--queryformat", FORM, "--"));
    words.addAll(names);
    // Its exit code counts those that are not installed, whose lines have no tab.
    return versions(host.run(words, RunLimits.STATE_QUERY));
  }

  @Override
  public Collection<String> leftovers(Collection<String> names) {
    return Set.of();
  }

  @Override
  public Map<String, String> newest(Collection<String> names) {
    List<String> words = new ArrayList<>();
    switch (front) {
      case DNF ->
          words.addAll(
              List.of(
                  "dnf",
                  "-q",
                  "-C",
                  "repoquery",
                  "--latest-limit=1",
                  "--qf",
                  "%{name}\\t%{version}-%{release}\\n"));
      case YUM -> {
        // Its list of updates has what is newer than what is installed.
        words.addAll(List.of("yum", "-q", "-C", "list", "updates"));
      }
      case ZYPPER ->
          words.addAll(
              List.of("zypper", "--non-interactive", "--no-refresh", "-q", "list-updates"));
    }
    if (front != Front.ZYPPER) {
      words.addAll(names);
    }
    Ran ran = host.run(words, RunLimits.STATE_QUERY);
    return switch (front) {
      case DNF -> versions(ran);
      case YUM -> updates(ran, "\\s+", 0, 1);
      case ZYPPER -> updates(ran, "\\s*\\|\\s*", 2, 4);
    };
  }

  @Override
  public void change(Change change) {
    List<String> install = new ArrayList<>(change.install());
    String between = front == Front.ZYPPER ? "=" : "-";
    change.versions().forEach((name, version) -> install.add(name + between + version));
    if (front == Front.ZYPPER) {
      List<String> words = new ArrayList<>(List.of("zypper", "--non-interactive"));
      if (change.refresh() == Refresh.NEVER) {
        words.add("--no-refresh");
      }
      words.add("install");
      if (!change.versions().isEmpty()) {
        words.add("--oldpackage");
      }
      words.add("--");
      words.addAll(install);
      change.remove().forEach(name -> words.add("-" + name));
      run(words, "");
      return;
    }
    List<String> words = new ArrayList<>(List.of(front.program, "-y"));
    if (change.refresh() == Refresh.BEFORE_INSTALL && change.installs()) {
      words.add("--setopt=metadata_expire=0");
    }
    if (change.installs() && !change.remove().isEmpty()) {
      words.add("shell");
      run(
          words,
          "install "
              + String.join(" ", install)
              + "\nremove "
              + String.join(" ", change.remove())
              + "\nrun\n");
    } else {
      words.add(change.installs() ? "install" : "remove");
      words.addAll(change.installs() ? install : change.remove());
      run(words, "");
    }
  }

  private void run(List<String> words, String input) {
    Ran ran = transcript.add(host.run(words, Map.of(), input, RunLimits.STATE_CHANGE));
    if (!ran.well()) {
      throw new HostException(
          front.program + " ended with exit code " + ran.exitCode() + KeptScript.lastLine(ran));
    }
  }

  private static Map<String, String> versions(Ran ran) {
    Map<String, String> versions = new HashMap<>();
    ran.stdout()
        .lines()
        .map(line -> line.split("\t", -1))
        .filter(fields -> fields.length == 2)
        .forEach(fields -> versions.put(fields[0], fields[1]));
    return versions;
  }

  private static Map<String, String> updates(Ran ran, String between, int name, int version) {
    Map<String, String> versions = new HashMap<>();
    ran.stdout()
        .lines()
        .map(line -> line.strip().split(between, -1))
        .filter(fields -> fields.length > version)
        .forEach(
            fields ->
                versions.put(
                    fields[name].replaceAll("\\.(noarch|x86_64|aarch64|i[3-6]86)$", ""),
                    fields[version].replaceFirst("^[0-9]+:", "")));
    return versions;
  }
}
