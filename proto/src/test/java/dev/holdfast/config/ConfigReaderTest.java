package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  private enum Policy {
    WAIT,
    RUN_ANYWAY
  }

  private static final Key<String> NAME = Key.text("name", "none");
  private static final Key<Long> INSTANCES = Key.whole("guard.instances", 100, 1, 1000);
  private static final Key<Boolean> REENROL = Key.flag("allow_reenroll", false);
  private static final Key<Duration> EVERY =
      Key.duration(
          "inventory.every", Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofDays(7));
  private static final Key<Path> FOLDER = Key.path("state", Path.of("/var/lib/x"));
  private static final Key<HostPort> LISTEN =
      Key.address("listen", new HostPort("127.0.0.1", 7440));
  private static final Key<List<String>> NAMES = Key.texts("advertise", List.of());
  private static final Key<Policy> POLICY = Key.choice("policy", Policy.WAIT);
  private static final List<Key<?>> KEYS =
      List.of(NAME, INSTANCES, REENROL, EVERY, FOLDER, LISTEN, NAMES, POLICY);

  @Test
  void readsEveryTypeAndFillsInDefaults() throws ConfigException {
    Config config =
        read(
            """
            # a comment
            name: 10
            guard:
              instances: 7
            inventory.every: 90m
            state: /srv/state
            listen: "[::1]:0"
            advertise: [a.example, 10.0.0.1]
            policy: run_anyway
            """);

    assertEquals("10", config.get(NAME));
    assertEquals(7L, config.get(INSTANCES));
    assertFalse(config.get(REENROL));
    assertFalse(config.given(REENROL));
    assertTrue(config.given(NAME));
    assertEquals(Duration.ofMinutes(90), config.get(EVERY));
    assertEquals(Path.of("/srv/state"), config.get(FOLDER));
    assertEquals(new HostPort("::1", 0), config.get(LISTEN));
    assertEquals(List.of("a.example", "10.0.0.1"), config.get(NAMES));
    assertEquals(Policy.RUN_ANYWAY, config.get(POLICY));
  }

  @Test
  void anEmptyFileGivesTheDefaults() throws ConfigException {
    assertEquals(Config.defaults(KEYS).effective(), read("").effective());
    assertEquals(Config.defaults(KEYS).effective(), read("# nothing\n").effective());
    assertEquals(Config.defaults(KEYS).effective(), read("{}").effective());
  }

  @Test
  void tellsEveryProblemAtOnceWithItsPlace() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                read(
                    """
                    nmae: x
                    guard:
                      instances: 0
                      instence: 3
                    allow_reenroll: yes
                    inventory:
                      every: 5
                    listen: localhost
                    advertise: {a: b}
                    policy: maybe
                    name: a
                    name: b
                    state:
                    zzzzzzzz: 1
                    """));

    assertEquals(
        List.of(
            "f.yaml:1:1: unknown key 'nmae'; did you mean 'name'?",
            "f.yaml:3:14: 'guard.instances' can't be '0': it must be from 1 to 1000",
            "f.yaml:4:3: unknown key 'guard.instence'; did you mean 'guard.instances'?",
            "f.yaml:5:17: 'allow_reenroll' must be true or false",
            "f.yaml:7:10: 'inventory.every' can't be '5': give a number and a unit: 500ms, 30s,"
                + " 10m, 8h, 7d",
            "f.yaml:8:9: 'listen' can't be 'localhost': give HOST:PORT, an IPv6 address in"
                + " brackets",
            "f.yaml:9:12: 'advertise' must be a list",
            "f.yaml:10:9: 'policy' can't be 'maybe': give one of wait, run_anyway",
            "f.yaml:12:1: 'name' stands here a second time",
            "f.yaml:13:7: 'state' has no value; give one or remove the key",
            "f.yaml:14:1: unknown key 'zzzzzzzz'; known are advertise, allow_reenroll,"
                + " guard.instances, inventory.every, listen, name, policy, state"),
        e.problems());
    assertEquals(String.join("; ", e.problems()), e.getMessage());
    assertFalse(String.valueOf(e.getMessage()).contains("\n"));
  }

  @Test
  void aKeyInBothFormsIsAKeyTwice() {
    ConfigException e =
        assertThrows(
            ConfigException.class, () -> read("guard.instances: 3\nguard: {instances: 4}\n"));

    assertEquals(List.of("f.yaml:2:9: 'guard.instances' stands here a second time"), e.problems());
  }

  @Test
  void refusesWhatIsNoYamlOrNoMapOrTooLarge() {
    assertProblem("a: [", "f.yaml:1:5: not YAML: ");
    assertProblem("- a", "f.yaml:1:1: the file must be a map");
    assertProblem("a: &x [*x]", "f.yaml");
    assertProblem("#".repeat(ConfigReader.MAX_BYTES + 1), "f.yaml: more than 65536 bytes");
    assertProblem("guard:\n", "f.yaml:1:1: 'guard' has no keys below it");
    assertProblem("guard: 3\n", "f.yaml:1:1: 'guard' must be a map of keys");
    assertProblem("? [a]\n: b\n", "f.yaml: not YAML: ");
    assertProblem("a: !%2Bx%1B b\n", "f.yaml: not YAML: Tag must not");
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> ConfigReader.read("f.yaml", new byte[] {(byte) 0xff}, KEYS));
    assertEquals(List.of("f.yaml: not UTF-8"), e.problems());
  }

  @Test
  void aFileThatMustBeThereIsAskedForByName(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("agent.yaml");

    ConfigException e = assertThrows(ConfigException.class, () -> ConfigReader.read(file, KEYS));
    assertEquals(List.of(file + ": there is no such file"), e.problems());
    assertEquals("none", ConfigReader.readIfThere(file, KEYS).get(NAME));

    Files.writeString(file, "name: x\n");
    assertEquals("x", ConfigReader.readIfThere(file, KEYS).get(NAME));
  }

  @Test
  void namesTheValuesInEffect() throws ConfigException {
    Map<String, String> effective = read("listen: h:1\n").effective();

    assertEquals("h:1", effective.get("listen"));
    assertEquals("none", effective.get("name"));
    assertEquals(KEYS.size(), effective.size());
  }

  @Test
  void addressesKeepTheirForm() {
    for (String text :
        List.of("host.example:7440", "127.0.0.1:0", "[::1]:65535", "[fe80::1%eth0]:1")) {
      assertEquals(text, HostPort.parse(text).toString());
    }
    for (String text :
        List.of("host", ":1", "h:", "h:65536", "::1:7440", "h:-1", "h h:1", "h:1x")) {
      assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text), text);
    }
  }

  @Test
  void aWordIsCloseIfFewLettersDiffer() {
    assertEquals(0, Closest.distance("abc", "abc"));
    assertEquals(1, Closest.distance("abc", "acb"));
    assertEquals(1, Closest.distance("abc", "abcd"));
    assertEquals(2, Closest.distance("abc", "bcd"));
    assertTrue(Closest.to("instance", List.of("instances", "x")).isPresent());
    assertTrue(Closest.to("completely", List.of("different")).isEmpty());
  }

  private static void assertProblem(String text, String start) {
    ConfigException e = assertThrows(ConfigException.class, () -> read(text), text);
    assertEquals(1, e.problems().size(), e.getMessage());
    assertTrue(e.problems().getFirst().startsWith(start), e.getMessage());
  }

  private static Config read(String text) throws ConfigException {
    return ConfigReader.read("f.yaml", text.getBytes(StandardCharsets.UTF_8), KEYS);
  }
}
