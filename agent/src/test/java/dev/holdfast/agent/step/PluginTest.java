package dev.holdfast.agent.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.download.Source;
import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.agent.step.Work.ChildSource;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the inputs of the plugins that run no script of their own come to. */
final class PluginTest {
  private static final StepPlanner PLANNER =
      new StepPlanner(
          new HostFacts("mi-1", "here", "Linux", "Debian", "12", "/home/x", Path.of("/work")));

  @Test
  void parametersOfADocumentAreAMapOrTextOfOne() {
    Map<String, Value> expected = Map.of("who", new Value.Text("world"));
    for (String written :
        List.of(
            "{'who':'world'}",
            "'{~who~: ~world~}'",
            "'who: world'",
            "'who: world\\n'",
            "['who: world']")) {
      assertEquals(expected, child("'documentParameters':" + written).values(), written);
    }
    for (String nothing : List.of("null", "''", "'  '", "{}", "'{}'")) {
      assertEquals(Map.of(), child("'documentParameters':" + nothing).values(), nothing);
    }
  }

  @Test
  void aDocumentIsNamedOrIsAFileAndHasTheTimeOfItsStep() {
    Work.Child named = child("'documentParameters':{}");
    assertEquals(new ChildSource.Stored("Doc:3"), named.source());
    assertEquals(Optional.of(Duration.ofSeconds(90)), named.timeout());

    Work.Child file =
        assertInstanceOf(
            Work.Child.class,
            work("aws:runDocument", "{'documentType':'LocalPath','documentPath':'a/b.yaml'}"));
    assertEquals(new ChildSource.Local("a/b.yaml"), file.source());
  }

  @Test
  void theDocumentThatStandsForNothingIsASuccess() {
    assertInstanceOf(
        Work.Nothing.class,
        work("aws:runDocument", "{'documentType':'SSMDocument','documentPath':'AWS-Noop'}"));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "aws:runDocument | {'documentPath':'a'} | documentType is ''",
        "aws:runDocument | {'documentType':'LocalPath'} | documentPath is missing",
        "aws:runDocument | {'documentType':'Web','documentPath':'a'} | allowed are SSMDocument",
        "aws:runDocument |"
            + " {'documentType':'LocalPath','documentPath':'a','documentParameters':['x','y']} |"
            + " documentParameters is a map",
        "aws:runDocument |"
            + " {'documentType':'LocalPath','documentPath':'a','documentParameters':'{x'} |"
            + " documentParameters is a map",
        "aws:runDocument | [{},{}] | are one map",
        "aws:downloadContent | {'sourceType':'Pigeon','sourceInfo':{}} | sourceType is 'Pigeon'",
        "aws:downloadContent | {'sourceType':'HTTP','sourceInfo':{}} | sourceInfo has no url",
        "aws:downloadContent | {'sourceType':'HTTP','sourceInfo':['a','b']} | sourceInfo is a map",
        "aws:downloadContent | {'sourceType':'HTTP','sourceInfo':{'url':'ht tp:/^'}} | the URL"
            + " can't be read",
        "aws:downloadContent |"
            + " {'sourceType':'HTTP','sourceInfo':{'url':'https://a','authMethod':'Magic'}} |"
            + " authMethod is 'Magic'",
        "aws:downloadContent |"
            + " {'sourceType':'HTTP','sourceInfo':{'url':'https://a','sha256':'abc'}} | sha256 is"
            + " not 64",
        "aws:downloadContent | {'sourceType':'S3','sourceInfo':{'path':'https://a/b/'}} | a folder",
        "aws:downloadContent |"
            + " {'sourceType':'Git','sourceInfo':{'repository':'https://a/b','getOptions':'tag:1'}}"
            + " | getOptions is 'tag:1'",
        "aws:downloadContent | {'sourceType':'GitHub','sourceInfo':{'owner':'a'}} | sourceInfo has"
            + " no repository",
        "aws:runDockerAction | {'action':'Fly'} | action is 'Fly'",
        "aws:runDockerAction | {'action':'Run'} | image is missing",
        "aws:runDockerAction | {'action':'Rm','container':'--all'} | can't begin with -",
        "aws:runDockerAction | {'action':'Exec','container':'a'} | cmd is missing",
        "aws:runDockerAction | {'action':'Exec','container':'a','cmd':'~x'} | not closed",
        "aws:refreshAssociation | {'associationIds':{}} | associationIds is a list",
      })
  void inputsThatCannotWorkAreRefusedWithAReason(String action, String inputs, String reason) {
    Work work = work(action, inputs);

    assertTrue(
        work instanceof Work.Refused(var said)
            && said.startsWith("InvalidInputs: ")
            && said.contains(reason),
        work::toString);
  }

  @Test
  void sourcesAreReadFromMapsAndFromTextAndNeverShowTheirCredentials() {
    Source.Web web =
        (Source.Web)
            source(
                "HTTP",
                "{'url':'https://a.test/b"
                    + " c','allowInsecureDownload':'true','authMethod':'Basic','username':'me','password':'hidden'}");
    assertEquals("https://a.test/b%20c", web.url().toString());
    assertTrue(web.insecure());
    assertEquals(Login.Method.BASIC, web.login().method());
    assertEquals("hidden", web.login().password().value());
    assertTrue(
        !web.toString().contains("hidden") && !web.toString().contains("me,"), web::toString);

    Source.Git git =
        (Source.Git)
            source(
                "Git",
                "{'repository':'git@a.test:b/c.git','privateSSHKey':'{{ssm-secure:key}}','getOptions':'commitID:0123456','skipHostKeyChecking':true}");
    assertEquals(new Revision.Commit("0123456"), git.revision());
    assertTrue(git.anyHostKey());
    assertEquals(Set.of("key"), git.secrets());
    Source.Git filled = (Source.Git) git.filled(Map.of("key", "$1\\secret"));
    assertEquals("$1\\secret", filled.privateKey().value());
    assertEquals(Set.of(), filled.secrets());

    Source.GitHub gitHub =
        (Source.GitHub)
            source(
                "GitHub",
                "'{~owner~:~o~,~repository~:~r~,~getOptions~:~branch:main~,~path~:~a/b~,~tokenInfo~:~{{"
                    + " ssm-secure:t }}~}'");
    assertEquals(new Revision.Branch("main"), gitHub.revision());
    assertEquals(Set.of("t"), gitHub.secrets());
    assertEquals(
        "name:2", ((Source.Stored) source("SSMDocument", "{'name':'name:2'}")).reference());
  }

  @Test
  void refreshingNamesAssociationsOrMeansAll() {
    assertEquals(new Task.Refresh(List.of("a", "b")), refresh("['a',' b ','a','']"));
    assertEquals(new Task.Refresh(List.of()), refresh("['']"));
    assertEquals(new Task.Refresh(List.of()), refresh("null"));
    assertEquals(new Task.Refresh(List.of("a")), refresh("'a'"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{'action':'Ps'} | 'docker' 'ps' '--all'",
        "{'action':'Images'} | 'docker' 'images'",
        "{'action':'Start','container':'web'} | 'docker' 'start' 'web'",
        "{'action':'Pull','image':'a/b:1'} | 'docker' 'pull' 'a/b:1'",
        "{'action':'Stats'} | 'docker' 'stats' '--no-stream'",
        "{'action':'Inspect','image':'a'} | 'docker' 'inspect' 'a'",
        "{'action':'Exec','container':'web','user':'u','cmd':'ls -l ~a b~'} | 'docker' 'exec'"
            + " '--user=u' 'web' 'ls' '-l' 'a b'",
        "{'action':'Run','image':'i','container':'n','memory':'1g','cpuShares':5,'volume':['/a:/b','/c:/d'],'env':'A=b;"
            + " rm -rf /','publish':'80:80','cmd':'sleep 5'} | 'docker' 'run' '--detach' '--name=n'"
            + " '--memory=1g' '--cpu-shares=5' '--volume=/a:/b' '--volume=/c:/d' '--env=A=b; rm -rf"
            + " /' '--publish=80:80' 'i' 'sleep' '5'",
        "{'action':'Create','image':'i','env':'A=$(id)`id`'} | 'docker' 'create'"
            + " '--env=A=$(id)`id`' 'i'",
      })
  void anActionOnContainersIsOneCallWithWholeArguments(String inputs, String command) {
    Work.Scripts scripts =
        assertInstanceOf(Work.Scripts.class, work("aws:runDockerAction", inputs));

    assertEquals("exec " + command + "\n", scripts.scripts().getFirst().text());
  }

  @Test
  void wordsKeepTogetherWhatQuotesAndBackslashesSay() {
    assertEquals(
        List.of("a", "b c", "d'e", "", "f\\"), DockerAction.words("a 'b c' \"d'e\" '' f\\"));
    assertEquals(List.of("a b", "$(c)"), DockerAction.words("a\\ b   $(c)"));
    assertEquals(List.of(), DockerAction.words("  "));
  }

  private static Work.Child child(String more) {
    return assertInstanceOf(
        Work.Child.class,
        work(
            "aws:runDocument",
            "{'documentType':'SSMDocument','documentPath':'Doc:3'," + more + "}"));
  }

  private static Source source(String type, String info) {
    Work.Inside inside =
        assertInstanceOf(
            Work.Inside.class,
            work("aws:downloadContent", "{'sourceType':'" + type + "','sourceInfo':" + info + "}"));
    return assertInstanceOf(Task.Download.class, inside.task()).source();
  }

  private static Task refresh(String ids) {
    return assertInstanceOf(
            Work.Inside.class, work("aws:refreshAssociation", "{'associationIds':" + ids + "}"))
        .task();
  }

  private static Work work(String action, String inputs) {
    String text =
        ("{'schemaVersion':'2.2','mainSteps':[{'action':'"
                + action
                + "','name':'a','timeoutSeconds':90,'inputs':"
                + inputs
                + "}]}")
            .replace('\'', '"')
            .replace("~", "\\\"");
    List<Problem> problems = new ArrayList<>();
    Value read =
        DocumentReader.readJson(text.getBytes(StandardCharsets.UTF_8), problems)
            .orElseThrow(() -> new AssertionError(text + problems));
    Value steps = ((Value.Fields) read).fields().getOrDefault("mainSteps", new Value.Null());
    Value step = ((Value.Items) steps).items().getFirst();
    Value written = ((Value.Fields) step).fields().getOrDefault("inputs", new Value.Null());
    // The reader may refuse already what the plugin has to refuse after substitution.
    Document document =
        new Document(
            "2.2",
            "",
            Map.of(),
            List.of(
                new Step(
                    "a",
                    action,
                    written,
                    Optional.empty(),
                    OptionalInt.of(90),
                    OptionalInt.empty(),
                    1,
                    1)));
    return PLANNER.work(document.steps().getFirst(), document, Map.of());
  }
}
