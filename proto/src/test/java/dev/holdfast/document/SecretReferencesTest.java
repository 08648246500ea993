package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a document may refer to SecureStrings, and what becomes of the references. */
final class SecretReferencesTest {
  private static final String PASSWORD = "{{ssm-secure:/web/password}}";

  private static final String TWO_PARAMETERS =
      """
      {"schemaVersion":"2.2","parameters":{
       "env":{"type":"String","interpolationType":"ENV_VAR","default":"none","allowedPattern":"^[a-z]+$"},
       "plain":{"type":"String","default":"none"},
       "source":{"type":"StringMap","default":{}}},
       "mainSteps":[%s]}
      """;

  @Test
  void aParameterThatIsHandedOverAsAVariableMayReferToThem() {
    Document document = document(shell("echo {{ env }}"));

    assertEquals(Set.of("/web/password"), found(document, "env", PASSWORD).names());
    assertEquals(List.of(), found(document, "env", PASSWORD).misplaced());
    assertEquals(
        Set.of("a:3", "b"),
        found(document, "env", "x{{ ssm-secure:a:3 }}{{ssm-secure:b}}").names());
  }

  @Test
  void aDefaultMayToo() {
    Document document =
        read(
            TWO_PARAMETERS
                .replace(
                    "\"default\":\"none\",\"allowedPattern\"",
                    "\"default\":\"" + PASSWORD + "\",\"allowedPattern\"")
                .formatted(shell("x")));
    ParameterRules.Check check = ParameterRules.check(document, Map.of());

    assertEquals(List.of(), check.errors(), "what is not known yet is not judged");
    assertEquals(Set.of("/web/password"), SecretReferences.in(document, check.values()).names());
  }

  @Test
  void whatAScriptOfTheDocumentItselfHasIsTextAndNoReference() {
    Document document = document(shell("echo " + PASSWORD));

    SecretReferences.Found found =
        SecretReferences.in(document, ParameterRules.check(document, Map.of()).values());

    assertEquals(List.of(), found.misplaced());
    assertEquals(Set.of(), found.names());
  }

  @Test
  void aDocumentThatPastesThemAnywhereElseIsNoDocument() {
    for (String step :
        List.of(
            "{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"runCommand\":[\"x\"],"
                + "\"environment\":{\"P\":\""
                + PASSWORD
                + "\"}}}",
            "{\"action\":\"aws:downloadContent\",\"name\":\"s\",\"inputs\":{\"sourceType\":\"S3\","
                + "\"sourceInfo\":{\"path\":\"x\"},\"destinationPath\":\""
                + PASSWORD
                + "\"}}",
            "{\"action\":\"aws:runDocument\",\"name\":\"s\",\"inputs\":{\"documentParameters\":{\"x\":\""
                + PASSWORD
                + "\"}}}")) {
      String text = TWO_PARAMETERS.formatted(step);
      List<Problem> errors = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8)).errors();
      assertEquals(1, errors.size(), step);
      assertTrue(errors.getFirst().message().contains("/web/password"), errors.toString());
      assertTrue(errors.getFirst().message().contains("ENV_VAR"), errors.toString());
    }
  }

  @Test
  void aParameterThatIsPastedMayNotNorOneThatNobodyUses() {
    List<String> misplaced =
        found(document(shell("echo {{ plain }}")), "plain", PASSWORD).misplaced();
    assertEquals(2, misplaced.size());
    assertTrue(misplaced.getFirst().contains("/web/password"), misplaced.toString());
    assertTrue(misplaced.getFirst().contains("ENV_VAR"), misplaced.toString());
    assertEquals(1, found(document(shell("x")), "plain", PASSWORD).misplaced().size());
  }

  @Test
  void aVariableThatIsAlsoPastedOutsideOfScriptsIsMisplaced() {
    String elsewhere =
        "{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"runCommand\":[\"x\"],"
            + "\"workingDirectory\":\"{{ env }}\"}}";
    String compared =
        "{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"precondition\":{\"StringEquals\":[\"{{"
            + " env }}\",\"x\"]},\"inputs\":{\"runCommand\":[\"x\"]}}";

    assertTrue(
        found(document(elsewhere), "env", PASSWORD)
            .misplaced()
            .getFirst()
            .contains("workingDirectory"));
    assertTrue(
        found(document(compared), "env", PASSWORD).misplaced().getFirst().contains("precondition"));
  }

  @Test
  void theSourceOfADownloadMayReferToThemAlsoThroughAParameter() {
    Document direct =
        document(
            download(
                "{\"owner\":\"o\",\"repository\":\"r\",\"path\":\"p\",\"tokenInfo\":\""
                    + PASSWORD
                    + "\"}"));
    Document through = document(download("\"{{ source }}\""));

    assertEquals(Set.of("/web/password"), found(direct, "plain", "x").names());
    SecretReferences.Found found =
        SecretReferences.in(
            through,
            ParameterRules.check(
                    through,
                    Map.of("source", new Value.Text("{\"tokenInfo\":\"" + PASSWORD + "\"}")))
                .values());
    assertEquals(Set.of("/web/password"), found.names());
    assertEquals(List.of(), found.misplaced());
  }

  @Test
  void moreThanTheLimitIsRefusedByNumber() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= DocumentLimits.MAX_SECRETS; i++) {
      many.append("{{ssm-secure:s").append(i).append("}}");
    }

    assertTrue(
        found(document(shell("x")), "env", many.toString())
            .misplaced()
            .getFirst()
            .contains("at most " + DocumentLimits.MAX_SECRETS));
  }

  @Test
  void valuesGoIntoTheEnvironmentAloneAndAreNotLookedAtAgain() {
    Document document = document(shell("echo {{ env }} {{ plain }}"));
    Map<String, Value> values =
        Map.of("env", new Value.Text("a" + PASSWORD), "plain", new Value.Text("p"));
    Map<String, String> secrets = Map.of("/web/password", "s3 {{ssm-secure:other}} {{ plain }}");

    Map<String, Value> filled = SecretReferences.inEnvironment(document, values, secrets);

    assertEquals(
        Map.of("SSM_env", "as3 {{ssm-secure:other}} {{ plain }}"),
        Substitution.environment(document, filled));
    assertEquals(new Value.Text("p"), filled.get("plain"));
    assertEquals(
        new Value.Fields(
            Map.of("runCommand", new Value.Items(List.of(new Value.Text("echo ${SSM_env} p"))))),
        Substitution.inputs(document.steps().getFirst(), document, values));
  }

  @Test
  void aSourceThatIsJsonTextIsFilledInAsAMap() {
    Document document =
        document(
            download("\"{\\\"tokenInfo\\\":\\\"{{ssm-secure:t}}\\\",\\\"path\\\":\\\"p\\\"}\""));
    Step step = document.steps().getFirst();
    Map<String, String> secrets = Map.of("t", "quote \" and } end");

    Value inputs = SecretReferences.inSource(step, step.inputs(), secrets);

    assertEquals(
        new Value.Fields(
            Map.of("tokenInfo", new Value.Text("quote \" and } end"), "path", new Value.Text("p"))),
        ((Value.Fields) inputs).fields().get("sourceInfo"));
    Step other = document(shell("{{ssm-secure:t}}")).steps().getFirst();
    assertEquals(other.inputs(), SecretReferences.inSource(other, other.inputs(), secrets));
  }

  @Test
  void storedParametersKeepTheirTypeWhereTheyStandAlone() {
    Map<String, Value> stored =
        Map.of("list", items("a", "b"), "text", new Value.Text("t"), "v:2", new Value.Text("old"));

    assertEquals(items("a", "b"), Substitution.resolve(new Value.Text("{{ssm:list}}"), stored));
    assertEquals(
        items("x", "a", "b", "t"),
        Substitution.resolve(items("x", "{{ ssm:list }}", "{{ssm:text}}"), stored));
    assertEquals(
        new Value.Text("-a,b- old {{ssm:none}} {{ssm-secure:text}}"),
        Substitution.resolve(
            new Value.Text("-{{ssm:list}}- {{ssm:v:2}} {{ssm:none}} {{ssm-secure:text}}"), stored));
  }

  @Test
  void whatADocumentsOwnTextRefersToIsAmongTheValues() {
    Document document = document(shell("echo {{ssm:motd}} {{ plain }}"));
    ParameterRules.Check check =
        ParameterRules.check(document, Map.of("ssm:motd", new Value.Text("hi {{ plain }}")));

    assertEquals(List.of(), check.errors());
    Value inputs = Substitution.inputs(document.steps().getFirst(), document, check.values());
    assertEquals(
        items("echo hi {{ plain }} none"), ((Value.Fields) inputs).fields().get("runCommand"));
  }

  private static SecretReferences.Found found(Document document, String parameter, String value) {
    ParameterRules.Check check =
        ParameterRules.check(document, Map.of(parameter, new Value.Text(value)));
    assertEquals(List.of(), check.errors());
    return SecretReferences.in(document, check.values());
  }

  private static Value.Items items(String... texts) {
    return new Value.Items(List.of(texts).stream().<Value>map(Value.Text::new).toList());
  }

  private static String shell(String command) {
    return "{\"action\":\"aws:runShellScript\",\"name\":\"s\",\"inputs\":{\"runCommand\":[\""
        + command
        + "\"]}}";
  }

  private static String download(String source) {
    return "{\"action\":\"aws:downloadContent\",\"name\":\"d\",\"inputs\":{\"sourceType\":\"GitHub\","
               + "\"sourceInfo\":"
        + source
        + "}}";
  }

  private static Document document(String step) {
    return read(TWO_PARAMETERS.formatted(step));
  }

  private static Document read(String text) {
    DocumentReading reading = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), reading.errors());
    return reading.document().orElseThrow();
  }
}
