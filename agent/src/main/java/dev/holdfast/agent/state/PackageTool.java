package dev.holdfast.agent.state;

import dev.holdfast.state.Packages.Refresh;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A package manager of the host, as far as keeping packages needs it. */
interface PackageTool {

  /**
   * Which of the packages are installed, and in which version. Cheap: at most one program is
   * started, however many packages there are.
   */
  Map<String, String> installed(Collection<String> names);

  /** Which of the packages are not installed and have left their configuration behind. */
  Collection<String> leftovers(Collection<String> names);

  /**
   * The newest version of each package that the sources are known to have; those that no source has
   * are missing.
   */
  Map<String, String> newest(Collection<String> names);

  /** Changes all of it in one transaction, and never asks anybody anything. */
  void change(Change change);

  /**
   * A change.
   *
   * @param install in whatever version, or the newest
   * @param versions in just this version
   * @param remove with all that needs it
   * @param purge whether configuration goes too
   */
  record Change(
      List<String> install,
      Map<String, String> versions,
      List<String> remove,
      boolean purge,
      Refresh refresh) {

    boolean installs() {
      return !install.isEmpty() || !versions.isEmpty();
    }
  }
}
