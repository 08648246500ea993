package dev.holdfast.state;

import java.util.Map;
import java.util.Optional;

/**
 * {@code state:script}: a state that only a script can tell. Exit codes of {@code check}: {@value
 * #AS_IT_SHOULD_BE}: as it should be. {@value #DIFFERS}: it differs, and each line of standard
 * output is a difference. Any other: the check itself failed. Exit codes of {@code apply}: 0: done;
 * any other: it failed, and {@code check} is not asked again. A script that begins with {@code #!}
 * is run by the program named there, else by {@code sh}.
 *
 * @param check looks and changes nothing; also run in an audit
 * @param apply brings it about; empty: a difference is only told
 * @param environment beside what every script gets
 * @param workingFolder absolute; empty: the agent's own
 */
public record Script(
    String check,
    Optional<String> apply,
    Map<String, String> environment,
    Optional<String> workingFolder)
    implements Resource {
  /** The exit code of a check that finds everything right. */
  public static final int AS_IT_SHOULD_BE = 0;

  /** The exit code of a check that finds a difference. */
  public static final int DIFFERS = 1;

  /** Copies the map. */
  public Script {
    environment = Map.copyOf(environment);
  }

  @Override
  public String subject() {
    return "script";
  }
}
