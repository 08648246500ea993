package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A host as seen from one task: its files and its programs. Paths are absolute. All calls block,
 * and throw {@link HostException} where the host says no.
 *
 * <p>Where somebody else could change the way to a path, a link on that way is refused, and a
 * folder that everybody can write without the sticky bit is refused altogether: who may plant a
 * link there would otherwise choose what is overwritten.
 */
public interface Host {

  /** What is at a path; a link is not followed. Empty if nothing is. */
  Optional<Entry> look(String path);

  /**
   * The text of a regular file.
   *
   * @param atMost more bytes than this are refused
   */
  String read(String path, int atMost);

  /** Whether two files have the same bytes. */
  boolean same(String path, String other);

  /** The hash of a regular file's bytes, in hex. */
  String sha256(String path);

  /** The lines of a regular file, one after another; nothing if there is none. */
  void lines(String path, Consumer<String> line);

  /**
   * Makes or replaces a file in one step: nobody ever sees half of it, or its content under another
   * mode or owner, and it is on the disk when this returns.
   */
  void put(String path, Body body, Access access);

  /** Makes a folder; the one that it is in has to be there. */
  void makeFolder(String path, Access access);

  /** Makes or replaces a symbolic link in one step. */
  void link(String path, String target);

  /**
   * Removes what is at a path.
   *
   * @param recursive whether a folder goes with all that is in it. Links in it are not followed,
   *     and what is mounted in it is refused
   */
  void remove(String path, boolean recursive);

  /** Sets mode, owner and group of a file or folder. */
  void access(String path, Access access);

  /**
   * The name under which {@link Entry} shows a user.
   *
   * @param user a name or a number
   */
  String userName(String user);

  /** The name under which {@link Entry} shows a group. */
  String groupName(String group);

  /** A value of the kernel, below {@code /proc}; empty if there is no such. */
  Optional<String> kernel(String path);

  /** Sets a value of the kernel, below {@code /proc/sys}. */
  void setKernel(String path, String value);

  /**
   * Fetches a file, to where only the agent can read it.
   *
   * @return its path
   */
  String fetch(URI source);

  /** Runs a program to its end, with the environment of tools of the system. */
  default Ran run(List<String> words, Duration atMost) {
    return run(words, Map.of(), "", atMost);
  }

  /**
   * Runs a program to its end.
   *
   * @param environment beside that of tools of the system
   * @param input its standard input
   */
  Ran run(List<String> words, Map<String, String> environment, String input, Duration atMost);

  /**
   * Runs a script to its end.
   *
   * @param environment all of it
   * @param workingFolder empty: the agent's own
   */
  Ran script(
      String text,
      Map<String, String> environment,
      Optional<String> workingFolder,
      Duration atMost);

  /** Waits. */
  void pause(Duration duration);

  /**
   * What is at a path.
   *
   * @param mode permission bits, set-id and sticky included
   * @param owner a name; a number if nobody has that name
   * @param group likewise
   * @param target of a link; else empty
   */
  record Entry(Kind kind, int mode, String owner, String group, long bytes, String target) {

    /** Who may do what with it. */
    public Access access() {
      return new Access(mode, owner, group);
    }
  }

  /** What can be at a path. */
  enum Kind {
    /** A regular file. */
    FILE("file"),
    /** A folder. */
    FOLDER("directory"),
    /** A symbolic link. */
    LINK("link"),
    /** A device, a pipe, a socket. */
    OTHER("special file");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** For people. */
    public String word() {
      return word;
    }
  }

  /**
   * Who may do what with a file.
   *
   * @param mode permission bits, set-id and sticky included
   * @param owner a name or a number
   * @param group a name or a number
   */
  record Access(int mode, String owner, String group) {}

  /** What is to be in a file. */
  sealed interface Body {
    /** This text. */
    record Text(String text) implements Body {}

    /** What is in that file. */
    record CopyOf(String path) implements Body {}
  }
}
