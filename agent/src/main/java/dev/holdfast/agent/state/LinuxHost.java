package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands;
import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.agent.process.FirstLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A Linux host as one task sees it. */
public final class LinuxHost implements Host {
  /** More than any setting of the kernel has. */
  private static final int KERNEL_VALUE = 64 * 1024;

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LC_ALL", "C.UTF-8",
          "HOME", "/");

  /** Enough for the answer to a question, and for what a change says. */
  private static final int KEEP = 128 * 1024;

  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Means means;
  private final Path folder;
  private final LinuxFiles files;
  private int number;

  /** Waits on the calling thread. */
  public interface Pause {
    /** Waits for that long. */
    void of(Duration duration) throws InterruptedException;
  }

  /** Fetches from the network. */
  public interface Source {
    /** Writes what is at the address to a file that is not there yet; only we can read it. */
    void fetch(URI from, Path to) throws InterruptedException;
  }

  /**
   * What the tasks of a host share.
   *
   * @param workingFolder where scripts start that ask for no folder
   */
  public record Means(Commands commands, Source source, Pause pause, Path workingFolder) {}

  /**
   * For one task.
   *
   * @param folder of the task, whose mark its processes carry; made when it is needed
   */
  public LinuxHost(Means means, Path folder) {
    this(means, folder, Path.of("/"));
  }

  LinuxHost(Means means, Path folder, Path root) {
    this.means = means;
    this.folder = folder;
    this.files = new LinuxFiles(root, Integer.toHexString(folder.toString().hashCode()));
  }

  @Override
  public Optional<Entry> look(String path) {
    return files.look(path);
  }

  @Override
  public String read(String path, int atMost) {
    return files.read(path, atMost);
  }

  @Override
  public boolean same(String path, String other) {
    return files.same(path, other);
  }

  @Override
  public String sha256(String path) {
    return files.sha256(path);
  }

  @Override
  public void lines(String path, Consumer<String> line) {
    files.lines(path, line);
  }

  @Override
  public void put(String path, Body body, Access access) {
    files.put(path, body, access);
  }

  @Override
  public void makeFolder(String path, Access access) {
    files.makeFolder(path, access);
  }

  @Override
  public void link(String path, String target) {
    files.link(path, target);
  }

  @Override
  public void remove(String path, boolean recursive) {
    files.remove(path, recursive);
  }

  @Override
  public void access(String path, Access access) {
    files.access(path, access);
  }

  @Override
  public String userName(String user) {
    return files.userName(user);
  }

  @Override
  public String groupName(String group) {
    return files.groupName(group);
  }

  @Override
  public Optional<String> kernel(String path) {
    // The kernel gives a setting in one piece: who asks for its first byte gets no second one.
    byte[] value = new byte[KERNEL_VALUE];
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      int length = Math.max(0, in.read(value));
      return Optional.of(new String(value, 0, length, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new HostException("cannot read " + path + ": " + e, e);
    }
  }

  @Override
  public void setKernel(String path, String value) {
    try {
      Files.writeString(Path.of(path), value + "\n", StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new HostException("the kernel does not take '" + value + "' for " + path + ": " + e, e);
    }
  }

  @Override
  public String fetch(URI source) {
    try {
      Path file = inFolder("fetched");
      means.source.fetch(source, file);
      return file.toString();
    } catch (IOException e) {
      throw new HostException("cannot use " + folder + ": " + e, e);
    } catch (InterruptedException e) {
      throw stopped(e);
    }
  }

  @Override
  public Ran run(
      List<String> words, Map<String, String> environment, String input, Duration atMost) {
    Map<String, String> all = new TreeMap<>(ENVIRONMENT);
    all.putAll(environment);
    return run(words, all, Path.of("/"), input, atMost);
  }

  @Override
  public Ran script(
      String text,
      Map<String, String> environment,
      Optional<String> workingFolder,
      Duration atMost) {
    Path file;
    try {
      file = inFolder("script");
      Files.createFile(file, OWNER_FILE);
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new HostException("cannot use " + folder + ": " + e, e);
    }
    List<String> words = new ArrayList<>(FirstLine.interpreter(text).orElse(List.of("sh")));
    words.add(file.toString());
    return run(
        words, environment, workingFolder.map(Path::of).orElse(means.workingFolder), "", atMost);
  }

  @Override
  public void pause(Duration duration) {
    if (duration.isZero()) {
      return;
    }
    try {
      means.pause.of(duration);
    } catch (InterruptedException e) {
      throw stopped(e);
    }
  }

  private Ran run(
      List<String> words,
      Map<String, String> environment,
      Path workingFolder,
      String input,
      Duration atMost) {
    try {
      return means.commands.run(
          new Commands.Command(folder, words, environment, workingFolder, input, atMost, KEEP));
    } catch (InterruptedException e) {
      throw stopped(e);
    }
  }

  /** A file of the task that is not there; one of an earlier try goes. */
  private Path inFolder(String name) throws IOException {
    makeFolders(folder);
    Path file = folder.resolve(name + "-" + number++);
    Files.deleteIfExists(file);
    return file;
  }

  private static void makeFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      makeFolders(Objects.requireNonNull(folder.getParent(), "the root is a folder"));
      Files.createDirectory(folder, OWNER_FOLDER);
    }
  }

  private static StoppedException stopped(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StoppedException(e);
  }
}
