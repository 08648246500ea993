package dev.holdfast.agent.state;

/** Finds the package manager of a host. */
final class PackageTools {
  private PackageTools() {}

  static PackageTool here(Host host, Transcript transcript) {
    if (host.look(Apt.STATUS).isPresent()) {
      return new Apt(host, transcript);
    }
    if (host.look("/usr/bin/dnf").isPresent()) {
      return new Rpm(host, Rpm.Front.DNF, transcript);
    }
    if (host.look("/usr/bin/zypper").isPresent()) {
      return new Rpm(host, Rpm.Front.ZYPPER, transcript);
    }
    if (host.look("/usr/bin/yum").isPresent()) {
      return new Rpm(host, Rpm.Front.YUM, transcript);
    }
    throw new HostException(
        "no package manager that is known here: neither apt nor dnf, yum or zypper");
  }
}
