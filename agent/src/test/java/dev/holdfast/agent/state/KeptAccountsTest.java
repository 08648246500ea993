package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Group;
import dev.holdfast.state.User;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Users and groups. */
final class KeptAccountsTest {
  private static final String HASH = "$y$j9T$new";

  private final MemoryHost host =
      new MemoryHost()
          .with(
              "/etc/passwd",
              "root:x:0:0:root:/root:/bin/bash\na:x:1000:100:A:/home/a:/bin/sh\nbroken line\n")
          .with("/etc/group", "root:x:0:\nusers:x:100:\nadm:x:4:a,b\nssl:x:5:\n")
          .with("/etc/shadow", "root:*:1:\na:!$y$j9T$old:19000:0\n");

  @Test
  void allThatIsSaidOfAUserIsCompared() {
    assertEquals(
        List.of(
            new Drift("user a", "uid", "1000", "1001"),
            new Drift("user a", "group", "users", "adm"),
            new Drift("user a", "home", "/home/a", "/srv/a"),
            new Drift("user a", "shell", "/bin/sh", "/bin/bash"),
            new Drift("user a", "comment", "A", "B"),
            new Drift("user a", "groups", "adm", "adm,ssl"),
            new Drift("user a", "locked", "true", "false"),
            new Drift("user a", "password", Drifts.MASKED, Drifts.MASKED)),
        user(new User(
                "a",
                true,
                Optional.of(1_001),
                Optional.of("4"),
                Optional.of(List.of("ssl")),
                false,
                Optional.of("/srv/a"),
                true,
                Optional.of("/bin/bash"),
                Optional.of("B"),
                false,
                Optional.of(false),
                Optional.of(HASH),
                false))
            .check());
    assertEquals(List.of(), user(named("a", true)).check());
    assertEquals(List.of(), user(named("z", false)).check());
  }

  @Test
  void aHashIsTheSameWhetherItIsLockedOrNot() {
    assertEquals(List.of(), user(locked("a", Optional.empty(), "$y$j9T$old")).check());
  }

  @Test
  void aUserIsMadeWithAllThatIsSaidAndItsHashIsNoArgument() {
    KeptUser kept =
        user(
            new User(
                "z",
                true,
                Optional.of(7),
                Optional.of("adm"),
                Optional.of(List.of("ssl", "users")),
                false,
                Optional.of("/srv/z"),
                false,
                Optional.of("/bin/sh"),
                Optional.of("Z of all"),
                true,
                Optional.of(true),
                Optional.of(HASH),
                false));
    assertEquals(List.of(new Drift("user z", "exists", "no", "yes")), kept.check());

    kept.apply(kept.check());

    assertEquals(
        List.of(
            "useradd --no-create-home --system --uid 7 --gid adm --home /srv/z --shell /bin/sh"
                + " --comment Z of all --groups ssl,users -- z",
            "chpasswd --encrypted <- z:" + HASH + "\n",
            "usermod --lock -- z"),
        host.commands);
    assertTrue(
        host.commands.stream().noneMatch(words -> words.split(" <- ", -1)[0].contains(HASH)));
  }

  @Test
  void onlyWhatDiffersOfAUserIsChanged() {
    KeptUser kept =
        user(
            new User(
                "a",
                true,
                Optional.of(1_000),
                Optional.empty(),
                Optional.of(List.of()),
                true,
                Optional.empty(),
                true,
                Optional.of("/bin/bash"),
                Optional.of("A"),
                false,
                Optional.of(false),
                Optional.empty(),
                false));

    kept.apply(kept.check());

    assertEquals(
        List.of("usermod --shell /bin/bash --groups  -- a", "usermod --unlock -- a"),
        host.commands);
  }

  @Test
  void aUserGoesWithItsHomeOnlyIfThatIsAsked() {
    user(named("a", false)).apply(user(named("a", false)).check());

    assertEquals(List.of("userdel -- a"), host.commands);
  }

  @Test
  void aGroupAndItsMembersAreCompared() {
    assertEquals(
        List.of(
            new Drift("group adm", "gid", "4", "44"),
            new Drift("group adm", "members", "a,b", "a,b,c")),
        group(new Group("adm", true, Optional.of(44), false, Optional.of(List.of("c")), false))
            .check());
    assertEquals(
        List.of(new Drift("group adm", "members", "a,b", "c")),
        group(new Group("adm", true, Optional.empty(), false, Optional.of(List.of("c")), true))
            .check());
  }

  @Test
  void aGroupIsMadeChangedAndRemoved() {
    KeptGroup made =
        group(new Group("z", true, Optional.of(9), true, Optional.of(List.of("a")), false));
    made.apply(made.check());
    KeptGroup changed =
        group(new Group("adm", true, Optional.of(9), false, Optional.of(List.of("b")), true));
    changed.apply(changed.check());
    KeptGroup gone =
        group(new Group("adm", false, Optional.empty(), false, Optional.empty(), false));
    gone.apply(gone.check());

    assertEquals(
        List.of(
            "groupadd --system --gid 9 z",
            "gpasswd --members a z",
            "groupmod --gid 9 adm",
            "gpasswd --members b adm",
            "groupdel adm"),
        host.commands);
  }

  private KeptUser user(User user) {
    return new KeptUser(host, user, new Transcript());
  }

  private KeptGroup group(Group group) {
    return new KeptGroup(host, group, new Transcript());
  }

  private static User named(String name, boolean present) {
    return new User(
        name,
        present,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static User locked(String name, Optional<Boolean> locked, String hash) {
    return new User(
        name,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        true,
        Optional.empty(),
        Optional.empty(),
        false,
        locked,
        Optional.of(hash),
        false);
  }
}
