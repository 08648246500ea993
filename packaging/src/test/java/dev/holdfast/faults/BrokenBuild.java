package dev.holdfast.faults;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A build like that of the checkout, in a folder of its own, with one defect in it. */
final class BrokenBuild {
  private static final String LAUNCHERS = "packaging/bin";
  private static final String SHARED = "packaging/lib";
  private static final String CLASSES = "packaging/target/classes";

  private final Path checkout;
  private final Path folder;

  private BrokenBuild(Path checkout, Path folder) {
    this.checkout = checkout;
    this.folder = folder;
  }

  /** Makes it; the checkout is built and stays as it is. */
  static BrokenBuild of(Path checkout, Path folder, Defect defect) throws IOException {
    BrokenBuild build = new BrokenBuild(checkout, folder);
    build.copy(LAUNCHERS);
    build.copy(SHARED);
    build.copy("agent/target/lib");
    build.copy("coordinator/target/lib");
    Files.createDirectories(folder.resolve(CLASSES).getParent());
    Files.createSymbolicLink(folder.resolve(CLASSES), checkout.resolve(CLASSES));
    for (Defect.Change change : defect.changes()) {
      build.change(change);
    }
    return build;
  }

  private void copy(String from) throws IOException {
    Path to = Files.createDirectories(folder.resolve(from));
    try (Stream<Path> files = Files.list(checkout.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void change(Defect.Change change) throws IOException {
    Path source =
        folder.resolve("changed").resolve(Path.of(change.path()).getFileName().toString());
    Files.createDirectories(source.getParent());
    Files.writeString(
        source,
        Files.readString(checkout.resolve(change.path())).replace(change.text(), change.instead()));
    Path classes = Files.createDirectories(folder.resolve("changed").resolve(change.module()));
    Path jar = jar(change.module());
    compile(source, classes, jar);
    try (FileSystem inside = FileSystems.newFileSystem(jar);
        Stream<Path> all = Files.walk(classes)) {
      for (Path one : all.filter(Files::isRegularFile).toList()) {
        Files.copy(
            one,
            inside.getPath("/").resolve(classes.relativize(one).toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Path jar(String module) {
    return folder.resolve(module + "/target/lib/holdfast-" + module + ".jar");
  }

  private static void compile(Path source, Path classes, Path jar) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> beside = Files.list(jar.getParent())) {
      String path = beside.map(Path::toString).collect(Collectors.joining(":"));
      List<String> options =
          List.of("-cp", path, "-d", classes.toString(), "-proc:none", "-nowarn", "-parameters");
      boolean done =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      if (!done) {
        throw new IOException("the defect does not compile: " + said);
      }
    }
  }

  /**
   * Runs a case of the suite with it.
   *
   * @return what it printed
   */
  String run(String id, Scale scale) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Dholdfast.root=" + folder);
    command.addAll(List.of("-cp", folder.resolve(CLASSES) + ":" + jar("coordinator")));
    command.addAll(List.of(Suite.class.getName(), "--scale", scale.name(), id));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      if (!process.waitFor(20, TimeUnit.MINUTES)) {
        throw new IOException("it hung: " + Files.readString(said));
      }
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(said);
  }
}
