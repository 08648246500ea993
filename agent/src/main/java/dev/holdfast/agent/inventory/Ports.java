package dev.holdfast.agent.inventory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Entries of {@code Host:Port}: who listens where, from {@code /proc/net} and the processes' open
 * files. Nothing of it changes by itself: of processes that share a socket the one with the lowest
 * number counts, and a UDP socket on a number that the kernel gives to clients is left out, since a
 * resolver has other ones at each look.
 */
final class Ports {
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int UID = 7;
  private static final int INODE = 9;
  private static final int HEX = 16;
  private static final String TCP_LISTENS = "0A";
  private static final String UDP_OPEN = "07";
  private static final String SOCKET = "socket:[";

  private final Path root;

  Ports(Path root) {
    this.root = root;
  }

  /** A socket that somebody may talk to. */
  record Socket(String protocol, String address, int port, String uid, String inode) {}

  /**
   * A process.
   *
   * @param id its number
   */
  private record Holder(int id, String name) {}

  /** Numbers that the kernel gives to whoever asks for none. */
  record Range(int from, int to) {
    /** What kernels have by default. */
    static final Range USUAL = new Range(32_768, 60_999);

    boolean has(int port) {
      return port >= from && port <= to;
    }

    /** From {@code ip_local_port_range}. */
    static Range parse(String line) {
      String[] words = line.split("\\s+");
      return words.length == 2 && words[0].matches("\\d{1,5}") && words[1].matches("\\d{1,5}")
          ? new Range(Integer.parseInt(words[0]), Integer.parseInt(words[1]))
          : USUAL;
    }
  }

  void read(Consumer<Map<String, String>> entries) {
    List<Socket> sockets = new ArrayList<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      sockets.addAll(parse(protocol, HostFiles.lines(root.resolve("proc/net").resolve(protocol))));
    }
    Set<String> wanted = new HashSet<>();
    sockets.forEach(socket -> wanted.add(socket.inode()));
    Map<String, Holder> holders = holders(wanted);
    Map<String, String> users = Users.names(HostFiles.lines(root.resolve("etc/passwd")));
    Range clients =
        Range.parse(HostFiles.line(root.resolve("proc/sys/net/ipv4/ip_local_port_range")));
    Set<Map<String, String>> told = new HashSet<>();
    for (Socket socket : sockets) {
      Optional<Holder> holder = Optional.ofNullable(holders.get(socket.inode()));
      if (socket.protocol().startsWith("udp") && clients.has(socket.port()) && holder.isPresent()) {
        continue;
      }
      Attributes entry =
          new Attributes()
              .with("Protocol", socket.protocol())
              .with("Address", socket.address())
              .with("Port", Integer.toString(socket.port()))
              .with("User", users.getOrDefault(socket.uid(), socket.uid()));
      holder.ifPresent(
          process ->
              entry
                  .with("ProcessName", process.name())
                  .with("ProcessId", Integer.toString(process.id())));
      // Several sockets on one port (SO_REUSEPORT) of one process are one entry.
      if (told.add(entry.entry())) {
        entries.accept(entry.entry());
      }
    }
  }

  /** The sockets that wait for somebody, of what the kernel lists of a protocol. */
  static List<Socket> parse(String protocol, List<String> lines) {
    String state = protocol.startsWith("tcp") ? TCP_LISTENS : UDP_OPEN;
    List<Socket> sockets = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length <= INODE || !fields[STATE].equals(state)) {
        continue;
      }
      String[] local = fields[LOCAL].split(":");
      if (local.length == 2
          && Addresses.valid(local[0])
          && local[1].matches("[0-9A-Fa-f]{4}")
          && !local[1].equals("0000")) {
        sockets.add(
            new Socket(
                protocol,
                Addresses.text(local[0]),
                Integer.parseInt(local[1], HEX),
                fields[UID],
                fields[INODE]));
      }
    }
    return sockets;
  }

  /** Which process has each of these sockets open; a process that is gone meanwhile is none. */
  private Map<String, Holder> holders(Set<String> wanted) {
    if (wanted.isEmpty()) {
      return Map.of();
    }
    TreeMap<Integer, Path> processes = new TreeMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root.resolve("proc"), "[1-9]*")) {
      for (Path each : stream) {
        String name = String.valueOf(each.getFileName());
        if (name.matches("\\d{1,9}")) {
          processes.put(Integer.parseInt(name), each);
        }
      }
    } catch (IOException e) {
      return Map.of();
    }
    Map<String, Holder> holders = new HashMap<>();
    processes.forEach((id, process) -> holdings(id, process, wanted, holders));
    return holders;
  }

  private static void holdings(
      int id, Path process, Set<String> wanted, Map<String, Holder> holders) {
    if (holders.size() == wanted.size()) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        String target = target(file);
        if (target.startsWith(SOCKET)) {
          String inode = target.substring(SOCKET.length(), target.length() - 1);
          if (wanted.contains(inode) && !holders.containsKey(inode)) {
            holders.put(inode, new Holder(id, HostFiles.line(process.resolve("comm"))));
          }
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // It ended, or belongs to somebody whom this agent may not look at.
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
