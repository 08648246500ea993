package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** A host in memory. Its programs are what a test says they are. */
final class MemoryHost implements Host {
  /** What its programs were told, with what they were given to read behind an arrow. */
  final List<String> commands = new ArrayList<>();

  final Map<String, String> kernel = new HashMap<>();
  final List<Duration> pauses = new ArrayList<>();

  private final TreeMap<String, Node> nodes = new TreeMap<>();
  private Function<String, Ran> programs = words -> said("");

  private record Node(Kind kind, Access access, String content) {}

  MemoryHost() {
    for (String folder : List.of("/", "/etc", "/srv", "/etc/sysctl.d", "/var", "/fetched")) {
      nodes.put(folder, new Node(Kind.FOLDER, new Access(0755, "root", "root"), ""));
    }
  }

  /** What programs do, given their words joined by blanks. */
  MemoryHost programs(Function<String, Ran> programs) {
    this.programs = programs;
    return this;
  }

  MemoryHost with(String path, String content) {
    return with(path, content, 0644);
  }

  MemoryHost with(String path, String content, int mode) {
    nodes.put(path, new Node(Kind.FILE, new Access(mode, "root", "root"), content));
    return this;
  }

  MemoryHost withFolder(String path) {
    nodes.put(path, new Node(Kind.FOLDER, new Access(0755, "root", "root"), ""));
    return this;
  }

  static Ran said(String stdout) {
    return new Ran(0, stdout, "");
  }

  static Ran failed(int code, String stderr) {
    return new Ran(code, "", stderr);
  }

  String content(String path) {
    return node(path).content;
  }

  @Override
  public Optional<Entry> look(String path) {
    return Optional.ofNullable(nodes.get(path))
        .map(
            node ->
                new Entry(
                    node.kind,
                    node.access.mode(),
                    node.access.owner(),
                    node.access.group(),
                    node.content.getBytes(StandardCharsets.UTF_8).length,
                    node.kind == Kind.LINK ? node.content : ""));
  }

  @Override
  public String read(String path, int atMost) {
    Node node = file(path);
    if (node.content.length() > atMost) {
      throw new HostException(path + " has more than " + atMost + " bytes");
    }
    return node.content;
  }

  @Override
  public boolean same(String path, String other) {
    return file(path).content.equals(file(other).content);
  }

  @Override
  public String sha256(String path) {
    return dev.holdfast.task.Sha256.of(file(path).content.getBytes(StandardCharsets.UTF_8)).hex();
  }

  @Override
  public void lines(String path, Consumer<String> line) {
    if (nodes.containsKey(path)) {
      file(path).content.lines().forEach(line);
    }
  }

  @Override
  public void put(String path, Body body, Access access) {
    parent(path);
    String content =
        switch (body) {
          case Body.Text(var text) -> text;
          case Body.CopyOf(var source) -> file(source).content;
        };
    if (nodes.containsKey(path) && node(path).kind == Kind.FOLDER) {
      throw new HostException("cannot use " + path + ": it is a folder");
    }
    nodes.put(path, new Node(Kind.FILE, named(access), content));
  }

  private Access named(Access access) {
    return new Access(access.mode(), userName(access.owner()), groupName(access.group()));
  }

  @Override
  public void makeFolder(String path, Access access) {
    parent(path);
    if (nodes.putIfAbsent(path, new Node(Kind.FOLDER, named(access), "")) != null) {
      throw new HostException("cannot use " + path + ": it is there");
    }
  }

  @Override
  public void link(String path, String target) {
    parent(path);
    nodes.put(path, new Node(Kind.LINK, new Access(0777, "root", "root"), target));
  }

  @Override
  public void remove(String path, boolean recursive) {
    node(path);
    List<String> below =
        nodes.keySet().stream().filter(each -> each.startsWith(path + "/")).toList();
    if (!below.isEmpty() && !recursive) {
      throw new HostException(path + " is not empty");
    }
    below.forEach(nodes::remove);
    nodes.remove(path);
  }

  @Override
  public void access(String path, Access access) {
    Node node = node(path);
    nodes.put(path, new Node(node.kind, named(access), node.content));
  }

  @Override
  public String userName(String user) {
    return user.equals("0") ? "root" : user;
  }

  @Override
  public String groupName(String group) {
    return userName(group);
  }

  @Override
  public Optional<String> kernel(String path) {
    return Optional.ofNullable(kernel.get(path));
  }

  @Override
  public void setKernel(String path, String value) {
    kernel.put(path, value);
  }

  @Override
  public String fetch(URI source) {
    String path = "/fetched/" + nodes.size();
    put(path, new Body.Text("from " + source.getHost()), new Access(0600, "root", "root"));
    return path;
  }

  @Override
  public Ran run(
      List<String> words, Map<String, String> environment, String input, Duration atMost) {
    String command = String.join(" ", words);
    commands.add(input.isEmpty() ? command : command + " <- " + input);
    return programs.apply(command);
  }

  @Override
  public Ran script(
      String text,
      Map<String, String> environment,
      Optional<String> workingFolder,
      Duration atMost) {
    commands.add(text.strip() + " " + new TreeMap<>(environment));
    return programs.apply(text.strip());
  }

  @Override
  public void pause(Duration duration) {
    pauses.add(duration);
  }

  private void parent(String path) {
    int slash = path.lastIndexOf('/');
    String parent = slash == 0 ? "/" : path.substring(0, slash);
    if (!nodes.containsKey(parent)) {
      throw new HostException("the folder that " + path + " is in is not there");
    }
  }

  private Node node(String path) {
    Node node = nodes.get(path);
    if (node == null) {
      throw new HostException(path + " is not there");
    }
    return node;
  }

  private Node file(String path) {
    Node node = node(path);
    if (node.kind != Kind.FILE) {
      throw new HostException(path + " is no regular file");
    }
    return node;
  }
}
