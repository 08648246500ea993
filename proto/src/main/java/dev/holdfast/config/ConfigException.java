package dev.holdfast.config;

import java.util.List;

/**
 * A configuration file with which no program starts. The message is one line with all that is wrong
 * in it, each problem as {@code FILE:LINE:COLUMN: what}.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** All problems, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
