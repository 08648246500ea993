package dev.holdfast.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:user} and {@code state:group}. */
final class AccountInputs {
  private static final int MAX_ID = Integer.MAX_VALUE - 1;
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,30}\\$?");
  private static final Pattern NAME_OR_NUMBER =
      Pattern.compile("[a-z_][a-z0-9_.-]{0,30}\\$?|[0-9]{1,10}");
  private static final String NAMES =
      "at most 32 lower-case letters, digits and _ . -, with a letter first";
  private static final Pattern FIELD = Pattern.compile("[^:\\n\\r]*");
  private static final Pattern HASH = Pattern.compile("\\$[^:\\s$]+\\$[^:\\s]+");
  private static final Map<String, Boolean> ENSURE = Map.of("present", true, "absent", false);

  private AccountInputs() {}

  static Optional<Resource> user(Inputs inputs) {
    String name = name(inputs, "deploy");
    boolean present = inputs.word("ensure", ENSURE).orElse(true);
    if (inputs.has("password")) {
      inputs.error(
          "password",
          "a password in clear is never taken; give 'passwordHash' as 'mkpasswd' makes it");
    }
    Optional<String> hash =
        inputs
            .text("passwordHash")
            .filter(
                text -> {
                  boolean right = HASH.matcher(text).matches();
                  if (!right) {
                    // What it is instead may be the password itself.
                    inputs.error(
                        "passwordHash",
                        "'passwordHash' is no hash of crypt(3), like $y$...; a password in clear is"
                            + " refused");
                  }
                  return right;
                });
    Optional<Boolean> locked = inputs.flag("locked");
    Optional<List<String>> groups = inputs.texts("groups", NAME, NAMES);
    Optional<Integer> uid = inputs.number("uid", 0, MAX_ID);
    Optional<String> group = inputs.text("group", NAME_OR_NUMBER, "a group's name or number");
    boolean onlyGroups = only(inputs, "onlyGroups", "groups");
    Optional<String> home = inputs.path("home");
    boolean createHome = inputs.flag("createHome", true);
    Optional<String> shell = inputs.path("shell");
    Optional<String> comment = inputs.text("comment", FIELD, "text without ':' on one line");
    boolean system = inputs.flag("system", false);
    boolean removeHome = inputs.flag("removeHome", false);
    if (inputs.has("removeHome") && present && !inputs.open()) {
      inputs.error("removeHome", "'removeHome' goes with ensure: absent");
    }
    if (!present) {
      absentOnly(
          inputs,
          List.of(
              "uid",
              "group",
              "groups",
              "home",
              "createHome",
              "shell",
              "comment",
              "system",
              "locked",
              "passwordHash"));
    }
    return Optional.of(
        new User(
            name,
            present,
            uid,
            group,
            groups,
            onlyGroups,
            home,
            createHome,
            shell,
            comment,
            system,
            locked,
            hash,
            removeHome));
  }

  static Optional<Resource> group(Inputs inputs) {
    String name = name(inputs, "deploy");
    boolean present = inputs.word("ensure", ENSURE).orElse(true);
    Optional<Integer> gid = inputs.number("gid", 0, MAX_ID);
    boolean system = inputs.flag("system", false);
    Optional<List<String>> members = inputs.texts("members", NAME, NAMES);
    boolean onlyMembers = only(inputs, "onlyMembers", "members");
    if (!present) {
      absentOnly(inputs, List.of("gid", "system", "members"));
    }
    return Optional.of(new Group(name, present, gid, system, members, onlyMembers));
  }

  private static String name(Inputs inputs, String example) {
    String name = inputs.needed("name", example);
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      inputs.error("name", "'name' is '" + name + "'; allowed are " + NAMES);
    }
    if (name.equals("root") && inputs.has("ensure")) {
      inputs.error("name", "root is there, and stays");
    }
    return name;
  }

  private static boolean only(Inputs inputs, String key, String of) {
    if (inputs.has(key) && !inputs.has(of)) {
      inputs.error(key, "'" + key + "' belongs to '" + of + "', which is not given");
    }
    return inputs.flag(key, false);
  }

  private static void absentOnly(Inputs inputs, List<String> keys) {
    for (String key : keys) {
      if (inputs.has(key)) {
        inputs.error(key, "'" + key + "' does not go with ensure: absent");
      }
    }
  }
}
