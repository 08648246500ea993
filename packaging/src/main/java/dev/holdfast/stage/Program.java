package dev.holdfast.stage;

import java.nio.file.Path;
import java.util.List;

/**
 * A program that is installed.
 *
 * @param module the name of its folder in the checkout
 * @param launchers the commands that it brings
 * @param modules what its runtime has of the JDK: what its own code and its libraries use on Linux
 * @param shared folders of {@code packaging} whose files come with it, below {@code usr/share}
 * @param unused beginnings of the names of jars that its libraries bring and that it never uses
 */
record Program(
    String module,
    List<String> launchers,
    List<String> modules,
    List<String> shared,
    List<String> unused) {
  static final Program AGENT =
      new Program(
          "agent",
          List.of("holdfast-agent"),
          List.of(
              "java.base",
              "java.logging",
              "java.management",
              "java.naming",
              "java.net.http",
              "jdk.httpserver",
              "jdk.management",
              "jdk.unsupported"),
          List.of(),
          List.of("proto-google-common-protos-"));

  /** With the admin client beside it. */
  static final Program COORDINATOR =
      new Program(
          "coordinator",
          List.of("holdfast-coordinator", "holdfast"),
          List.of(
              "java.base",
              "java.desktop",
              "java.logging",
              "java.management",
              "java.naming",
              "java.sql",
              "jdk.httpserver",
              "jdk.jfr",
              "jdk.management",
              "jdk.net",
              "jdk.unsupported"),
          List.of("alerts", "dashboards"),
          List.of());

  static final List<Program> ALL = List.of(AGENT, COORDINATOR);

  Program {
    launchers = List.copyOf(launchers);
    modules = List.copyOf(modules);
    shared = List.copyOf(shared);
    unused = List.copyOf(unused);
  }

  String packageName() {
    return "holdfast-" + module;
  }

  /** What stands for the root of the host, in the folder that is made. */
  Path root(Path out) {
    return out.resolve(module);
  }

  /** Where it is installed, below that. */
  Path home(Path out) {
    return root(out).resolve("opt/holdfast").resolve(module);
  }
}
