package dev.holdfast.faults;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    Map<Path, String> changed = new LinkedHashMap<>();
    for (Defect.Change change : defect.changes()) {
      changed.put(build.change(change), change.module());
    }
    for (Map.Entry<Path, String> one : changed.entrySet()) {
      build.compile(one.getKey(), one.getValue());
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

  /** Makes a change; the source that it is in now. */
  private Path change(Defect.Change change) throws IOException {
    Path source =
        folder.resolve("changed").resolve(Path.of(change.path()).getFileName().toString());
    Files.createDirectories(source.getParent());
    Path before = Files.exists(source) ? source : checkout.resolve(change.path());
    Files.writeString(source, Files.readString(before).replace(change.text(), change.instead()));
    return source;
  }

  private void compile(Path source, String module) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("changed").resolve(module));
    List<Path> jars = jars(module);
    compile(source, classes, jars.getFirst());
    for (Path jar : jars) {
      put(classes, jar);
    }
  }

  private static void put(Path classes, Path jar) throws IOException {
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

  /** The jars that a module is in: what both programs share, each has. */
  private List<Path> jars(String module) throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String program : List.of("coordinator", "agent")) {
      try (Stream<Path> all = Files.list(folder.resolve(program + "/target/lib"))) {
        all.filter(jar -> jar.getFileName().toString().startsWith("holdfast-" + module))
            .forEach(jars::add);
      }
    }
    return jars;
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
    command.addAll(List.of("-cp", folder.resolve(CLASSES) + ":" + jars("coordinator").getFirst()));
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
