package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.agent.state.Accounts.GroupLine;
import dev.holdfast.report.Drift;
import dev.holdfast.state.Group;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Keeps a group of the host's own files, by the tools of the shadow suite. */
final class KeptGroup implements Kept {
  private static final String EXISTS = "exists";
  private static final String GID = "gid";
  private static final String MEMBERS = "members";

  private final Host host;
  private final Group group;
  private final Transcript transcript;

  KeptGroup(Host host, Group group, Transcript transcript) {
    this.host = host;
    this.group = group;
    this.transcript = transcript;
  }

  @Override
  public List<Drift> check() {
    Optional<GroupLine> found = Accounts.of(host).group(group.name(), false);
    Drifts drifts = new Drifts(group.subject());
    if (found.isPresent() != group.present()) {
      return drifts
          .add(EXISTS, found.isPresent() ? "yes" : "no", found.isPresent() ? "no" : "yes")
          .list();
    }
    if (!group.present()) {
      return List.of();
    }
    drifts.compare(GID, found.orElseThrow().gid(), group.gid());
    Set<String> actual = new TreeSet<>(found.orElseThrow().members());
    Set<String> desired = desired(actual);
    if (!desired.equals(actual)) {
      drifts.add(MEMBERS, String.join(",", actual), String.join(",", desired));
    }
    return drifts.list();
  }

  private Set<String> desired(Set<String> actual) {
    if (group.members().isEmpty()) {
      return actual;
    }
    Set<String> desired = new TreeSet<>(group.members().get());
    if (!group.onlyMembers()) {
      desired.addAll(actual);
    }
    return desired;
  }

  @Override
  public void apply(List<Drift> differs) {
    if (Drifts.has(differs, EXISTS) && !group.present()) {
      change(List.of("groupdel", group.name()));
      return;
    }
    if (Drifts.has(differs, EXISTS)) {
      List<String> words = new ArrayList<>(List.of("groupadd"));
      if (group.system()) {
        words.add("--system");
      }
      group.gid().ifPresent(gid -> words.addAll(List.of("--gid", Integer.toString(gid))));
      words.add(group.name());
      change(words);
    }
    if (Drifts.has(differs, GID)) {
      change(
          List.of("groupmod", "--gid", Integer.toString(group.gid().orElseThrow()), group.name()));
    }
    Set<String> actual =
        new TreeSet<>(
            Accounts.of(host).group(group.name(), false).map(GroupLine::members).orElse(List.of()));
    Set<String> desired = desired(actual);
    if (!desired.equals(actual)) {
      change(List.of("gpasswd", "--members", String.join(",", desired), group.name()));
    }
  }

  private void change(List<String> words) {
    Ran ran = transcript.add(host.run(words, RunLimits.STATE_QUERY));
    if (!ran.well()) {
      throw new HostException(
          words.getFirst() + " ended with exit code " + ran.exitCode() + KeptScript.lastLine(ran));
    }
  }
}
