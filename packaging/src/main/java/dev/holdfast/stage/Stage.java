package dev.holdfast.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Makes for each program the files of its package, from the root of the host down. Every file has
 * the same time, which the packages keep: the cache of a program holds only for jars of the time
 * and size that were recorded.
 */
public final class Stage {
  private final Path checkout;
  private final Path out;
  private final FileTime time;

  private Stage(Path checkout, Path out, Instant time) {
    this.checkout = checkout;
    this.out = out;
    this.time = FileTime.from(time);
  }

  /**
   * Makes them.
   *
   * @param arguments the checkout, in which both programs are built; the folder to make, which is
   *     made anew; the time of all files, as ISO 8601 has it
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Stage stage =
        new Stage(
            Path.of(arguments[0]).toRealPath(),
            Path.of(arguments[1]).toAbsolutePath(),
            Instant.parse(arguments[2]));
    stage.make();
  }

  private void make() throws IOException, InterruptedException {
    remove(out);
    for (Program program : Program.ALL) {
      Path home = Files.createDirectories(program.home(out));
      Jars.slim(
          checkout.resolve(program.module()).resolve("target/lib"),
          home.resolve("lib"),
          program.unused());
      Runtimes.make(program.modules(), home.resolve("runtime"));
      scripts(program, home);
      hostFiles(program);
      for (String name : program.launchers()) {
        Completions.make(home.resolve("bin").resolve(name), program.root(out));
      }
      dated(program);
    }
    Recording.make(out);
    for (Program program : Program.ALL) {
      dated(program);
    }
  }

  private void scripts(Program program, Path home) throws IOException {
    Path packaging = checkout.resolve("packaging");
    Path bin = Files.createDirectories(home.resolve("bin"));
    for (String name : program.launchers()) {
      executable(packaging.resolve("bin").resolve(name), bin.resolve(name));
    }
    Files.copy(packaging.resolve("lib/launch.sh"), home.resolve("lib/launch.sh"));
    executable(
        packaging.resolve("service").resolve(program.module()).resolve("setup"),
        home.resolve("lib/setup"));
  }

  /** What belongs to other places of the host: the unit, the configuration, the pages, the rest. */
  private void hostFiles(Program program) throws IOException {
    Path root = program.root(out);
    Path service = checkout.resolve("packaging/service").resolve(program.module());
    Path units = Files.createDirectories(root.resolve("usr/lib/systemd/system"));
    String unit = program.packageName() + ".service";
    Files.copy(service.resolve(unit), units.resolve(unit));
    Path configuration = Files.createDirectories(root.resolve("etc/holdfast"));
    String yaml = program.module() + ".yaml";
    Files.copy(service.resolve(yaml), configuration.resolve(yaml));
    Path pages =
        Files.createDirectories(root.resolve("usr/share/doc").resolve(program.packageName()));
    Files.copy(checkout.resolve("LICENSE"), pages.resolve("copyright"));
    try (Stream<Path> all = Files.list(checkout.resolve("docs"))) {
      for (Path page : all.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        Files.copy(page, pages.resolve(page.getFileName()));
      }
    }
    for (String folder : program.shared()) {
      copied(
          checkout.resolve("packaging").resolve(folder),
          root.resolve("usr/share").resolve(program.packageName()).resolve(folder));
    }
    Path bill = checkout.resolve(program.module()).resolve("target/bom.json");
    Files.copy(bill, pages.resolve("sbom.json"));
  }

  private static void copied(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> all = Files.list(from)) {
      for (Path file : all.sorted().toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void executable(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Gives all that is there the time. */
  private void dated(Program program) throws IOException {
    try (Stream<Path> all = Files.walk(program.root(out))) {
      for (Path each : all.toList()) {
        Files.setLastModifiedTime(each, time);
      }
    }
  }

  /** Removes a folder with all that is in it, without following links. */
  static void remove(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.toList().reversed()) {
        Files.delete(each);
      }
    }
  }
}
