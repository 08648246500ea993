package dev.holdfast.agent.process;

import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The users of the host: of its own file, else of whatever else it asks for users. */
final class Users {
  private final Path file;
  private final Query query;

  /**
   * With the file of users.
   *
   * @param query asks {@code getent} for those that are not in the file
   */
  Users(Path file, Query query) {
    this.file = file;
    this.query = query;
  }

  /** A user, by numbers: names may mean something else to the next program. */
  record User(String name, int uid, int gid, String home) {

    /** What tells a program who it is. */
    Map<String, String> variables() {
      return Map.of("HOME", home, "USER", name, "LOGNAME", name);
    }
  }

  /** The user with that name. */
  Optional<User> find(String name) {
    try {
      Optional<User> known = first(Files.readAllLines(file, StandardCharsets.ISO_8859_1), name);
      if (known.isPresent()) {
        return known;
      }
    } catch (IOException e) {
      // Then it is asked for.
    }
    List<String> lines = new ArrayList<>();
    try {
      query.lines(List.of("getent", "passwd", "--", name), RunLimits.USER_QUERY, lines::add);
    } catch (ProcessException e) {
      return Optional.empty();
    }
    return first(lines, name);
  }

  private static Optional<User> first(List<String> lines, String name) {
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 6
          && fields[0].equals(name)
          && fields[2].matches("\\d{1,9}")
          && fields[3].matches("\\d{1,9}")) {
        return Optional.of(
            new User(name, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[5]));
      }
    }
    return Optional.empty();
  }
}
