package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.agent.state.Accounts.Account;
import dev.holdfast.report.Drift;
import dev.holdfast.state.User;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Keeps a user of the host's own files, by the tools of the shadow suite. */
final class KeptUser implements Kept {
  private static final String EXISTS = "exists";
  private static final String GROUPS = "groups";
  private static final String PASSWORD = "password";
  private static final String LOCKED = "locked";

  private final Host host;
  private final User user;
  private final Transcript transcript;

  KeptUser(Host host, User user, Transcript transcript) {
    this.host = host;
    this.user = user;
    this.transcript = transcript;
  }

  @Override
  public List<Drift> check() {
    Accounts accounts = Accounts.of(host);
    Optional<Account> found = accounts.user(user.name());
    Drifts drifts = new Drifts(user.subject());
    if (found.isPresent() != user.present()) {
      return drifts
          .add(EXISTS, found.isPresent() ? "yes" : "no", found.isPresent() ? "no" : "yes")
          .list();
    }
    if (!user.present()) {
      return List.of();
    }
    Account account = found.orElseThrow();
    drifts.compare("uid", account.uid(), user.uid());
    drifts.compare(
        "group",
        accounts.groupName(account.gid()),
        user.group()
            .map(name -> accounts.group(name, true).map(Accounts.GroupLine::name).orElse(name)));
    drifts.compare("home", account.home(), user.home());
    drifts.compare("shell", account.shell(), user.shell());
    drifts.compare("comment", account.comment(), user.comment());
    groups(accounts, drifts);
    password(drifts);
    return drifts.list();
  }

  private void groups(Accounts accounts, Drifts drifts) {
    if (user.groups().isEmpty()) {
      return;
    }
    List<String> actual = accounts.groupsOf(user.name());
    TreeSet<String> desired = new TreeSet<>(user.groups().get());
    if (!user.onlyGroups()) {
      desired.addAll(actual);
    }
    if (!List.copyOf(desired).equals(actual)) {
      drifts.add(GROUPS, String.join(",", actual), String.join(",", desired));
    }
  }

  private void password(Drifts drifts) {
    if (user.locked().isEmpty() && user.passwordHash().isEmpty()) {
      return;
    }
    String field = Accounts.password(host, user.name()).orElse("");
    boolean locked = field.startsWith("!") || field.equals("*");
    String hash = field.startsWith("!") ? field.replaceFirst("^!+", "") : field;
    drifts.compare(LOCKED, locked, user.locked());
    if (user.passwordHash().isPresent() && !user.passwordHash().get().equals(hash)) {
      drifts.add(PASSWORD, Drifts.MASKED, Drifts.MASKED);
    }
  }

  @Override
  public void apply(List<Drift> differs) {
    if (Drifts.has(differs, EXISTS)) {
      if (user.present()) {
        create();
      } else {
        change(
            user.removeHome()
                ? List.of("userdel", "--remove", "--", user.name())
                : List.of("userdel", "--", user.name()));
        return;
      }
    } else {
      modify(differs);
    }
    // Both right after the account was made and where only they differ.
    Drifts left = new Drifts(user.subject());
    password(left);
    if (Drifts.has(left.list(), PASSWORD)) {
      // By standard input: an argument is there for everybody to see.
      run(
          List.of("chpasswd", "--encrypted"),
          user.name() + ":" + user.passwordHash().orElseThrow() + "\n");
    }
    lock();
  }

  private void lock() {
    if (user.locked().isEmpty()) {
      return;
    }
    String field = Accounts.password(host, user.name()).orElse("");
    boolean locked = field.startsWith("!") || field.equals("*");
    if (locked != user.locked().get()) {
      change(List.of("usermod", user.locked().get() ? "--lock" : "--unlock", "--", user.name()));
    }
  }

  private void create() {
    List<String> words = new ArrayList<>(List.of("useradd"));
    words.add(user.createHome() ? "--create-home" : "--no-create-home");
    if (user.system()) {
      words.add("--system");
    }
    details(words, user.uid(), user.group(), user.home(), user.shell(), user.comment());
    user.groups()
        .filter(groups -> !groups.isEmpty())
        .ifPresent(groups -> words.addAll(List.of("--groups", String.join(",", groups))));
    words.addAll(List.of("--", user.name()));
    change(words);
  }

  private void modify(List<Drift> differs) {
    List<String> words = new ArrayList<>(List.of("usermod"));
    int before = words.size();
    details(
        words,
        user.uid().filter(uid -> Drifts.has(differs, "uid")),
        user.group().filter(group -> Drifts.has(differs, "group")),
        user.home().filter(home -> Drifts.has(differs, "home")),
        user.shell().filter(shell -> Drifts.has(differs, "shell")),
        user.comment().filter(comment -> Drifts.has(differs, "comment")));
    if (Drifts.has(differs, GROUPS)) {
      if (!user.onlyGroups()) {
        words.add("--append");
      }
      words.addAll(List.of("--groups", String.join(",", user.groups().orElseThrow())));
    }
    if (words.size() > before) {
      words.addAll(List.of("--", user.name()));
      change(words);
    }
  }

  private static void details(
      List<String> words,
      Optional<Integer> uid,
      Optional<String> group,
      Optional<String> home,
      Optional<String> shell,
      Optional<String> comment) {
    uid.ifPresent(number -> words.addAll(List.of("--uid", Integer.toString(number))));
    group.ifPresent(name -> words.addAll(List.of("--gid", name)));
    home.ifPresent(path -> words.addAll(List.of("--home", path)));
    shell.ifPresent(path -> words.addAll(List.of("--shell", path)));
    comment.ifPresent(text -> words.addAll(List.of("--comment", text)));
  }

  private void change(List<String> words) {
    run(words, "");
  }

  private void run(List<String> words, String input) {
    Ran ran = transcript.add(host.run(words, Map.of(), input, RunLimits.STATE_QUERY));
    if (!ran.well()) {
      throw new HostException(
          words.getFirst() + " ended with exit code " + ran.exitCode() + KeptScript.lastLine(ran));
    }
  }
}
