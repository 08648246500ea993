package dev.holdfast.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No page names a command, an option, a call, a field or a metric that there isn't. What this reads
 * is only whether it would begin; {@link #RUN_BY} says what runs it.
 */
final class CommandsOfPagesTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));

  /** What runs the commands of a page, or all of its calls, in the order of the page. */
  private static final Map<String, String> RUN_BY =
      new TreeMap<>(
          Map.of(
              "README.md", "packaging/src/test/java/dev/holdfast/system/ReadmeTest.java",
              "docs/admin-api.md",
                  "coordinator/src/test/java/dev/holdfast/coordinator/AdminApiTest.java",
              "docs/associations.md",
                  "coordinator/src/test/java/dev/holdfast/coordinator/AssociationsPageTest.java",
              "docs/compliance.md",
                  "coordinator/src/test/java/dev/holdfast/coordinator/CompliancePageTest.java",
              "docs/enrolling.md", "packaging/src/test/java/dev/holdfast/system/EnrollingTest.java",
              "docs/install.md", "packaging/install/inside",
              "docs/monitoring.md", "packaging/src/test/java/dev/holdfast/system/MetricsTest.java",
              "docs/troubleshooting.md",
                  "packaging/src/test/java/dev/holdfast/system/TroubleshootingTest.java"));

  /** Pages whose commands are read and not run as they stand, and why. */
  private static final Map<String, String> READ_ONLY =
      new TreeMap<>(
          Map.of(
              "docs/inventory.md", "what they print is of the host that they run on",
              "docs/migration.md", "they need an account at AWS",
              "docs/operations.md", "CompletionTest runs what they print"));

  @Test
  void noPageNamesWhatThereIsNot() {
    PageCheck check = new PageCheck();
    List<String> problems = new ArrayList<>();
    int commands = 0;

    for (Page page : Page.all()) {
      problems.addAll(check.problems(page));
      commands += PageCheck.commands(page).size();
    }

    assertEquals(List.of(), problems);
    assertTrue(commands > 100, "the pages were not understood: " + commands);
  }

  @Test
  void alertsNameCallsThatThereAre() throws IOException {
    String rules = Files.readString(ROOT.resolve("packaging/alerts/holdfast.rules.yaml"));
    assertTrue(rules.contains("DescribeInstanceInformation"), rules);
    assertEquals(List.of(), new PageCheck().noCalls(rules));
  }

  @Test
  void eachPageWithCommandsIsRunBySomethingOrSaysWhyNot() throws IOException {
    List<String> wrong = new ArrayList<>();
    List<String> withCommands =
        Page.all().stream()
            .filter(
                page ->
                    PageCheck.commands(page).stream()
                        .anyMatch(
                            words ->
                                words.getFirst().equals("call")
                                    || Programs.known(words.getFirst())))
            .map(Page::name)
            .toList();
    for (Map.Entry<String, String> run : RUN_BY.entrySet()) {
      String name = run.getKey().substring(run.getKey().lastIndexOf('/') + 1);
      if (!Files.readString(ROOT.resolve(run.getValue())).contains(name)) {
        wrong.add(run.getValue() + " does not name " + name);
      }
    }

    assertEquals(List.of(), wrong);
    assertEquals(
        Stream.concat(RUN_BY.keySet().stream(), READ_ONLY.keySet().stream()).sorted().toList(),
        withCommands.stream().sorted().toList());
  }

  @Test
  void whatThereIsNotIsFound() {
    assertEquals(
        List.of(
            "p.md:4: holdfast-agent enroll --coordinator x:1 --activation-id i"
                + " --activation-code-file c --pin p: Unknown options: '--pin', 'p'",
            "p.md:4: holdfast get nothing: Unmatched argument at index 1: 'nothing'",
            "p.md:4: there is no call AssociationService/DescribeAll",
            "p.md:4: AssociationService/GetFreeze: Cannot find field: why in message"
                + " holdfast.v1.GetFreezeRequest",
            "p.md:4: there is no metric holdfast_nothing_total",
            "p.md:13: holdfast-coordinator check more: Unmatched argument at index 1: 'more'",
            "p.md:1: there is no call DescribeInstances",
            "p.md:1: holdfast-coordinator ca rotate --retired: holdfast-coordinator ca rotate has"
                + " no option --retired",
            "p.md:1: holdfast-agent state: holdfast-agent has no command state",
            "p.md:1: there is no file packaging/nothing"),
        new PageCheck()
            .problems(
                Page.read(
                    "p.md",
                    """
                    `DescribeInstances`, `holdfast-coordinator ca rotate --retired`, `holdfast-agent state`, `packaging/nothing`

                    ```sh
                    # holdfast-agent nothing: only a comment
                    id=$(holdfast-agent enroll --coordinator x:1 --activation-id "i" \\
                      --activation-code-file c --pin 'p' | head -n 1) # and more
                    holdfast get nothing > file && call AssociationService/DescribeAll '{}'
                    call AssociationService/GetFreeze '{"why": 1}'
                    curl -s localhost:7442/metrics | grep holdfast_nothing_total
                    ```

                    ```console
                    # holdfast-agent status
                    holdfast-agent nothing: is printed
                    # runuser -u holdfast -- holdfast-coordinator check more
                    ```
                    """
                        .lines()
                        .toList())));
  }

  @Test
  void commandsAreTakenApartAsAShellDoes() {
    assertEquals(
        List.of(
            List.of("cat", "a file"),
            List.of("one", "--x=$(cat \"a file\")", "two words", "it's"),
            List.of("jq", "-r", ".a"),
            List.of("three", "a#b"),
            List.of("holdfast", "completion"),
            List.of(".", "<(holdfast completion)")),
        ShellText.commands(
            """
            A=1 B="two" one --x="$(cat "a file")" 'two words' "it's" 2> /dev/null | jq -r .a
            export C=3; three \\
              a#b >> out # comment
            . <(holdfast completion)
            """));
  }
}
