package dev.holdfast.agent.inventory;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Entries of {@code Host:User}: the accounts of {@code /etc/passwd} with the groups of {@code
 * /etc/group}. Nothing is read of {@code shadow}, and the second field, where an old system may
 * keep a hash, is passed over.
 */
final class Users {
  private static final int PASSWD_FIELDS = 7;
  private static final int GROUP_FIELDS = 4;
  private static final int NAME = 0;
  private static final int ID = 2;
  private static final int GROUP_ID = 3;
  private static final int MEMBERS = 3;
  private static final int HOME = 5;
  private static final int SHELL = 6;

  private final Path root;

  Users(Path root) {
    this.root = root;
  }

  void read(Consumer<Map<String, String>> entries) {
    parse(
        HostFiles.lines(root.resolve("etc/passwd")),
        HostFiles.lines(root.resolve("etc/group")),
        entries);
  }

  /** Reads the lines of both files; what is not of their form is passed over. */
  static void parse(
      List<String> passwd, List<String> group, Consumer<Map<String, String>> entries) {
    Map<String, String> groups = new HashMap<>();
    Map<String, Set<String>> memberships = new HashMap<>();
    for (String line : group) {
      String[] fields = line.split(":", -1);
      if (fields.length == GROUP_FIELDS && number(fields[ID])) {
        groups.putIfAbsent(fields[ID], fields[NAME]);
        for (String member : fields[MEMBERS].split(",")) {
          memberships.computeIfAbsent(member, _ -> new TreeSet<>()).add(fields[NAME]);
        }
      }
    }
    for (String line : passwd) {
      String[] fields = line.split(":", -1);
      if (fields.length == PASSWD_FIELDS && number(fields[ID]) && number(fields[GROUP_ID])) {
        String primary = groups.get(fields[GROUP_ID]);
        Set<String> all = new TreeSet<>(memberships.getOrDefault(fields[NAME], Set.of()));
        if (primary != null) {
          all.add(primary);
        }
        entries.accept(
            new Attributes()
                .with("Name", fields[NAME])
                .with("Uid", fields[ID])
                .with("Gid", fields[GROUP_ID])
                .with("Group", primary)
                .with("Groups", String.join(", ", all))
                .with("Home", fields[HOME])
                .with("Shell", fields[SHELL])
                .entry());
      }
    }
  }

  /** User ids to names, from the lines of {@code /etc/passwd}. */
  static Map<String, String> names(List<String> passwd) {
    Map<String, String> names = new HashMap<>();
    for (String line : passwd) {
      String[] fields = line.split(":", -1);
      if (fields.length == PASSWD_FIELDS && number(fields[ID])) {
        names.putIfAbsent(fields[ID], fields[NAME]);
      }
    }
    return names;
  }

  private static boolean number(String text) {
    return text.matches("\\d{1,10}");
  }
}
