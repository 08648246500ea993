package dev.holdfast.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The jars of a program without what is of no use on Linux on x86-64: native libraries of other
 * machines, protocols of Netty that come with the whole of it, and annotations for compilers.
 */
final class Jars {
  /** Jars that are left out whole. Manifests may name them: what isn't there is passed over. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(animal-sniffer|error_prone|j2objc)-?_?annotations-.*|annotations-4.*|jsr305-.*"
              + "|.*-(linux-(aarch_64|riscv64)|osx-.*|windows-.*)\\.jar"
              + "|netty-codec-(classes-quic|native-quic|haproxy|http3|marshalling|memcache|mqtt|"
              + "redis|smtp|stomp|xml)-.*"
              + "|netty-resolver-dns-.*|netty-transport-(rxtx|sctp|udt|classes-io_uring|"
              + "classes-kqueue|native-io_uring)-.*");

  /** Folders of native libraries, a folder a kind of machine; the first group is the kind. */
  private static final Pattern NATIVE =
      Pattern.compile(
          "com/sun/jna/((?:aix|darwin|dragonflybsd|freebsd|linux|openbsd|sunos|win32)-[^/]+)/.*"
              + "|org/sqlite/native/([^/]+/[^/]+)/.*");

  private static final List<String> OURS = List.of("linux-x86-64", "Linux/x86_64");

  private Jars() {}

  /**
   * Copies those jars of a folder that are of use, slimmed; the folder is made.
   *
   * @param unused beginnings of names of jars that are left out too
   */
  static void slim(Path from, Path to, List<String> unused) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> jars = Files.list(from)) {
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        String name = jar.getFileName().toString();
        if (!LEFT_OUT.matcher(name).matches() && unused.stream().noneMatch(name::startsWith)) {
          copy(jar, to.resolve(name));
        }
      }
    }
  }

  /** Whether an entry of a jar is of use. */
  static boolean kept(String entry) {
    var matcher = NATIVE.matcher(entry);
    if (!matcher.matches()) {
      return true;
    }
    String kind = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return OURS.contains(kind);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (ZipFile jar = new ZipFile(from.toFile())) {
      List<? extends ZipEntry> entries = jar.stream().toList();
      if (entries.stream().allMatch(entry -> kept(entry.getName()))) {
        Files.copy(from, to);
        return;
      }
      try (OutputStream file = Files.newOutputStream(to);
          ZipOutputStream out = new ZipOutputStream(file)) {
        for (ZipEntry entry : entries) {
          if (kept(entry.getName())) {
            ZipEntry made = new ZipEntry(entry.getName());
            made.setTimeLocal(entry.getTimeLocal());
            out.putNextEntry(made);
            try (InputStream bytes = jar.getInputStream(entry)) {
              bytes.transferTo(out);
            }
          }
        }
      }
    }
  }
}
