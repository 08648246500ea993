package dev.holdfast.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Problem;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Value;
import dev.holdfast.state.ManagedFile.Form;
import dev.holdfast.state.Packages.Refresh;
import dev.holdfast.state.Packages.Want;
import dev.holdfast.state.Ports.Firewall;
import dev.holdfast.state.Ports.Protocol;
import dev.holdfast.state.Service.Startup;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StateReaderTest {
  private static final Optional<String> NONE = Optional.empty();

  @Test
  void aFileIsReadWithAllThatIsSaidOfIt() {
    assertEquals(
        new ManagedFile(
            "/etc/motd",
            new Form.Content("hello\n"),
            Optional.of(0640),
            Optional.of("root"),
            Optional.of("4"),
            true,
            true,
            false),
        read(
            "state:file",
            "{path: /etc/motd, content: \"hello\\n"
                + "\", mode: \"0640\", owner: root, group: 4, parents: true, backup: \"true\"}"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{path: /a} | Present[]",
        "{path: /a, ensure: file} | Present[]",
        "{path: /a, ensure: directory} | Folder[]",
        "{path: /a, target: b} | Link[target=b]",
        "{path: /a, ensure: link, target: /b} | Link[target=/b]",
        "{path: /a, ensure: absent} | Absent[recursive=false]",
        "{path: /a, ensure: absent, recursive: true} | Absent[recursive=true]",
        "{path: /a, source: /b} | Copy[source=/b, sha256=Optional.empty]",
        "{path: /a, line: b, match: '^b'} | Part[part=Line[line=b, match=Optional[^b]],"
            + " present=true]",
        "{path: /a, line: b, ensure: absent} | Part[part=Line[line=b, match=Optional.empty],"
            + " present=false]",
        "{path: /a, block: b, comment: //} | Part[part=Block[name=block, comment=//, lines=b],"
            + " present=true]",
      })
  void whatIsThereFollowsFromWhichInputsAreGiven(String inputs, String form) {
    assertEquals(form, String.valueOf(((ManagedFile) read("state:file", inputs)).form()));
  }

  @Test
  void packagesAreANameAListOrAMap() {
    assertEquals(
        new Packages(Map.of("vim", new Want.Present()), false, Refresh.BEFORE_INSTALL),
        read("state:package", "{packages: vim}"));
    assertEquals(
        new Packages(
            Map.of("vim", new Want.Absent(), "nano:amd64", new Want.Absent()), true, Refresh.NEVER),
        read(
            "state:package",
            "{packages: [vim, \"nano:amd64\"], ensure: absent, purge: true, refresh: false}"));
    assertEquals(
        new Packages(
            Map.of("vim", new Want.Version("2:9.0-1"), "nano", new Want.Latest()),
            false,
            Refresh.BEFORE_INSTALL),
        read("state:package", "{packages: {vim: \"2:9.0-1\", nano: latest}}"));
    assertEquals(
        new Packages(Map.of("vim", new Want.Version("2:9.0-1")), false, Refresh.BEFORE_INSTALL),
        read("state:package", "{packages: vim, version: \"2:9.0-1\"}"));
  }

  @Test
  void aServiceGetsItsSuffix() {
    assertEquals(
        new Service(
            "ssh.service", Optional.of(true), Optional.of(Startup.ENABLED), List.of(), false),
        read("state:service", "{name: ssh, state: running, startup: enabled}"));
    assertEquals(
        new Service(
            "apt-daily.timer", Optional.empty(), Optional.of(Startup.MASKED), List.of(), false),
        read("state:service", "{name: apt-daily.timer, startup: masked}"));
  }

  @Test
  void aUserAndAGroupAreRead() {
    assertEquals(
        new User(
            "deploy",
            true,
            Optional.of(1_001),
            Optional.of("web"),
            Optional.of(List.of("adm", "ssl-cert")),
            true,
            Optional.of("/srv/deploy"),
            false,
            Optional.of("/bin/sh"),
            Optional.of("Deployment, all of it"),
            true,
            Optional.of(true),
            Optional.of("$y$j9T$abc"),
            false),
        read(
            "state:user",
            "{name: deploy, uid: \"1001\", group: web, groups: [adm, ssl-cert], onlyGroups: true,"
                + " home: /srv/deploy, createHome: false, shell: /bin/sh, comment: \"Deployment,"
                + " all of it\", system: true, locked: true, passwordHash: $y$j9T$abc}"));
    assertEquals(
        new Group("web", true, Optional.of(33), false, Optional.of(List.of("www-data")), false),
        read("state:group", "{name: web, gid: 33, members: www-data}"));
  }

  @Test
  void portsAreReadFromBothActions() {
    assertEquals(
        new Ports(List.of(22), Protocol.TCP, Optional.of(true), Optional.of(Firewall.OPEN)),
        read("state:port", "{port: 22, listening: true, firewall: open}"));
    assertEquals(
        new Ports(List.of(23, 111), Protocol.UDP, Optional.empty(), Optional.of(Firewall.CLOSED)),
        read("state:firewall", "{ports: [111, \"23\", 23], protocol: udp, ensure: closed}"));
  }

  @Test
  void aSettingAndAScriptAreRead() {
    assertEquals(
        new Sysctl("net.ipv4.tcp_rmem", "4096 87380 6291456", true),
        read("state:sysctl", "{key: net.ipv4.tcp_rmem, value: \"4096\\t87380  6291456\"}"));
    assertEquals(
        new Script("a\nb\n", Optional.of("c\n"), Map.of("X", "1"), Optional.of("/srv")),
        read(
            "state:script",
            "{check: [a, b], apply: c, environment: {X: 1}, workingDirectory: /srv}"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "state:file | {} | state:file needs the input 'path', like path: /etc/motd",
        "state:file | {path: etc/motd} | absolute path",
        "state:file | {path: /etc/../root/x} | absolute path",
        "state:file | {path: /etc//motd} | absolute path",
        "state:file | {path: /} | root of the host",
        "state:file | {pth: /a, path: /a} | 'pth' is not known by state:file; did you mean 'path'?",
        "state:file | {path: /a, mode: 644} | write it as text: \"0644\"",
        "state:file | {path: /a, mode: \"0888\"} | three or four octal digits",
        "state:file | {path: /a, mode: \"u+x\"} | three or four octal digits",
        "state:file | {path: /a, ensure: folder} | allowed are absent, directory, file, link",
        "state:file | {path: /a, content: b, source: /c} | 'source' does not go with 'content'",
        "state:file | {path: /a, content: b, line: c} | the whole file is kept, or a part of it",
        "state:file | {path: /a, block: b, line: c} | make it two steps",
        "state:file | {path: /a, ensure: directory, content: b} | does not go with ensure:"
            + " directory",
        "state:file | {path: /a, ensure: absent, mode: \"0644\"} | does not go with ensure: absent",
        "state:file | {path: /a, ensure: link} | a link needs 'target'",
        "state:file | {path: /a, source: http://x/y} | an https: URL",
        "state:file | {path: /a, source: \"https://me:secret@x/y\", sha256: \"\"} | without a user"
            + " name",
        "state:file | {path: /a, source: https://x/y} | needs 'sha256'",
        "state:file | {path: /a, sha256: abc} | 64 hexadecimal digits",
        "state:file | {path: /a, match: b} | 'match' belongs to 'line'",
        "state:file | {path: /a, line: b, match: '('} | is not a RE2 regular expression",
        "state:file | {path: /a, line: \"b\\nc\"} | one line",
        "state:file | {path: /a, content: [b, c]} | 'content' is a text, not a list",
        "state:file | {path: /a, backup: maybe} | allowed are false, true",
        "state:file | {path: /a, owner: \"a b\"} | the name or number of a user",
        "state:file | [1] | are a map, not a list",
        "state:package | {} | state:package needs the input 'packages'",
        "state:package | {packages: []} | names no package",
        "state:package | {packages: --force} | without options and patterns",
        "state:package | {packages: [\"a*\"]} | without options and patterns",
        "state:package | {packages: [./a.deb]} | without options and patterns",
        "state:package | {packages: {vim: presnt}} | allowed are present, absent, latest, a"
            + " version",
        "state:package | {packages: vim, ensure: presnt} | did you mean 'present'?",
        "state:package | {packages: [a, b], version: \"1\"} | is that of one package",
        "state:package | {packages: a, version: \"1\", ensure: absent} | does not go with 'ensure'",
        "state:package | {packages: {a: present}, ensure: absent} | the map says",
        "state:service | {name: ssh} | needs one of the inputs",
        "state:service | {name: -x, state: running} | the name of a systemd unit",
        "state:service | {name: a b, state: running} | the name of a systemd unit",
        "state:service | {name: ssh, state: started} | allowed are running, stopped",
        "state:service | {name: ssh, state: running, startup: masked} | can't be running",
        "state:service | {name: ssh, state: stopped, restartWhenChanged: a} | is not restarted",
        "state:service | {name: ssh, state: running, reload: true} | 'reload' belongs to",
        "state:user | {name: Deploy} | lower-case letters",
        "state:user | {name: root, ensure: absent} | root is there, and stays",
        "state:user | {name: a, password: x} | a password in clear is never taken",
        "state:user | {name: a, passwordHash: hunter2} | in clear is refused",
        "state:user | {name: a, comment: \"b:c\"} | text without ':'",
        "state:user | {name: a, shell: bash} | absolute path",
        "state:user | {name: a, onlyGroups: true} | 'onlyGroups' belongs to 'groups'",
        "state:user | {name: a, ensure: absent, uid: 5} | does not go with ensure: absent",
        "state:user | {name: a, removeHome: true} | goes with ensure: absent",
        "state:group | {name: a, gid: -1} | a whole number from 0",
        "state:port | {port: 22} | needs one of the inputs 'listening', 'firewall'",
        "state:port | {port: 0, listening: true} | a whole number from 1 to 65535",
        "state:port | {port: 65536, listening: true} | a whole number from 1 to 65535",
        "state:port | {listening: true} | needs the input 'port'",
        "state:firewall | {ports: [], ensure: closed} | is an empty list",
        "state:firewall | {ports: 5} | needs the input 'ensure'",
        "state:sysctl | {key: vm/../../etc/passwd, value: 1} | a name of sysctl(8)",
        "state:sysctl | {key: ip_forward, value: 1} | a name of sysctl(8)",
        "state:sysctl | {key: vm.swappiness} | needs the input 'value'",
        "state:script | {apply: a} | needs the input 'check'",
        "state:script | {check: ' '} | 'check' is empty",
        "state:script | {check: a, environment: {\"A B\": c}} | can't be the name of a variable",
        "state:script | {check: {a: b}} | a text or a list of them, not a map",
        "state:script | {check: a, onFailure: stop} | allowed are exit, successAndExit",
        "state:script | {check: a, timeoutSeconds: 1} | a whole number from 5 to 172800",
      })
  void whatCannotBeMeantIsAnError(String action, String inputs, String message) {
    List<String> errors = messages(action, inputs);

    assertTrue(errors.stream().anyMatch(error -> error.contains(message)), errors::toString);
  }

  @Test
  void noMessageRepeatsWhatCouldBeAPassword() {
    assertTrue(
        messages("state:user", "{name: a, passwordHash: hunter2}").stream()
            .noneMatch(error -> error.contains("hunter2")));
  }

  @Test
  void everyErrorIsToldAtOnceWhereItStands() {
    DocumentReading reading =
        document(
            """
            schemaVersion: "2.2"
            mainSteps:
              - action: state:file
                name: motd
                inputs:
                  path: etc/motd
                  mod: "0644"
                  content: x
                  source: /y
              - action: state:servce
                name: b
              - action: state:service
                name: c
            """);

    assertEquals(
        List.of("6:13", "7:7", "9:15", "10:13", "12:5"),
        reading.errors().stream().map(p -> p.line() + ":" + p.column()).distinct().toList());
    assertTrue(
        reading.errors().stream().anyMatch(p -> p.message().contains("is 'state:service' meant?")),
        reading.errors()::toString);
  }

  @Test
  void aTokenMayStandForAnyText() {
    DocumentReading reading =
        document(
            """
            schemaVersion: "2.2"
            parameters:
              A: {type: String, default: x, allowedPattern: "^x$"}
              L: {type: StringList, default: [x]}
              M: {type: StringMap, default: {a: b}}
            mainSteps:
              - {action: "state:file", name: a, inputs: {path: "{{ A }}", mode: "{{A}}", ensure: "{{ A }}", target: "{{A}}"}}
              - {action: "state:package", name: b, inputs: {packages: "{{ L }}", ensure: "{{ A }}"}}
              - {action: "state:package", name: c, inputs: {packages: "{{ M }}"}}
              - {action: "state:service", name: d, inputs: {name: "x-{{ A }}", state: "{{ A }}"}}
              - {action: "state:user", name: e, inputs: {name: "{{ A }}", uid: "{{ A }}", locked: "{{ A }}"}}
              - {action: "state:port", name: f, inputs: {port: ["{{ A }}", 5], listening: "{{ A }}"}}
              - {action: "state:sysctl", name: g, inputs: {key: "{{ A }}", value: "{{ A }}"}}
              - {action: "state:script", name: h, inputs: {check: ["{{ A }}"], timeoutSeconds: "{{ A }}"}}
            """);

    assertEquals(List.of(), reading.errors().stream().map(Problem::text).toList());
  }

  @Test
  void aServiceFollowsOnlyEarlierStepsThatCanTellWhatTheyChanged() {
    DocumentReading reading =
        document(
            """
            schemaVersion: "2.2"
            mainSteps:
              - {action: "aws:runShellScript", name: script, inputs: {runCommand: ["true"]}}
              - {action: "state:file", name: config, inputs: {path: /a}}
              - {action: "state:service", name: s, inputs: {name: x, restartWhenChanged: [config, confg, script, later]}}
              - {action: "state:file", name: later, inputs: {path: /b}}
            """);

    assertEquals(
        List.of(
            "'restartWhenChanged' names 'confg', which is no earlier state: step; did you mean"
                + " 'config'?",
            "'restartWhenChanged' names 'script', which is no earlier state: step",
            "'restartWhenChanged' names 'later', which is no earlier state: step"),
        reading.errors().stream().map(Problem::message).toList());
  }

  @Test
  void filledInInputsAreTypedByWhatTheyAre() {
    Value.Fields inputs =
        new Value.Fields(
            Map.of(
                "path", new Value.Text("/a"),
                // Filled in: what a value holds is looked at no more.
                "content", new Value.Text("{{ braces }}"),
                "backup", new Value.Flag(true)));

    assertEquals(
        Optional.of(
            new ManagedFile(
                "/a",
                new Form.Content("{{ braces }}"),
                Optional.empty(),
                NONE,
                NONE,
                false,
                true,
                false)),
        StateInputs.read("state:file", inputs).resource());
  }

  @Test
  void anActionOfAnotherKindIsNotAskedFor() {
    assertThrows(
        IllegalArgumentException.class,
        () -> StateInputs.read("aws:runShellScript", new Value.Null()));
  }

  private static Resource read(String action, String inputs) {
    StateReading reading = reading(action, inputs);
    assertEquals(List.of(), reading.errors());
    return reading.resource().orElseThrow();
  }

  private static List<String> messages(String action, String inputs) {
    StateReading reading = reading(action, inputs);
    assertEquals(Optional.empty(), reading.resource());
    return reading.errors().stream().map(Finding::message).toList();
  }

  private static StateReading reading(String action, String inputs) {
    // A step of an action that nobody knows hands its inputs on as they are.
    DocumentReading reading =
        document(
            "schemaVersion: \"2.2\"\nmainSteps: [{action: \"x:y\", name: a, inputs: "
                + inputs
                + "}]\n");
    assertEquals(List.of(), reading.errors());
    Value value = reading.document().orElseThrow().steps().getFirst().inputs();
    return StateInputs.read(action, value);
  }

  private static DocumentReading document(String text) {
    return DocumentReader.read(text.getBytes(StandardCharsets.UTF_8));
  }
}
