package dev.holdfast.document;

import static dev.holdfast.document.Texts.errors;
import static dev.holdfast.document.Texts.parameter;
import static dev.holdfast.document.Texts.q;
import static dev.holdfast.document.Texts.read;
import static dev.holdfast.document.Texts.step;
import static dev.holdfast.document.Texts.steps;
import static dev.holdfast.document.Texts.warnings;
import static dev.holdfast.document.Texts.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReading.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of documents, what is refused and where that is said to be. */
final class DocumentReaderTest {
  private static final String SCRIPT = step("{\"runCommand\":[\"true\"]}");

  @ParameterizedTest(name = "{0} is read")
  @CsvSource({
    "'\"1.0\"'",
    "'\"1.2\"'",
    "'\"2.0\"'",
    "'\"2.0.1\"'",
    "'\"2.0.2\"'",
    "'\"2.0.3\"'",
    "'\"2.2\"'",
    "2.2",
    "2.0",
    "1.2",
    "1.0"
  })
  void theSchemasOfCommandDocumentsAreReadQuotedOrNot(String version) {
    String old = "'runtimeConfig':{'aws:runShellScript':{'properties':{'runCommand':['true']}}}";
    boolean first = version.replace("\"", "").startsWith("1.");
    String json =
        "{\"schemaVersion\":"
            + version
            + ","
            + (first ? q(old) : "\"mainSteps\":[" + SCRIPT + "]")
            + "}";
    String yaml = json.replace("{\"schemaVersion\"", "# YAML\n{\"schemaVersion\"");

    assertEquals(List.of(), errors(json));
    assertEquals(List.of(), errors(yaml));
    assertEquals(version.replace("\"", ""), read(json).schemaVersion());
    assertEquals(Format.YAML, read(yaml).format());
  }

  @ParameterizedTest(name = "{0} is refused")
  @ValueSource(
      strings = {
        "\"1.1\"",
        "\"2.1\"",
        "\"2\"",
        "2",
        "\"2.20\"",
        "2.20",
        "\"2.3\"",
        "\"0.3\"",
        "\"\"",
        "null",
        "[]",
        "\"2.2 \""
      })
  void noOtherSchemaIsRead(String version) {
    List<String> errors =
        errors("{\"schemaVersion\":" + version + ",\"mainSteps\":[" + SCRIPT + "]}");

    assertTrue(errors.getFirst().startsWith("1:18 schemaVersion is '"), errors::toString);
    assertTrue(
        errors.getFirst().endsWith("allowed are 1.0, 1.2, 2.0, 2.0.1, 2.0.2, 2.0.3, 2.2"),
        errors::toString);
  }

  @Test
  void everythingWrongIsToldAtOnceInTheOrderOfTheText() {
    assertEquals(
        List.of(
            "1:16 schemaVersion is '9'; allowed are 1.0, 1.2, 2.0, 2.0.1, 2.0.2, 2.0.3, 2.2",
            "3:3 the parameter name 'a-b'; allowed are a letter, then at most 63 letters, digits"
                + " and underscores",
            "4:11 the type 'Text'; allowed are String, StringList, Integer, Boolean, StringMap,"
                + " MapList",
            "6:3 a step without an action; it names the plugin, like aws:runShellScript",
            "10:14 {{ nam }} names no parameter of the document; it has a-b",
            "11:10 {{ c }} names no parameter of the document; it has a-b"),
        errors(
            """
            schemaVersion: '9'
            parameters:
              a-b:
                type: Text
            mainSteps:
            - name: one
            - action: aws:runShellScript
              name: two
              inputs: {runCommand: [
                 "echo   {{ nam }}",
                 'x  {{ c }}']}
            """));
  }

  @Test
  void twoTokensOfOneNameHaveTheirOwnPlaces() {
    assertEquals(
        List.of(
            "4:10 {{ x }} names no parameter of the document; it has none",
            "5:3 {{ x }} names no parameter of the document; it has none",
            "5:13 {{ x }} names no parameter of the document; it has none"),
        errors(
            """
            schemaVersion: '2.2'
            mainSteps:
            - {action: aws:runShellScript, name: a, inputs: {runCommand: [
               "echo {{ x }}
              {{ x }} - {{ x }}"]}}
            """));
  }

  @Test
  void schema12HasItsStepsInRuntimeConfig() {
    Document document =
        Texts.document(
            q(
                "{'schemaVersion':'1.2','runtimeConfig':{'aws:runShellScript':{'settings':{'a':1},"
                    + "'description':'d','properties':[{'id':'0','runCommand':['a']},"
                    + "{'id':'1','runCommand':['b']}]},"
                    + "'aws:psModule':{'properties':{'source':'https://x'},"
                    + "'precondition':{'StringEquals':['platformType','Linux']}}}}"));

    Step first = document.steps().get(0);
    Step second = document.steps().get(1);
    assertEquals("aws:runShellScript", first.name());
    assertEquals(2, ((Value.Items) first.inputs()).items().size());
    assertEquals("aws:psModule", second.name());
    assertEquals(
        new StepFlow.Verdict.Fail("preconditions need schema version 2.2; this is 1.2"),
        StepFlow.judge(
            "1.2", second, true, StepFlow.Modifiers.NONE, List.of(), Map.of(), "Windows"));
  }

  @Test
  void theStepsHaveToBeWhereTheSchemaHasThem() {
    String config = q("'runtimeConfig':{'aws:runShellScript':{'properties':{'runCommand':[]}}}");
    String main = "\"mainSteps\":[" + SCRIPT + "]";

    assertEquals(
        List.of(
            "1:1 runtimeConfig is missing; a document of schema version 1.2 has its steps there"),
        errors("{\"schemaVersion\":\"1.2\"," + main + "}"));
    assertEquals(
        List.of("1:1 mainSteps is missing; a document of schema version 2.2 has its steps there"),
        errors("{\"schemaVersion\":\"2.2\"," + config + "}"));
    assertEquals(
        List.of("1:24 runtimeConfig has no effect in a document of schema version 2.2"),
        warnings("{\"schemaVersion\":\"2.2\"," + config + "," + main + "}"));
    assertEquals(
        List.of("1:24 mainSteps has no step; at least one is needed"),
        errors("{\"schemaVersion\":\"2.2\",\"mainSteps\":[]}"));
    assertEquals(
        List.of("1:24 runtimeConfig has no plugin; at least one is needed"),
        errors("{\"schemaVersion\":\"1.2\",\"runtimeConfig\":{}}"));
    assertEquals(
        List.of("1:36 mainSteps is a list of steps; this is a map"),
        errors("{\"schemaVersion\":\"2.2\",\"mainSteps\":{}}"));
  }

  @Test
  void whatTheFormatDoesNotKnowIsAWarning() {
    assertEquals(
        List.of(
            "1:24 the key 'outputs' is not known in a document and has no effect",
            "1:56 the key 'x' is not known in the parameter 'p' and has no effect",
            "1:95 the key 'colour' is not known in a step and has no effect",
            "1:108 the key 'isEnd' belongs to steps of Automation documents and has no effect here",
            "1:121 the key 'onFailure' belongs to steps of Automation documents and has no effect"
                + " here; onFailure in 'inputs' has",
            "1:191 the input 'extra' is not known by aws:runShellScript"),
        warnings(
            q(
                "{'schemaVersion':'2.2','outputs':[],"
                    + "'parameters':{'p':{'x':1,'type':'Integer'}},'mainSteps':[{'colour':'r',"
                    + "'isEnd':true,'onFailure':'exit','action':'aws:runShellScript',"
                    + "'name':'a','inputs':{'extra':1,'runCommand':[]}}]}")));
  }

  @Test
  void aKeyThatDiffersByItsCaseIsTakenForTheKnownOne() {
    DocumentReading reading =
        read(
            q(
                "{'SchemaVersion':'1.2','runtimeConfig':{'aws:runShellScript':"
                    + "{'Properties':{'runCommand':['a']}}}}"));

    assertEquals(Texts.value("{\"runCommand\":[\"a\"]}"), first(reading).inputs());
    assertEquals(
        List.of(
            "the key 'SchemaVersion' is taken for 'schemaVersion'",
            "the key 'Properties' is taken for 'properties'"),
        reading.warnings().stream().map(Problem::message).toList());
  }

  @Test
  void aStepWithoutANameGetsOneThatNoOtherHas() {
    DocumentReading reading =
        read(
            steps(
                q("{'action':'aws:runShellScript','inputs':{'runCommand':[]}}"),
                q("{'action':'aws:runShellScript','name':'','inputs':{'runCommand':[]}}"),
                q("{'action':'aws:runShellScript','name':'step1','inputs':{'runCommand':[]}}")));

    assertEquals(
        List.of("step1_", "step2", "step1"),
        reading.document().orElseThrow().steps().stream().map(Step::name).toList());
    assertEquals(
        "a step without a name; it is called step1_", reading.warnings().getFirst().message());
  }

  @Test
  void secondStepsOfANameAndUnknownActionsAreWarnings() {
    assertEquals(
        List.of(
            "1:189 a second step called 'only'",
            "1:199 the action 'aws:runShelScript' is not known; is 'aws:runShellScript' meant?; the"
                + " step will fail"),
        warnings(
            q(
                "{'schemaVersion':'2.2','mainSteps':["
                    + "{'action':'aws:runPowerShellScript','name':'other','inputs':{'runCommand':[]}},"
                    + "{'action':'aws:runShellScript','name':'only','inputs':{'runCommand':[]}},"
                    + "{'action':'aws:runShelScript','name':'only','inputs':{'runCommand':[]}}]}")));
    assertTrue(
        errors(steps(q("{'action':'state:nothing','name':'a'}")))
            .getFirst()
            .contains("the action 'state:nothing' is not known"));
  }

  @Test
  void timeoutsAndAttemptsOfStepsAreReadInEveryForm() {
    for (String form : List.of("90", "\"90\"", "90.0", "\"90.5\"", "9e1")) {
      Step step = first(read(stepWith("\"timeoutSeconds\":" + form)));
      assertEquals(OptionalInt.of(90), step.timeoutSeconds(), form);
    }
    for (String form :
        List.of("4", "172801", "\"soon\"", "true", "null", "\"{{ t }}\"", "-90", "\"90s\"")) {
      DocumentReading reading = read(stepWith("\"timeoutSeconds\":" + form));
      assertEquals(OptionalInt.empty(), first(reading).timeoutSeconds(), form);
      assertTrue(
          reading.warnings().getFirst().message().startsWith("timeoutSeconds is not a number"),
          form);
    }
    for (String form : List.of("3", "\"3\"")) {
      assertEquals(
          OptionalInt.of(3), first(read(stepWith("\"maxAttempts\":" + form))).maxAttempts(), form);
    }
    for (String form : List.of("0", "11", "-1", "2.5", "\"many\"", "99999999999")) {
      DocumentReading reading = read(stepWith("\"maxAttempts\":" + form));
      assertEquals(OptionalInt.empty(), first(reading).maxAttempts(), form);
      assertEquals(
          "maxAttempts is not a number from 1 to 10 and has no effect",
          reading.warnings().getFirst().message(),
          form);
    }
  }

  @Test
  void namesOfStepsAndParametersAreHeldToTheirPattern() {
    List<String> hostile =
        List.of(
            "../x",
            "a/../../x",
            "..\\\\x",
            ".",
            "..",
            "a\\u0000b",
            "%2e%2e%2fx",
            "/etc/passwd",
            "C:\\\\x",
            "\\u2024\\u2024/x",
            "\\uff0e\\uff0e",
            "a b",
            "a\\nb",
            "{{ p }}",
            "$(x)",
            "x".repeat(300),
            "x".repeat(65),
            "é");

    for (String name : hostile) {
      List<String> step =
          errors(
              steps(
                  "{\"action\":\"aws:runShellScript\",\"name\":\""
                      + name
                      + "\",\"inputs\":{\"runCommand\":[]}}"));
      assertTrue(
          step.stream().anyMatch(e -> e.contains("the step name") || e.contains("U+0000")),
          name + step);
      List<String> parameter = errors(with("{\"" + name + "\":{\"type\":\"String\"}}", SCRIPT));
      assertTrue(
          parameter.stream()
              .anyMatch(e -> e.contains("the parameter name") || e.contains("U+0000")),
          name + parameter);
      assertFalse(
          read(steps("{\"action\":\"" + name + "\",\"name\":\"a\"}")).document().stream()
              .anyMatch(document -> Plugins.known().contains(document.steps().get(0).action())),
          "no plugin has the name " + name);
    }
    for (String name : List.of("a", "A-1_b", "0", "x".repeat(64), "-")) {
      assertEquals(
          List.of(),
          errors(
              steps(
                  "{\"action\":\"aws:runShellScript\",\"name\":\""
                      + name
                      + "\",\"inputs\":{\"runCommand\":[]}}")));
    }
    for (String name : List.of("a", "Z9", "a_b", "x".repeat(64))) {
      assertEquals(List.of(), errors(with("{\"" + name + "\":{\"type\":\"String\"}}", SCRIPT)));
    }
    for (String name : List.of("_a", "9a", "a.b", "")) {
      assertEquals(
          1, errors(with("{\"" + name + "\":{\"type\":\"String\"}}", SCRIPT)).size(), name);
    }
  }

  @Test
  void preconditionsThatNobodyCanJudgeAreToldWhenTheyAreWritten() {
    Map<String, String> refused =
        Map.of(
            "'Linux'", "a precondition is a map of an operator to its arguments; this is text",
            "{'StringEquals':'x'}", "the arguments of a precondition are a list; this is text");
    refused.forEach(
        (precondition, message) ->
            assertTrue(
                errors(stepWith("\"precondition\":" + q(precondition)))
                    .getFirst()
                    .endsWith(message)));
    for (String precondition :
        List.of(
            "{'stringEquals':['platformType','Linux']}",
            "{'StringNotEquals':['platformType','Linux']}",
            "{'StringEquals':['platformType']}",
            "{'StringEquals':[]}",
            "{'StringEquals':['a','b']}",
            "{'StringEquals':['{{ t }}','{{ t }}']}",
            "{'StringEquals':['platformType','{{ t }}']}",
            "{'StringEquals':['{{ssm:x}}','a']}")) {
      List<String> warnings = warnings(stepWith("\"precondition\":" + q(precondition)));
      assertTrue(
          warnings.stream().anyMatch(w -> w.endsWith("; the step will fail")),
          precondition + warnings);
    }
    for (String precondition :
        List.of(
            "null",
            "{}",
            "{'StringEquals':['platformType','Linux']}",
            "{'StringEquals':['a','platformType']}",
            "{'StringEquals':['{{ t }}','a']}")) {
      assertEquals(List.of(), warnings(stepWith("\"precondition\":" + q(precondition))));
    }
    assertTrue(
        warnings(
                q(
                    "{'schemaVersion':'2.0','mainSteps':[{'action':'aws:runShellScript',"
                        + "'name':'a','precondition':{'StringEquals':['platformType','Linux']},"
                        + "'inputs':{'runCommand':[]}}]}"))
            .getFirst()
            .endsWith("preconditions need schema version 2.2; in this one the step will fail"));
  }

  @Test
  void secretsMayStandOnlyWhereTheyAreHandedOverSafely() {
    String secret = "{{ ssm-secure:name }}";
    String download =
        "{\"action\":\"aws:downloadContent\",\"name\":\"d\",\"inputs\":{\"sourceType\":\"HTTP\","
            + "\"sourceInfo\":{\"url\":\"https://x\",\"password\":\""
            + secret
            + "\"}}}";
    String ofInfo =
        "{\"action\":\"aws:downloadContent\",\"name\":\"d\",\"inputs\":{\"sourceType\":\"HTTP\","
            + "\"sourceInfo\":\"{{ p }}\"}}";
    String env =
        "{\"p\":{\"type\":\"String\",\"interpolationType\":\"ENV_VAR\",\"default\":\""
            + secret
            + "\"}}";
    String plain = "{\"p\":{\"type\":\"String\",\"default\":\"" + secret + "\"}}";
    String pasted = step("{\"runCommand\":[\"echo {{ p }}\"]}");

    assertEquals(List.of(), errors(steps(download)));
    assertEquals(List.of(), errors(with(env, pasted)));
    assertEquals(List.of(), errors(with(plain, ofInfo)));
    assertEquals(1, errors(with(plain, pasted)).size());
    assertEquals(1, errors(with(plain, ofInfo, pasted)).size());
    assertEquals(1, errors(with(plain, SCRIPT)).size(), "nothing uses it, and something may");
    assertEquals(
        1,
        errors(steps(step("{\"runCommand\":[],\"workingDirectory\":\"" + secret + "\"}"))).size());
    assertTrue(
        warnings(steps(step("{\"runCommand\":[\"echo '" + secret + "'\"]}")))
            .getFirst()
            .contains("is not filled in here and stays as it is"));
  }

  @Test
  void prefixesOfOthersAreNoNamesOfParameters() {
    assertEquals(
        List.of(),
        warnings(
            steps(
                step(
                    "{\"runCommand\":[\"{{ssm:/a/b:1}} {{ global:DATE }}"
                        + " {{automation:EXECUTION_ID}} {{.State}} {{ other:x }} {{}} {{ a b"
                        + " }}\"]}"))));
  }

  @Test
  void aStringPastedIntoAScriptIsAWarningUnlessItsValuesAreBounded() {
    Map<String, Integer> warned =
        Map.of(
            "'type':'String'", 1,
            "'type':'String','allowedPattern':''", 1,
            "'type':'String','allowedPattern':'^a$'", 0,
            "'type':'String','allowedValues':['a']", 0,
            "'type':'String','interpolationType':'ENV_VAR'", 0,
            "'type':'StringList'", 0,
            "'type':'Integer'", 0,
            "'type':'Boolean'", 0);
    warned.forEach(
        (definition, count) -> {
          String parameters = q("{'p':{" + definition + "}}");
          List<String> warnings =
              warnings(with(parameters, step("{\"runCommand\":[\"echo {{ p }}\"]}")));
          assertEquals(count, warnings.size(), definition);
          assertTrue(warnings.stream().allMatch(w -> w.contains("pasted into a script")));
        });
    assertEquals(
        1,
        warnings(
                q(
                    "{'schemaVersion':'1.2','parameters':{'p':{'type':'String'}},'runtimeConfig':{'aws:runPowerShellScript':{'properties':[{'runCommand':['{{"
                        + " p }}']}]}}}"))
            .size(),
        "in schema 1.2 too");
  }

  @Test
  void whatBeginsWithABraceAndIsNoJsonIsReadAsYamlWithAWarning() {
    String text = "{schemaVersion: '2.2', mainSteps: [" + SCRIPT + ",]}";

    assertEquals(
        List.of("1:2 not JSON: a key in double quotes is expected; it is read as YAML instead"),
        warnings(text));
    assertEquals(Format.YAML, read(text).format());
    DocumentReading asJson =
        DocumentReader.read(text.getBytes(StandardCharsets.UTF_8), Format.JSON);
    assertEquals(Optional.empty(), asJson.document());
  }

  @Test
  void definitionsOfParametersAreHeldToTheirFormat() {
    Map<String, String> refused =
        Map.ofEntries(
            Map.entry("{}", "the parameter 'p' has no type; allowed are String, StringList"),
            Map.entry("'String'", "the parameter 'p' is a map; this is text"),
            Map.entry("{'type':'Array'}", "the type 'Array'; allowed are String, StringList"),
            Map.entry("{'type':'Integer','default':'a'}", "its type is Integer"),
            Map.entry("{'type':'Integer','default':1.5}", "its type is Integer"),
            Map.entry("{'type':'Boolean','default':'yes'}", "its type is Boolean"),
            Map.entry("{'type':'StringList','default':{}}", "its type is StringList"),
            Map.entry("{'type':'StringMap','default':[]}", "its type is StringMap"),
            Map.entry("{'type':'MapList','default':['a']}", "its type is MapList"),
            Map.entry("{'type':'String','allowedValues':'a'}", "allowedValues is a list"),
            Map.entry("{'type':'String','allowedPattern':'[a-z'}", "not a RE2 regular expression"),
            Map.entry("{'type':'String','allowedPattern':'a(?!b)'}", "not a RE2"),
            Map.entry("{'type':'String','allowedPattern':['a']}", "allowedPattern is text"),
            Map.entry("{'type':'Integer','allowedPattern':'1'}", "can't have an allowedPattern"),
            Map.entry("{'type':'Boolean','allowedPattern':'t'}", "can't have an allowedPattern"),
            Map.entry("{'type':'String','minChars':'few'}", "minChars is 'few'; a whole number"),
            Map.entry("{'type':'String','maxChars':-1}", "maxChars is '-1'; a whole number"),
            Map.entry("{'type':'String','minChars':3,'maxChars':2}", "minChars is 3, more than"),
            Map.entry("{'type':'String','interpolationType':'x'}", "only ENV_VAR is allowed"));
    refused.forEach(
        (definition, message) -> {
          List<String> errors = errors(parameter(q(definition)));
          assertTrue(errors.stream().anyMatch(e -> e.contains(message)), definition + " " + errors);
        });
    for (String definition :
        List.of(
            "{'type':'String','default':null,'allowedValues':null,'minChars':null}",
            "{'type':'String','maxChars':'10','minChars':0}",
            "{'type':'StringList','default':'one'}",
            "{'type':'StringMap','default':'{\\'a\\':\\'b\\'}'}",
            "{'type':'MapList','default':[{'a':1},{}]}",
            "{'type':'Boolean','default':true,'allowedValues':[true,false]}",
            "{'type':'Integer','default':'7','displayType':'textarea'}",
            "{'type':'String','default':'{{ssm:a}}','allowedPattern':'^b$'}")) {
      assertEquals(List.of(), warnings(parameter(q(definition))), definition);
    }
  }

  @Test
  void aDefaultThatItsOwnConstraintsRefuseIsAWarning() {
    for (String definition :
        List.of(
            "{'type':'String','default':'x','allowedValues':['a']}",
            "{'type':'String','default':'x','allowedPattern':'^a$'}",
            "{'type':'String','default':'x','minChars':2}",
            "{'type':'StringList','default':['a'],'minItems':2}",
            "{'type':'StringMap','default':{'a':'b'},'maxItems':0}")) {
      List<String> warnings = warnings(parameter(q(definition)));
      assertTrue(
          warnings.size() == 1
              && warnings.getFirst().contains("the default does not fit, and a run without"),
          definition + warnings);
    }
  }

  private static String stepWith(String key) {
    return with(
        "{\"t\":{\"type\":\"String\",\"default\":\"9\",\"allowedPattern\":\".\"}}",
        "{\"action\":\"aws:runShellScript\",\"name\":\"a\","
            + key
            + ",\"inputs\":{\"runCommand\":[]}}");
  }

  private static Step first(DocumentReading reading) {
    return new ArrayList<>(
            reading
                .document()
                .orElseThrow(() -> new AssertionError(reading.errors().toString()))
                .steps())
        .getFirst();
  }
}
