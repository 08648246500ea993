package dev.holdfast.document;

import java.util.List;

/**
 * One input of a plugin: a row of the table by which inputs are checked.
 *
 * @param need what it means that it is missing
 * @param allowed the values that it can have; empty if any
 * @param failsStep a mistake in it fails its step when the document runs, and is no reason to
 *     refuse the document: amazon-ssm-agent runs such documents, and their other steps run
 */
record PluginInput(String name, Kind kind, Need need, List<String> allowed, boolean failsStep) {
  PluginInput {
    allowed = List.copyOf(allowed);
  }

  /** What an input holds. Tokens may stand in each. */
  enum Kind {
    /** Text; a number, true or false may stand for it. */
    TEXT("text"),
    /** True or false, also as text. */
    TRUTH("true or false"),
    /**
     * A number of seconds within the bounds of {@link Scripts}; anything else has no effect, as
     * amazon-ssm-agent has it.
     */
    SECONDS("a number of seconds"),
    /** A list of texts; one text may stand for it. */
    TEXTS("a list of texts"),
    /**
     * The lines of a script: a list of texts, in which nothing is an empty line and a list is
     * several lines.
     */
    SCRIPT("a list of texts"),
    /** Names to texts. */
    VARIABLES("a map of names to texts"),
    /** A map, also as JSON or YAML in a text. */
    MAP("a map"),
    /** Whatever. */
    ANYTHING("anything");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** For a message. */
    String text() {
      return text;
    }
  }

  /** What it means that an input is missing. */
  enum Need {
    /** Nothing. */
    OPTIONAL,
    /** That the step does nothing, which is hardly what was meant. */
    EXPECTED,
    /** That the step can't run. */
    REQUIRED
  }

  static PluginInput optional(String name, Kind kind) {
    return new PluginInput(name, kind, Need.OPTIONAL, List.of(), false);
  }

  static PluginInput expected(String name, Kind kind) {
    return new PluginInput(name, kind, Need.EXPECTED, List.of(), false);
  }

  static PluginInput required(String name, Kind kind) {
    return new PluginInput(name, kind, Need.REQUIRED, List.of(), false);
  }

  PluginInput allowing(String... values) {
    return new PluginInput(name, kind, need, List.of(values), failsStep);
  }

  PluginInput failingOnlyTheStep() {
    return new PluginInput(name, kind, need, allowed, true);
  }
}
