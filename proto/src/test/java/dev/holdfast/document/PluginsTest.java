package dev.holdfast.document;

import static dev.holdfast.document.Texts.errors;
import static dev.holdfast.document.Texts.q;
import static dev.holdfast.document.Texts.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What plugins are given (spec.md sections 2.1, 2.2, 2.5, 2.6 and 5.1). */
final class PluginsTest {
  private static final String PARAMETERS =
      q(
          "{'s':{'type':'String','allowedPattern':'.'},'l':{'type':'StringList'},"
              + "'n':{'type':'Integer'},'f':{'type':'Boolean'},'m':{'type':'StringMap'},"
              + "'ml':{'type':'MapList'}}");

  @Test
  void theListSaysWhatIsBuiltAndWhatIsOnlyKnown() {
    Set<String> built = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    for (String action : Plugins.known()) {
      if (action.startsWith("aws:")) {
        (Plugins.built(action) ? built : known).add(action);
      }
      assertTrue(Plugins.platforms(action).isPresent());
    }

    assertEquals(
        Set.of(
            "aws:runShellScript",
            "aws:runPowerShellScript",
            "aws:runDocument",
            "aws:downloadContent",
            "aws:softwareInventory",
            "aws:refreshAssociation",
            "aws:runDockerAction"),
        built);
    assertEquals(
        Set.of(
            "aws:configurePackage",
            "aws:configureDocker",
            "aws:domainJoin",
            "aws:applications",
            "aws:psModule",
            "aws:updateSsmAgent",
            "aws:updateAgent",
            "aws:cloudWatch",
            "aws:configureDaemon"),
        known);
  }

  @ParameterizedTest(name = "aws:{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          runShellScript      | {'runCommand':['a','',null,['b',null]],'timeoutSeconds':'60','workingDirectory':'/','environment':{'A':'b','C':null},'runAs':'me','id':'0'}
          runShellScript      | {'runCommand':'{{ l }}','timeoutSeconds':'{{ n }}','workingDirectory':'{{ s }}'}
          runShellScript      | {'runCommand':'{{ s }}','timeoutSeconds':'{{ s }}','environment':'{{ m }}'}
          runShellScript      | {'runCommand':['{{ l }}','{{ s }}','x {{ n }} {{ m }}']}
          runShellScript      | {'runCommand':[],'onFailure':'exit','onSuccess':'exit','finallyStep':true}
          runShellScript      | {'runCommand':[],'onFailure':'{{ s }}','finallyStep':'false'}
          runShellScript      | [{'runCommand':['a']},{'runCommand':['b']}]
          runShellScript      | '{{ m }}'
          runPowerShellScript | {'runCommand':['Get-Date'],'timeoutSeconds':60.0}
          softwareInventory   | {'applications':'Enabled','files':'{{ s }}','windowsRegistry':[{'Path':'x'}],'changeDetectionTypes':['a'],'changeDetectionFrequency':5}
          softwareInventory   | {}
          refreshAssociation  | {'associationIds':['a']}
          refreshAssociation  | {'associationIds':'{{ l }}'}
          refreshAssociation  | {}
          downloadContent     | {'sourceType':'S3','sourceInfo':{'path':'https://x/y'},'destinationPath':'d/'}
          downloadContent     | {'sourceType':'HTTP','sourceInfo':{'url':'https://x','allowInsecureDownload':'True','authMethod':'Basic','username':'u','password':'p','sha256':'0'}}
          downloadContent     | {'sourceType':'GitHub','sourceInfo':{'owner':'o','repository':'r','path':'p','getOptions':'branch:main','tokenInfo':'{{ssm-secure:x}}'}}
          downloadContent     | {'sourceType':'Git','sourceInfo':{'repository':'r','skipHostKeyChecking':false}}
          downloadContent     | {'sourceType':'SSMDocument','sourceInfo':{'name':'n'}}
          downloadContent     | {'sourceType':'HTTP','sourceInfo':'{"url":"x"}'}
          downloadContent     | {'sourceType':'{{ s }}','sourceInfo':'{{ m }}','destinationPath':'{{ s }}'}
          downloadContent     | {'sourceType':'HTTP','sourceInfo':'{{ s }}'}
          runDocument         | {'documentType':'SSMDocument','documentPath':'AWS-X','documentParameters':{'a':['b']}}
          runDocument         | {'documentType':'LocalPath','documentPath':'{{ s }}','documentParameters':'{{ m }}'}
          runDocument         | {'documentType':'{{ s }}','documentPath':'x-{{ n }}','documentParameters':'a: b'}
          runDockerAction     | {'action':'Run','image':'i','volume':['a:b'],'memory':512,'publish':'80:80','cmd':'x','env':'A=b','user':'u','cpuShares':'2'}
          configurePackage    | {'name':'n','action':'Install','installationType':'In-place update','additionalArguments':'{"SSM_x":"y"}','version':1.5}
          configurePackage    | {'name':'{{ s }}','action':'{{ s }}','additionalArguments':'{{ m }}'}
          configureDocker     | {'action':'Uninstall'}
          updateSsmAgent      | {'agentName':'amazon-ssm-agent','allowDowngrade':'false','targetVersion':'{{ s }}','source':'https://x'}
          updateSsmAgent      | {'agentName':'a','allowDowngrade':'{{ f }}'}
          domainJoin          | {'directoryId':'d','directoryName':'n','dnsIpAddresses':'{{ l }}','directoryOU':'o','keepHostName':true}
          domainJoin          | {'directoryId':'d','directoryName':'n','dnsIpAddresses':['1','2']}
          applications        | {'action':'Install','source':'https://x','sourceHash':'h','parameters':'/q'}
          psModule            | {'source':'{{ s }}','runCommand':['x']}
          updateAgent         | {'agentName':'Ec2Config','allowDowngrade':false}
          cloudWatch          | {'anything':{'at':'all'}}
          cloudWatch          | 'or text'
          """)
  void inputsAsPeopleWriteThemAreTakenWithoutAWord(String plugin, String inputs) {
    assertEquals(List.of(), warnings(document(plugin, inputs)));
  }

  @ParameterizedTest(name = "aws:{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          runShellScript      | 'echo'                                        | inputs are a map; this is text
          runShellScript      | ['echo']                                      | one of several inputs is a map; this is text
          runShellScript      | {'runCommand':'echo one'}                     | runCommand is a list of texts; this is 'echo one'
          runShellScript      | {'runCommand':{'a':'b'}}                      | runCommand is a list of texts; this is a map
          runShellScript      | {'runCommand':' {{ l }}'}                     | runCommand is a list of texts
          runShellScript      | {'runCommand':'{{ n }}'}                      | runCommand is a list of texts; the parameter 'n' is of type Integer
          runShellScript      | {'runCommand':'{{ f }}'}                      | the parameter 'f' is of type Boolean
          runShellScript      | {'runCommand':'{{ ml }}'}                     | the parameter 'ml' is of type MapList
          runShellScript      | {'runCommand':[7]}                            | an item of runCommand is a number; allowed is text (put it in quotes)
          runShellScript      | {'runCommand':[true]}                         | an item of runCommand is true or false
          runShellScript      | {'runCommand':[{'echo a':'b'}]}               | an item of runCommand is a map; allowed is text
          runShellScript      | {'runCommand':[[['a']]]}                      | an item of runCommand is a list
          runShellScript      | {'runCommand':['{{ n }}']}                    | an item of runCommand is a parameter of type Integer
          runShellScript      | {'runCommand':['{{ m }}']}                    | an item of runCommand is a parameter of type StringMap
          runShellScript      | {'runCommand':[],'environment':['A=b']}       | environment is a map of names to texts; this is a list
          runShellScript      | {'runCommand':[],'environment':{'A':5}}       | the variable 'A' of environment is a number
          runShellScript      | {'runCommand':[],'environment':{'A=B':'c'}}   | 'A=B' can't name a variable
          runShellScript      | {'runCommand':[],'environment':'{{ l }}'}     | the parameter 'l' is of type StringList
          runShellScript      | {'runCommand':[],'workingDirectory':['/']}    | workingDirectory is text; this is a list
          runShellScript      | {'runCommand':[],'workingDirectory':'{{ l }}'} | workingDirectory is text; the parameter 'l' is of type StringList
          runPowerShellScript | {'runCommand':[],'timeoutSeconds':'{{ m }}'}  | timeoutSeconds is a number of seconds; the parameter 'm' is of type StringMap
          softwareInventory   | {'applications':['Enabled']}                  | applications is text; this is a list
          refreshAssociation  | {'associationIds':{}}                         | associationIds is a list of texts; this is a map
          downloadContent     | {'sourceType':'HTTP'}                         | aws:downloadContent needs the input 'sourceInfo', a map
          downloadContent     | {'sourceType':'HTTP','sourceInfo':['x']}      | sourceInfo is a map; this is a list
          downloadContent     | {'sourceType':'HTTP','sourceInfo':{'URL':'x'}} | a source of HTTP needs the input 'url', text
          downloadContent     | {'sourceType':'HTTP','sourceInfo':{'url':'x','authMethod':'NTLM'}} | authMethod is 'NTLM'; allowed are None, Basic, Digest
          downloadContent     | {'sourceType':'GitHub','sourceInfo':{'owner':'o','path':'p'}} | a source of GitHub needs the input 'repository'
          runDockerAction     | {'image':'i'}                                 | aws:runDockerAction needs the input 'action', text
          runDockerAction     | {'action':'Dance'}                            | action is 'Dance'; allowed are Create, Start
          runDockerAction     | {'action':'Run','image':'{{ ml }}'}           | image is text; the parameter 'ml' is of type MapList
          configurePackage    | {'action':'Install'}                          | aws:configurePackage needs the input 'name', text
          configurePackage    | {'name':'n','action':'Update'}                | action is 'Update'; allowed are Install, Uninstall
          configurePackage    | {'name':'n','action':'Install','additionalArguments':['a']} | additionalArguments is a map; this is a list
          configureDocker     | {}                                            | aws:configureDocker needs the input 'action', text
          configureDocker     | null                                          | aws:configureDocker needs the input 'action', text
          updateSsmAgent      | {'agentName':'a'}                             | aws:updateSsmAgent needs the input 'allowDowngrade', true or false
          updateSsmAgent      | {'agentName':'a','allowDowngrade':'maybe'}    | allowDowngrade is true or false; this is 'maybe'
          domainJoin          | {'directoryId':'d'}                           | aws:domainJoin needs the input 'directoryName', text
          """)
  void inputsThatCanNotWorkAreErrors(String plugin, String inputs, String expected) {
    List<String> errors = errors(document(plugin, inputs));

    assertTrue(errors.stream().anyMatch(error -> error.contains(expected)), errors.toString());
  }

  @ParameterizedTest(name = "aws:{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          runShellScript      | {}                                            | aws:runShellScript needs the input 'runCommand', a list of texts; without it the step does nothing
          runShellScript      | null                                          | without it the step does nothing
          runShellScript      | {'runCommand':null}                           | without it the step does nothing
          runShellScript      | {'commands':['a']}                            | the input 'commands' is not known by aws:runShellScript; is 'runCommand' meant?
          runShellScript      | {'Command':['a']}                             | is 'runCommand' meant?
          runShellScript      | {'runCommand':[],'workingDir':'/'}            | the input 'workingDir' is not known
          runShellScript      | {'runCommand':[],'maxAttempts':3}             | it works beside 'inputs', not in them
          runShellScript      | {'runCommand':[],'timeoutSeconds':'soon'}     | timeoutSeconds is 'soon'; it is a number from 5 to 172800, and without one the timeout is 3600
          runShellScript      | {'runCommand':[],'timeoutSeconds':true}       | timeoutSeconds is 'true'
          runShellScript      | {'runCommand':[],'timeoutSeconds':1}          | timeoutSeconds is '1'
          runShellScript      | {'runCommand':[],'onFailure':'Abort'}         | onFailure is 'Abort' and has no effect; allowed are exit, successAndExit
          runShellScript      | {'runCommand':[],'finallyStep':1}             | finallyStep is '1' and has no effect; allowed are true, false
          downloadContent     | {'sourceType':'Pigeon','sourceInfo':{'a':'b'}} | sourceType is 'Pigeon'; allowed are GitHub, Git, HTTP, S3, SSMDocument; the step will fail
          downloadContent     | {'sourceInfo':{'a':'b'}}                      | needs the input 'sourceType', text; the step will fail
          downloadContent     | {'sourceType':'S3','sourceInfo':{'path':'x','bucket':'b'}} | the input 'bucket' is not known by a source of S3
          runDocument         | {'documentPath':'x'}                          | needs the input 'documentType', text; the step will fail
          runDocument         | {'documentType':'Local','documentPath':'x'}   | documentType is 'Local'; allowed are SSMDocument, LocalPath; the step will fail
          runDocument         | {'documentType':'LocalPath'}                  | needs the input 'documentPath', text; the step will fail
          runDocument         | {'documentType':'LocalPath','documentPath':'x','documentParameters':['a']} | documentParameters is a map; this is a list; the step will fail
          applications        | {'x':'y'}                                     | needs the input 'source', text; the step will fail
          psModule            | {'x':'y'}                                     | needs the input 'source', text; the step will fail
          updateAgent         | {}                                            | needs the input 'agentName', text; the step will fail
          """)
  void whatOnlyFailsItsStepOrHasNoEffectIsAWarning(String plugin, String inputs, String expected) {
    List<String> warnings = warnings(document(plugin, inputs));

    assertTrue(warnings.stream().anyMatch(w -> w.contains(expected)), warnings.toString());
  }

  @Test
  void inputsOfSchema12AreCheckedLikeTheOthers() {
    List<String> errors =
        errors(
            q(
                "{'schemaVersion':'1.2','runtimeConfig':{'aws:runShellScript':{'properties':["
                    + "{'id':'0','runCommand':[7]}]},'aws:configureDocker':{}}}"));

    assertEquals(
        List.of(
            "1:101 an item of runCommand is a number; allowed is text (put it in quotes)",
            "1:107 aws:configureDocker needs the input 'action', text"),
        errors);
  }

  private static String document(String plugin, String inputs) {
    return Texts.with(
        PARAMETERS,
        "{\"action\":\"aws:"
            + plugin
            + "\",\"name\":\"only\",\"inputs\":"
            + q(inputs.replace("\"", "\\\""))
            + "}");
  }
}
