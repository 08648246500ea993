package dev.holdfast.agent.state;

import dev.holdfast.state.Group;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Ports;
import dev.holdfast.state.Script;
import dev.holdfast.state.Service;
import dev.holdfast.state.Sysctl;
import dev.holdfast.state.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Keeps the resources of a host. */
public final class HostKeeper implements Keeper {
  private final Function<Path, Host> hosts;

  /**
   * Over a host.
   *
   * @param hosts makes the host as one task sees it, given the folder whose mark what it starts
   *     carries
   */
  public HostKeeper(Function<Path, Host> hosts) {
    this.hosts = hosts;
  }

  @Override
  public Optional<Result> keep(Order order, Path folder) {
    Transcript transcript = new Transcript();
    try {
      Host host = hosts.apply(folder);
      Enforcement enforcement =
          new Enforcement(host, kept(order, host, transcript), order.resource().subject());
      Finding finding = order.audit() ? enforcement.audit() : enforcement.enforce();
      return Optional.of(
          new Result(
              finding.word() != Finding.Word.FAILED,
              finding.word() + (finding.text().isEmpty() ? "" : ": " + finding.text()),
              Drifts.bounded(finding.drift()),
              finding.changed(),
              transcript.stdout(),
              transcript.stderr()));
    } catch (StoppedException e) {
      return Optional.empty();
    } catch (HostException e) {
      return Optional.of(
          new Result(false, Finding.Word.FAILED + ": " + e.getMessage(), List.of(), false, "", ""));
    }
  }

  private static Kept kept(Order order, Host host, Transcript transcript) {
    return switch (order.resource()) {
      case ManagedFile file -> new KeptFile(host, file);
      case Packages packages -> new KeptPackages(PackageTools.here(host, transcript), packages);
      case Service service -> new KeptService(host, service, order.restart(), transcript);
      case User user -> new KeptUser(host, user, transcript);
      case Group group -> new KeptGroup(host, group, transcript);
      case Ports ports -> new KeptPorts(host, ports, transcript);
      case Sysctl sysctl -> new KeptSysctl(host, sysctl);
      case Script script ->
          new KeptScript(host, script, order.step(), order.environment(), transcript);
    };
  }
}
