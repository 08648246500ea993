package dev.holdfast.agent.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.policy.PolicyRule.Use;
import dev.holdfast.agent.schedule.HostSay;
import dev.holdfast.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a host's policy says, and what it forbids. */
final class PolicyRuleTest {
  @ParameterizedTest(name = "{0}: {1} as {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "freeze: true                              | aws:runShellScript | root  | ''",
        "allowed_actions: ['*']                    | aws:runShellScript | root  | ''",
        "allowed_actions: []                       | state:file         | ''    | uses state:file",
        "allowed_actions: ['state:*']              | state:file         | ''    | ''",
        "allowed_actions: ['state:*']              | aws:runShellScript | root  | uses"
            + " aws:runShellScript",
        "allowed_actions: [aws:runShellScript]     | aws:runShellScript | root  | ''",
        "allowed_actions: [aws:runShellScript]     | aws:runShellScript2| root  | uses"
            + " aws:runShellScript2",
        "allowed_users: [web, deploy]              | aws:runShellScript | web   | ''",
        "allowed_users: [web, deploy]              | aws:runShellScript | ann   | runs as ann",
        "allowed_users: [web, deploy]              | aws:runShellScript | root  | runs as root",
        "allowed_users: [web, deploy]              | state:file         | ''    | ''",
        "allowed_users: []                         | aws:runShellScript | root  | runs as root",
        "allowed_users: web                        | aws:runShellScript | web   | ''",
      })
  void aRunIsForbiddenByItsFirstStepThatIsNotAllowed(
      String policy, String action, String user, String forbidden) throws Exception {
    Optional<String> why =
        PolicyRule.forbids(
            standing("# first\n" + policy + "\n"),
            List.of(
                new Use(
                    "step 'one'", action, user.isEmpty() ? Optional.empty() : Optional.of(user))));

    assertEquals(forbidden.isEmpty(), why.isEmpty(), why.orElse(""));
    if (!forbidden.isEmpty()) {
      assertTrue(why.get().startsWith("step 'one' " + forbidden + ", which allowed_"), why.get());
      assertTrue(why.get().contains(" in p.yaml:2 of this host"), why.get());
    }
  }

  @Test
  void withoutAFileEverythingIsAllowedAndWithAWrongOneNothing() {
    List<Use> uses = List.of(new Use("step 'x'", "aws:runShellScript", Optional.of("root")));
    assertEquals(Optional.empty(), PolicyRule.forbids(Standing.ABSENT, uses));
    assertEquals(HostSay.NOTHING, PolicyRule.say(Standing.ABSENT, Optional.empty(), Map.of()));

    Standing wrong = new Standing.Wrong("it is wrong");
    assertEquals(Optional.of("it is wrong"), PolicyRule.forbids(wrong, uses));
    assertEquals(
        Optional.of("it is wrong"), PolicyRule.say(wrong, Optional.empty(), Map.of()).shut());
  }

  @Test
  void aPolicySaysHowMuchRunsAndWhen() throws Exception {
    HostSay say =
        PolicyRule.say(
            standing(
                """
                max_runs: 1
                freeze: true
                run_on_edit: false
                quiet_hours: [ "22:00-06:00 Europe/Berlin", "12:00-13:00" ]
                """),
            Optional.empty(),
            Map.of());

    assertEquals(1, say.runsAtOnce());
    assertEquals(Optional.of("frozen by this host: freeze in p.yaml:2"), say.frozen());
    assertEquals(Optional.of("run_on_edit is false in p.yaml:3 of this host"), say.noEdits());
    assertEquals(
        List.of(
            "quiet hours of this host, 22:00-06:00 Europe/Berlin in p.yaml:4",
            "quiet hours of this host, 12:00-13:00 UTC in p.yaml:4"),
        say.quiet().stream().map(HostSay.Quiet::why).toList());
    assertEquals(Optional.empty(), say.shut());
  }

  @Test
  void whatIsNotUnderstoodIsRefusedWithItsPlace() {
    Stream.of(
            "allowed_action: [x]                  => p.yaml:1:1: unknown key 'allowed_action'; did"
                + " you mean 'allowed_actions'?",
            "allowed_actions: ['a*b']             => p.yaml:1: 'allowed_actions' has 'a*b', which"
                + " is not a plugin's name",
            "allowed_users: ['a b']               => p.yaml:1: 'allowed_users' has 'a b', which is"
                + " not the name of a user",
            "quiet_hours: ['25:00-26:00']         => p.yaml:1: 'quiet_hours' has '25:00-26:00';"
                + " give hours and a zone",
            "quiet_hours: ['22:00-06:00 Mars/Sea']=> 'quiet_hours' has '22:00-06:00 Mars/Sea'; this"
                + " host does not know",
            "max_runs: 0                          => 'max_runs' can't be '0'",
            "freeze: maybe                        => 'freeze' must be true or false",
            "freeze: true\n"
                + "freeze: false          => p.yaml:2:1: 'freeze' stands here a second time",
            "- freeze                             => the file must be a map")
        .map(line -> line.split(" *=> ", 2))
        .forEach(
            parts -> {
              Exception refused = assertThrows(Exception.class, () -> standing(parts[0]), parts[0]);
              assertTrue(
                  String.valueOf(refused.getMessage()).contains(parts[1]), refused.getMessage());
            });
  }

  private static Standing standing(String text) throws ConfigException {
    return new Standing.InForce(Policy.read("p.yaml", text.getBytes(StandardCharsets.UTF_8)));
  }
}
