package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.document.Value;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script of a document finds around it. Cases D05 and D14, with real shells. */
final class ScriptEnvironmentTest {
  private static final String POWER_SHELL =
      "{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"action\":\"aws:runPowerShellScript\",\"name\":\"s\",\"inputs\":{\"runCommand\":[\"Write-Output"
          + " 'hi'\"]}}]}";

  /** What shells, and people's eyes trip over. */
  private static final List<String> PAYLOADS =
      List.of(
          "; touch X",
          "& touch X &",
          "| touch X",
          "&& touch X",
          "|| touch X",
          "$(touch X)",
          "`touch X`",
          "${IFS}touch${IFS}X",
          "$((1+1))",
          "$HOME",
          "${PATH}",
          "$$",
          "$$$$",
          "$1",
          "$@",
          "!!",
          "!touch",
          "'",
          "''",
          "'; touch X; '",
          "\"",
          "\"; touch X; \"",
          "\"$(touch X)\"",
          "\\",
          "\\\\",
          "\\n",
          "a\nb",
          "\ntouch X\n",
          "a\tb",
          "-rf /",
          "--help",
          "~root",
          "*",
          "/etc/pass??",
          "[a-z]*",
          "{a,b}",
          ">X",
          "<X",
          "#x",
          "{{ secret }}",
          "{{secret}}{{ p1 }}",
          "%s%n",
          "\u202eabc",
          "é漢字😀");

  @TempDir private Path folder;

  @Test
  void inAVariableEveryPayloadIsLiteral() throws Exception {
    List<String> first = new ArrayList<>(PAYLOADS.subList(0, 22));
    List<String> rest = new ArrayList<>(PAYLOADS.subList(22, PAYLOADS.size()));
    for (List<String> payloads : List.of(first, rest)) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < payloads.size(); i++) {
        lines
            .append(i == 0 ? "" : ",")
            .append("\"printf '%s\\\\0' \\\"$SSM_p")
            .append(i)
            .append("\\\"\"");
      }
      check(payloads, "\"interpolationType\":\"ENV_VAR\",", lines + ",\"ls\"", "");
    }
    System.out.println("D05 variables payloads=" + PAYLOADS.size() + " executed=0");
  }

  @Test
  void inTextEveryPayloadIsPutInOnceAndNothingInItIsExpandedAgain() throws Exception {
    List<String> first = new ArrayList<>(PAYLOADS.subList(0, 22));
    List<String> rest = new ArrayList<>(PAYLOADS.subList(22, PAYLOADS.size()));
    for (List<String> payloads : List.of(first, rest)) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < payloads.size(); i++) {
        lines
            .append(i == 0 ? "" : ",")
            .append("\"cat <<'END-OF-IT'\",\"{{ p")
            .append(i)
            .append(" }}\",\"END-OF-IT\",\"printf '\\\\0'\"");
      }
      check(payloads, "", lines + ",\"ls\"", "\n");
    }
    System.out.println("D05 text payloads=" + PAYLOADS.size() + " expanded-again=0");
  }

  private void check(List<String> payloads, String how, String lines, String after)
      throws Exception {
    StringBuilder parameters =
        new StringBuilder("\"secret\":{\"type\":\"String\",\"default\":\"S3CRET\"}");
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < payloads.size(); i++) {
      parameters.append(",\"p").append(i).append("\":{").append(how).append("\"type\":\"String\"}");
      values.put("p" + i, new Value.Text(payloads.get(i)));
    }
    Path work = Files.createTempDirectory(folder, "work");
    StepResult step =
        run(
            "{\"schemaVersion\":\"2.2\",\"parameters\":{"
                + parameters
                + "},\"mainSteps\":[{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"workingDirectory\":\""
                + work
                + "\",\"runCommand\":["
                + lines
                + "]}}]}",
            values,
            ThisHost.facts("", ""));

    assertEquals(RunStatus.SUCCESS, step.status(), text(step.stderr()) + step.reason());
    String expected = String.join(after + "\0", payloads) + after + "\0";
    assertEquals(expected, text(step.stdout()), "and ls shows that no file came of it");
  }

  @Test
  void aScriptFindsTheDocumentedVariablesThreeDescriptorsAndNoInput() throws Exception {
    String script =
        """
        tr '\\0' '\\n' </proc/$$/environ | cut -d= -f1 | sort | tr '\\n' ' '; echo
        ls -m /proc/$$/fd
        umask; wc -c; ulimit -c; ulimit -S -n; readlink /proc/$$/fd/0; cat /proc/self/oom_score_adj
        """;
    StepResult step =
        run(
            "{\"schemaVersion\":\"2.2\",\"parameters\":{\"e\":{\"type\":\"String\",\"interpolationType\":\"ENV_VAR\",\"default\":\"v\"}},\"mainSteps\":[{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"environment\":{\"OWN\":\"1\"},\"runCommand\":["
                + json(script)
                + "]}}]}",
            Map.of(),
            ThisHost.facts("mi-1", "here"));

    String[] lines = text(step.stdout()).split("\n", -1);
    TreeSet<String> variables = new TreeSet<>(List.of(lines[0].strip().split(" ", -1)));
    // What a shell adds of itself.
    variables.removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
    assertEquals(
        new TreeSet<>(
            List.of(
                "PATH",
                "LANG",
                "HOME",
                "OWN",
                "SSM_e",
                "AWS_SSM_INSTANCE_ID",
                "AWS_SSM_REGION_NAME",
                "AWS_SSM_PLATFORM_NAME",
                "AWS_SSM_PLATFORM_VERSION",
                "HOLDFAST_INSTANCE_ID",
                "HOLDFAST_REGION_NAME",
                "HOLDFAST_PLATFORM_NAME",
                "HOLDFAST_PLATFORM_VERSION",
                "HOLDFAST_RUN_ID",
                "HOLDFAST_ASSOCIATION_ID",
                "HOLDFAST_TRIGGER",
                "HOLDFAST_ATTEMPT",
                "HOLDFAST_TREE")),
        variables);
    assertEquals("0, 1, 10, 2", lines[1], "by the one above 9 the shell reads its script");
    assertEquals("0077", lines[2]);
    assertEquals("0", lines[3], "no input");
    assertEquals("0", lines[4], "no core");
    assertEquals(Integer.toString(RunLimits.SCRIPT_OPEN_FILES), lines[5]);
    assertEquals("/dev/null", lines[6]);
    assertEquals("0", lines[7]);
    System.out.println("D14 variables=" + variables.size() + " descriptors=" + lines[1].strip());
  }

  @Test
  void scriptsThatAskForNoFolderShareOneOfTheirRunWhereTheHostSaysSo() throws Exception {
    Path output = folder.resolve("output");
    List<StepResult> steps =
        new LocalRun(ThisHost.facts("", "").in(Path.of("work")), new NoInventory())
            .run(
                ("{\"schemaVersion\":\"2.2\",\"mainSteps\":["
                        + shell("a", "pwd; echo x >file; stat -c %a . file")
                        + ","
                        + shell("b", "cat file")
                        + "]}")
                    .getBytes(StandardCharsets.UTF_8),
                Map.of(),
                false,
                Optional.of(output),
                Optional.empty())
            .report()
            .steps();

    String[] lines = text(steps.getFirst().stdout()).split("\n", -1);
    assertTrue(lines[0].startsWith(output + "/runs/") && lines[0].endsWith("/work"), lines[0]);
    assertEquals("700", lines[1]);
    assertEquals("600", lines[2]);
    assertEquals("x\n", text(steps.get(1).stdout()));
  }

  @Test
  void powerShellGetsItsFileItsHomeAndItsArgumentsAndItsCodeCounts() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path fake =
        Files.createFile(
            bin.resolve("pwsh"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        fake,
        "#!/bin/sh\nfor a in \"$@\"; do file=$a; printf '%s\\n' \"${a##*/}\"; done; echo"
            + " \"$HOME ${TERM-none}\"; cat \"$file\"; exit 9\n");

    StepResult step = run(POWER_SHELL, Map.of(), with(ThisHost.program("pwsh", "relative:" + bin)));

    assertEquals(
        "-NoLogo\n-NonInteractive\n-File\n_script.ps1\n/ none\nWrite-Output 'hi'\n",
        text(step.stdout()));
    assertEquals(RunStatus.FAILED, step.status());
    assertEquals(9, step.exitCode());
  }

  @Test
  void withoutPowerShellTheStepFailsAndSaysWhy() throws Exception {
    StepResult step = run(POWER_SHELL, Map.of(), with(Optional.empty()));

    assertEquals(RunStatus.FAILED, step.status());
    assertTrue(step.reason().startsWith("PluginNotAvailable: pwsh "), step.reason());
    assertEquals(Optional.empty(), ThisHost.program("pwsh", "no:/no/such/folder:" + folder));
  }

  @Test
  void theRealPowerShellRunsIt() throws Exception {
    Optional<Path> pwsh = ThisHost.facts("", "").powerShell();
    Assumptions.assumeTrue(pwsh.isPresent(), "skipped: pwsh is not installed here");

    assertEquals("hi\n", text(run(POWER_SHELL, Map.of(), with(pwsh)).stdout()));
  }

  @Test
  void aStepThatRunsAsAUserThatIsNotThereFailsAndSaysWhy() throws Exception {
    StepResult step =
        run(
            "{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"runAs\":\"no-such-user-here\",\"runCommand\":[\"true\"]}}]}",
            Map.of(),
            ThisHost.facts("", ""));

    assertEquals(RunStatus.FAILED, step.status());
    assertTrue(
        step.reason().startsWith("NotStarted: runAs names the user 'no-such-user-here', and"),
        step.reason());
  }

  private static String json(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private static String shell(String name, String line) {
    return "{\"action\":\"aws:runShellScript\",\"name\":\""
        + name
        + "\",\"inputs\":{\"runCommand\":[\""
        + line
        + "\"]}}";
  }

  private static HostFacts with(Optional<Path> pwsh) {
    return new HostFacts("", "", "Linux", "Test", "1", "/root", Path.of("/"), pwsh);
  }

  private static StepResult run(String document, Map<String, Value> values, HostFacts facts)
      throws IOException {
    return new LocalRun(facts, new NoInventory())
        .run(
            document.getBytes(StandardCharsets.UTF_8),
            values,
            false,
            Optional.empty(),
            Optional.empty())
        .report()
        .steps()
        .getFirst();
  }

  private static String text(Output output) {
    return output.head().concat(output.tail()).toStringUtf8();
  }
}
