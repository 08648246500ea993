package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.report.Drift;
import dev.holdfast.state.Script;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps what a script checks and another one puts right. */
final class KeptScript implements Kept {
  private final Host host;
  private final Script script;
  private final String resource;
  private final Map<String, String> environment;
  private final Transcript transcript;

  /**
   * With what it needs.
   *
   * @param resource names it for people: the step
   * @param environment what every script gets
   */
  KeptScript(
      Host host,
      Script script,
      String resource,
      Map<String, String> environment,
      Transcript transcript) {
    this.host = host;
    this.script = script;
    this.resource = resource;
    this.environment = new TreeMap<>(environment);
    this.environment.putAll(script.environment());
    this.transcript = transcript;
  }

  @Override
  public List<Drift> check() {
    Ran ran = run(script.check());
    if (ran.exitCode() == Script.AS_IT_SHOULD_BE) {
      return List.of();
    }
    if (ran.exitCode() != Script.DIFFERS) {
      transcript.add(ran);
      throw new HostException(
          "the check ended with exit code "
              + ran.exitCode()
              + "; 0 is as it should be, 1 differs, any other is a failure"
              + lastLine(ran));
    }
    Drifts drifts = new Drifts(resource);
    ran.stdout()
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(line -> drifts.add("check", line, "no difference"));
    return drifts.list().isEmpty()
        ? drifts.add("check", "exit code 1", "exit code 0").list()
        : drifts.list();
  }

  @Override
  public void apply(List<Drift> differs) {
    if (script.apply().isEmpty()) {
      throw new HostException("it differs, and the step has no 'apply' that would change it");
    }
    Ran ran = transcript.add(run(script.apply().get()));
    if (!ran.well()) {
      throw new HostException("apply ended with exit code " + ran.exitCode() + lastLine(ran));
    }
  }

  private Ran run(String text) {
    return host.script(text, environment, script.workingFolder(), RunLimits.STATE_CHANGE);
  }

  static String lastLine(Ran ran) {
    String text = ran.stderr().isBlank() ? ran.stdout() : ran.stderr();
    return text.lines()
        .filter(line -> !line.isBlank())
        .reduce((first, second) -> second)
        .map(line -> ": " + line.strip())
        .orElse("");
  }
}
