package dev.holdfast.agent.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The host's own accounts, as its files have them (passwd(5), group(5), shadow(5)). */
final class Accounts {
  private final Map<String, Account> users = new HashMap<>();
  private final Map<String, GroupLine> groups = new LinkedHashMap<>();

  /** A user. */
  record Account(String name, int uid, int gid, String comment, String home, String shell) {}

  /** A group. */
  record GroupLine(String name, int gid, List<String> members) {
    GroupLine {
      members = List.copyOf(members);
    }
  }

  private Accounts() {}

  static Accounts of(Host host) {
    Accounts accounts = new Accounts();
    host.lines("/etc/passwd", accounts::addUser);
    host.lines("/etc/group", accounts::addGroup);
    return accounts;
  }

  /** The second field of a user in shadow(5); empty if there is no such line. */
  static Optional<String> password(Host host, String name) {
    List<String> found = new ArrayList<>();
    host.lines(
        "/etc/shadow",
        line -> {
          if (line.startsWith(name + ":")) {
            found.add(line.split(":", -1)[1]);
          }
        });
    return found.stream().findFirst();
  }

  Optional<Account> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  Optional<GroupLine> group(String name, boolean orNumber) {
    GroupLine group = groups.get(name);
    return group == null && orNumber
        ? groups.values().stream()
            .filter(line -> Integer.toString(line.gid).equals(name))
            .findFirst()
        : Optional.ofNullable(group);
  }

  /** The name of a group, or its number if it has none. */
  String groupName(int gid) {
    return groups.values().stream()
        .filter(line -> line.gid == gid)
        .map(GroupLine::name)
        .findFirst()
        .orElse(Integer.toString(gid));
  }

  /** The groups that list the user as a member, sorted. */
  List<String> groupsOf(String user) {
    return groups.values().stream()
        .filter(line -> line.members.contains(user))
        .map(GroupLine::name)
        .sorted()
        .toList();
  }

  private void addUser(String line) {
    String[] fields = line.split(":", -1);
    if (fields.length >= 7 && number(fields[2]) && number(fields[3])) {
      users.putIfAbsent(
          fields[0],
          new Account(
              fields[0],
              Integer.parseInt(fields[2]),
              Integer.parseInt(fields[3]),
              fields[4],
              fields[5],
              fields[6]));
    }
  }

  private void addGroup(String line) {
    String[] fields = line.split(":", -1);
    if (fields.length >= 4 && number(fields[2])) {
      List<String> members =
          fields[3].isEmpty() ? List.of() : List.of(fields[3].strip().split(",", -1));
      groups.putIfAbsent(fields[0], new GroupLine(fields[0], Integer.parseInt(fields[2]), members));
    }
  }

  private static boolean number(String text) {
    return text.matches("[0-9]{1,9}");
  }
}
