package dev.holdfast.agent.inventory;

import dev.holdfast.agent.process.Query;
import dev.holdfast.task.InventoryLimits;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Entries of {@code Host:PendingUpdate}: what the package manager would bring, as far as the lists
 * that it has tell; nothing is fetched and nothing is locked. Working that out costs a package
 * manager seconds, so it is asked again only when something changed that the answer rests on.
 */
final class PendingUpdates {
  /** What the answer of apt, dnf or zypper rests on: what is installed, what there is, settings. */
  private static final List<String> GROUNDS =
      List.of(
          "var/lib/dpkg/status",
          "var/lib/apt/lists",
          "etc/apt",
          "etc/apt/sources.list.d",
          "etc/apt/preferences.d",
          "var/lib/apt/extended_states",
          "usr/lib/sysimage/rpm",
          "var/lib/rpm",
          "var/cache/dnf",
          "var/cache/libdnf5",
          "etc/yum.repos.d",
          "var/cache/zypp/solv",
          "var/cache/zypp/raw",
          "etc/zypp/repos.d");

  private final Path root;
  private final Query query;
  private String grounds = "";
  private List<Map<String, String>> known = List.of();

  PendingUpdates(Path root, Query query) {
    this.root = root;
    this.query = query;
  }

  /** One gathering at a time. */
  synchronized void read(Consumer<Map<String, String>> entries) {
    String now = grounds();
    if (!now.equals(grounds)) {
      List<Map<String, String>> found = new ArrayList<>();
      ask(found::add);
      known = List.copyOf(found);
      grounds = now;
    }
    known.forEach(entries);
  }

  private void ask(Consumer<Map<String, String>> entries) {
    Optional<Path> apt = HostFiles.program(root, "apt-get");
    Optional<Path> dnf = HostFiles.program(root, "dnf");
    Optional<Path> zypper = HostFiles.program(root, "zypper");
    if (apt.isPresent() && Files.isReadable(root.resolve("var/lib/dpkg/status"))) {
      requireLists();
      List<String> command =
          List.of(apt.get().toString(), "-s", "-q", "-o", "Debug::NoLocking=true", "dist-upgrade");
      query.lines(command, InventoryLimits.QUERY, line -> Updates.apt(line, entries));
    } else if (zypper.isPresent()) {
      zypper(zypper.get().toString(), entries);
    } else if (dnf.isPresent()) {
      dnf(dnf.get().toString(), entries);
    } else {
      throw new InventoryException(
          InventoryTypes.PENDING_UPDATE
              + ": there is no apt-get, dnf or zypper to ask; leave the type out here");
    }
  }

  /** Without lists apt finds nothing to upgrade, which would read as if nothing were missing. */
  private void requireLists() {
    Path lists = root.resolve("var/lib/apt/lists");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(lists, "*_Packages*")) {
      if (found.iterator().hasNext()) {
        return;
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new InventoryException(
          InventoryTypes.PENDING_UPDATE + ": cannot read " + lists + ": " + e.getMessage(), e);
    }
    throw new InventoryException(
        InventoryTypes.PENDING_UPDATE
            + ": apt has no lists of packages in "
            + lists
            + ": run 'apt-get update' first");
  }

  private void dnf(String program, Consumer<Map<String, String>> entries) {
    Map<String, Updates.Advisory> advisories = new HashMap<>();
    query.lines(
        List.of(program, "-q", "-C", "updateinfo", "list", "--updates"),
        InventoryLimits.QUERY,
        line -> Updates.advisory(line, advisories));
    Map<String, String> installed = new HashMap<>();
    query.lines(
        Updates.INSTALLED, InventoryLimits.QUERY, line -> Updates.installed(line, installed));
    query.lines(
        List.of(
            program,
            "-q",
            "-C",
            "repoquery",
            "--upgrades",
            "--latest-limit=1",
            "--queryformat",
            "%{name} %{epoch}:%{version}-%{release} %{arch} %{repoid}\\n"),
        InventoryLimits.QUERY,
        line -> Updates.dnf(line, installed, advisories, entries));
  }

  private void zypper(String program, Consumer<Map<String, String>> entries) {
    for (String list : List.of("list-updates", "list-patches")) {
      List<String> lines = new ArrayList<>();
      query.lines(
          List.of(program, "--xmlout", "--non-interactive", "--no-refresh", list),
          InventoryLimits.QUERY,
          lines::add);
      Updates.zypper(String.join("\n", lines), entries);
    }
  }

  /** When each of them changed last, and how many files a folder has. */
  private String grounds() {
    StringBuilder text = new StringBuilder();
    for (String each : GROUNDS) {
      Path path = root.resolve(each);
      text.append(each).append(' ').append(changed(path));
      if (Files.isDirectory(path)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
          long sum = 0;
          for (Path file : files) {
            sum += 31L * file.hashCode() + changed(file).hashCode();
          }
          text.append(' ').append(sum);
        } catch (IOException | DirectoryIteratorException e) {
          text.append(" unreadable");
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String changed(Path path) {
    try {
      return Files.getLastModifiedTime(path).toInstant().toString();
    } catch (IOException e) {
      return "-";
    }
  }
}
