package dev.holdfast.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JarsTest {
  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void nativeLibrariesOfOtherMachinesAreLeftOutAndAllElseIsKept() throws IOException {
    jar(
        "natives.jar",
        "com/sun/jna/Native.class",
        "com/sun/jna/win32/StdCall.class",
        "com/sun/jna/linux-x86-64/libjnidispatch.so",
        "com/sun/jna/linux-aarch64/libjnidispatch.so",
        "com/sun/jna/win32-x86-64/jnidispatch.dll",
        "org/sqlite/JDBC.class",
        "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so",
        "org/sqlite/native/Linux-Musl/x86_64/libsqlitejdbc.so",
        "org/sqlite/native/Mac/aarch64/libsqlitejdbc.dylib");

    Jars.slim(folder.resolve("from"), folder.resolve("to"), List.of("common-protos-"));

    try (ZipFile slim = new ZipFile(folder.resolve("to/natives.jar").toFile())) {
      assertEquals(
          List.of(
              "com/sun/jna/Native.class",
              "com/sun/jna/win32/StdCall.class",
              "com/sun/jna/linux-x86-64/libjnidispatch.so",
              "org/sqlite/JDBC.class",
              "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so"),
          slim.stream().map(ZipEntry::getName).toList());
      assertArrayEquals(
          "org/sqlite/JDBC.class".getBytes(StandardCharsets.UTF_8),
          slim.getInputStream(slim.getEntry("org/sqlite/JDBC.class")).readAllBytes());
    }
  }

  @Test
  void jarsOfOtherMachinesAndUnusedProtocolsAreLeftOut() throws IOException {
    for (String name :
        List.of(
            "netty-codec-http2-4.2.jar",
            "netty-codec-mqtt-4.2.jar",
            "common-protos-2.jar",
            "netty-tcnative-boringssl-static-2.0-linux-x86_64.jar",
            "netty-tcnative-boringssl-static-2.0-linux-aarch_64.jar")) {
      jar(name, "entry");
    }

    Jars.slim(folder.resolve("from"), folder.resolve("to"), List.of("common-protos-"));

    try (Stream<Path> jars = Files.list(folder.resolve("to"))) {
      assertEquals(
          List.of(
              "netty-codec-http2-4.2.jar", "netty-tcnative-boringssl-static-2.0-linux-x86_64.jar"),
          jars.map(jar -> jar.getFileName().toString()).sorted().toList());
    }
  }

  /** A jar in which each entry says its name. */
  private void jar(String name, String... entries) throws IOException {
    Files.createDirectories(folder.resolve("from"));
    try (ZipOutputStream out =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("from").resolve(name)))) {
      for (String entry : entries) {
        out.putNextEntry(new ZipEntry(entry));
        out.write(entry.getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
