package dev.holdfast.agent.step;

import dev.holdfast.agent.step.Work.Interpreter;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code aws:runPowerShellScript}: the same inputs as for the shell, run by {@code pwsh} where
 * there is one. It has {@code /} as its home folder (spec.md section 2.4) unless the step says
 * otherwise.
 */
final class PowerShell implements Plugin {
  private final Optional<Path> pwsh;

  /** With the program, if the host has it. */
  PowerShell(Optional<Path> pwsh) {
    this.pwsh = pwsh;
  }

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    if (pwsh.isEmpty()) {
      return new Work.Refused(
          "PluginNotAvailable: pwsh was not on the agent's PATH when it started; install PowerShell"
              + " on this host and restart the agent");
    }
    Map<String, String> variables = new TreeMap<>(environment);
    variables.put("HOME", "/");
    return new ShellScript(Interpreter.powerShell(pwsh.get())).work(step, inputs, variables);
  }
}
