package dev.holdfast.agent.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What steps come to. */
final class StepPlannerTest {
  private static final StepPlanner PLANNER =
      new StepPlanner(
          new HostFacts("mi-1", "here", "Linux", "Debian", "12", "/home/x", Path.of("/work")));

  @Test
  void aScriptGetsItsLinesItsEnvironmentItsFolderAndItsTimeout() {
    Work.Script script =
        scripts(
                "{\"runCommand\":[\"echo {{ p }}\",\"\",\"echo"
                    + " $SSM_e\"],\"timeoutSeconds\":\"90\",\"workingDirectory\":\"/var/tmp\",\"environment\":{\"A\":\"b"
                    + " c\",\"LANG\":\"C\"}}")
            .getFirst();

    assertEquals("echo given\n\necho $SSM_e\n", script.text());
    assertEquals(Duration.ofSeconds(90), script.timeout());
    assertEquals("/var/tmp", script.workingFolder());
    assertEquals("b c", script.environment().get("A"));
    assertEquals("C", script.environment().get("LANG"));
    assertEquals("/home/x", script.environment().get("HOME"));
    assertEquals("secret; rm", script.environment().get("SSM_e"));
    for (String prefix : List.of("AWS_SSM_", "HOLDFAST_")) {
      assertEquals("mi-1", script.environment().get(prefix + "INSTANCE_ID"));
      assertEquals("here", script.environment().get(prefix + "REGION_NAME"));
      assertEquals("Debian", script.environment().get(prefix + "PLATFORM_NAME"));
      assertEquals("12", script.environment().get(prefix + "PLATFORM_VERSION"));
    }
  }

  @Test
  void aFolderStaysAsItIsWrittenAndNoTimeoutIsAnHour() {
    Work.Script script = scripts("{\"runCommand\":[],\"workingDirectory\":\"a/b\"}").getFirst();

    assertEquals("a/b", script.workingFolder());
    assertEquals("", scripts("{\"runCommand\":[]}").getFirst().workingFolder());
    assertEquals(Duration.ofHours(1), script.timeout());
  }

  @Test
  void aListOfInputsIsSeveralScripts() {
    List<Work.Script> scripts =
        scripts("[{\"runCommand\":[\"a\"]},{\"runCommand\":[\"b\"],\"timeoutSeconds\":5}]");

    assertEquals(List.of("a\n", "b\n"), scripts.stream().map(Work.Script::text).toList());
    assertEquals(Duration.ofSeconds(5), scripts.get(1).timeout());
  }

  @Test
  void inputsOfAnotherFormAreRefused() {
    Document document = document("aws:runShellScript", "{\"runCommand\":[]}");
    for (String inputs :
        List.of(
            "{\"runCommand\":{\"a\":\"b\"}}",
            "{\"runCommand\":[1]}",
            "{\"runCommand\":[\"{{ n }}\"]}",
            "{\"runCommand\":[],\"environment\":{\"A\":5}}",
            "{\"runCommand\":[],\"environment\":{\"A=B\":\"c\"}}",
            "{\"runCommand\":[],\"environment\":[]}",
            "[]")) {
      // The reader refuses these forms where they are written; values can still lead to them.
      Step step =
          new Step(
              "a",
              "aws:runShellScript",
              DocumentReader.readJson(inputs.getBytes(StandardCharsets.UTF_8), new ArrayList<>())
                  .orElseThrow(),
              Optional.empty(),
              OptionalInt.empty(),
              OptionalInt.empty(),
              1,
              1);
      Work work = PLANNER.work(step, document, Map.of("n", new Value.Num(BigDecimal.ONE)));
      assertTrue(
          work instanceof Work.Refused(var reason) && reason.startsWith("InvalidInputs: "),
          inputs + " " + work);
    }
  }

  @Test
  void aScriptThatIsTooLongOnceItIsFilledInIsRefused() {
    String line = "{{ p }}".repeat(2_000);
    Work work =
        PLANNER.work(
            document("aws:runShellScript", "{\"runCommand\":[\"" + line + "\"]}")
                .steps()
                .getFirst(),
            document("aws:runShellScript", "{\"runCommand\":[\"" + line + "\"]}"),
            Map.of("p", new Value.Text("x".repeat(100))));

    assertTrue(
        work instanceof Work.Refused(var reason) && reason.contains("131072"), work::toString);
  }

  @Test
  void inventoryGathersWhatIsEnabled() {
    Work.Inside inside =
        assertInstanceOf(
            Work.Inside.class,
            work(
                "aws:softwareInventory",
                "{\"applications\":\"Enabled\",\"services\":\"Disabled\",\"networkConfig\":\"Enabled\","
                    + "\"windowsUpdates\":\"Enabled\",\"files\":\"\"}"));

    assertEquals(
        new Task.Gather(
            Gathering.of(
                Set.of(
                    "AWS:InstanceInformation",
                    "AWS:Application",
                    "AWS:Network",
                    "AWS:WindowsUpdate"))),
        inside.task());
    assertEquals("", inside.note());
  }

  @Test
  void aPluginThatIsKnownAndNotThereIsRefused() {
    assertTrue(
        work("aws:configurePackage", "{\"name\":\"x\",\"action\":\"Install\"}")
                instanceof Work.Refused(var reason)
            && reason.startsWith("PluginNotAvailable: aws:configurePackage"));
  }

  @Test
  void storedParametersThatNobodyFilledInAreFoundAlsoInValues() {
    Document document =
        document("aws:runShellScript", "{\"runCommand\":[\"{{ssm:/a/b:3}} {{ p }} {{ e }}\"]}");

    assertEquals(
        Set.of("/a/b:3", "c", "d"),
        PLANNER.unresolved(
            document.steps().getFirst(),
            document,
            Map.of("p", new Value.Text("{{ssm:c}}"), "e", new Value.Text("x{{ ssm:d }}"))));
  }

  private static List<Work.Script> scripts(String inputs) {
    return assertInstanceOf(Work.Scripts.class, work("aws:runShellScript", inputs)).scripts();
  }

  private static Work work(String action, String inputs) {
    Document document = document(action, inputs);
    Map<String, Value> values =
        ParameterRules.check(document, Map.of("p", new Value.Text("given"))).values();
    return PLANNER.work(document.steps().getFirst(), document, values);
  }

  private static Document document(String action, String inputs) {
    String text =
        "{\"schemaVersion\":\"2.2\",\"parameters\":{\"p\":{\"type\":\"String\",\"default\":\"d\"},"
            + "\"n\":{\"type\":\"Integer\",\"default\":3},\"e\":{\"type\":\"String\",\"default\":\"secret;"
            + " rm\",\"interpolationType\":\"ENV_VAR\"}},\"mainSteps\":[{\"action\":\""
            + action
            + "\",\"name\":\"a\",\"inputs\":"
            + inputs
            + "}]}";
    DocumentReading reading = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
    return reading
        .document()
        .orElseThrow(() -> new AssertionError(inputs + " " + reading.errors()));
  }
}
