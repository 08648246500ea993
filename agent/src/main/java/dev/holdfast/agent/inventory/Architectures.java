package dev.holdfast.agent.inventory;

import java.util.Map;

/** One spelling of an architecture, whichever the package format uses. */
final class Architectures {
  private static final Map<String, String> USUAL =
      Map.of(
          "amd64", "x86_64",
          "x64", "x86_64",
          "386", "i386",
          "i486", "i386",
          "i586", "i386",
          "i686", "i386",
          "x86", "i386",
          "aarch64", "arm64",
          "all", "noarch");

  private Architectures() {}

  /** The usual spelling; what is not known stays as it is. */
  static String usual(String name) {
    return USUAL.getOrDefault(name, name);
  }
}
