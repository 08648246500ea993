package dev.holdfast.agent.policy;

import dev.holdfast.agent.schedule.QuietHours;
import dev.holdfast.config.Config;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Key;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a host allows. A list that is not there allows everything; an empty one nothing.
 *
 * @param file its name, for what is told of it
 * @param actions names of plugins, each may end with {@code *}
 * @param users whom scripts may run as; one that names no user runs as root
 * @param runsAtOnce documents that run at once
 * @param freeze nothing starts by itself
 * @param quiet hours of each day in which nothing starts by itself
 * @param runOnEdit whether an edit starts a run
 */
public record Policy(
    String file,
    Optional<Rule<List<String>>> actions,
    Optional<Rule<List<String>>> users,
    Optional<Rule<Long>> runsAtOnce,
    Rule<Boolean> freeze,
    Rule<List<QuietHours>> quiet,
    Rule<Boolean> runOnEdit) {

  private static final int MAX_ITEMS = 200;
  private static final Pattern ACTION = Pattern.compile("[A-Za-z][A-Za-z0-9:_.-]{0,127}\\*?|\\*");
  private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

  private static final Key<List<String>> ACTIONS = Key.texts("allowed_actions", List.of());
  private static final Key<List<String>> USERS = Key.texts("allowed_users", List.of());
  private static final Key<Long> MOST =
      Key.whole("max_runs", RunLimits.RUNS_AT_ONCE, 1, RunLimits.RUNS_AT_ONCE);
  private static final Key<Boolean> FREEZE = Key.flag("freeze", false);
  private static final Key<List<String>> QUIET = Key.texts("quiet_hours", List.of());
  private static final Key<Boolean> EDIT = Key.flag("run_on_edit", true);
  private static final List<Key<?>> KEYS = List.of(ACTIONS, USERS, MOST, FREEZE, QUIET, EDIT);

  /**
   * What a key says.
   *
   * @param line of the file, from 1; 0 if the file does not name the key
   */
  public record Rule<T>(T value, int line) {}

  /**
   * Reads the content of a policy file.
   *
   * @param file its name, for messages
   * @throws ConfigException with every problem of its form
   * @throws IllegalArgumentException with the first item that is not what its list holds
   */
  public static Policy read(String file, byte[] content) throws ConfigException {
    Config config = ConfigReader.read(file, content, KEYS);
    return new Policy(
        file,
        given(config, ACTIONS)
            .map(
                rule -> checked(file, ACTIONS, rule, ACTION, "a plugin's name; it may end with *")),
        given(config, USERS).map(rule -> checked(file, USERS, rule, USER, "the name of a user")),
        given(config, MOST),
        rule(config, FREEZE),
        quiet(file, rule(config, QUIET)),
        rule(config, EDIT));
  }

  private static <T> Optional<Rule<T>> given(Config config, Key<T> key) {
    return config.given(key) ? Optional.of(rule(config, key)) : Optional.empty();
  }

  private static <T> Rule<T> rule(Config config, Key<T> key) {
    return new Rule<>(config.get(key), config.line(key).orElse(0));
  }

  private static Rule<List<String>> checked(
      String file, Key<?> key, Rule<List<String>> rule, Pattern form, String must) {
    bounded(file, key, rule);
    for (String item : rule.value()) {
      if (!form.matcher(item).matches()) {
        throw new IllegalArgumentException(
            file
                + ":"
                + rule.line()
                + ": '"
                + key.name()
                + "' has '"
                + item
                + "', which is not "
                + must);
      }
    }
    return new Rule<>(List.copyOf(rule.value()), rule.line());
  }

  private static Rule<List<QuietHours>> quiet(String file, Rule<List<String>> rule) {
    bounded(file, QUIET, rule);
    List<QuietHours> hours = new ArrayList<>();
    for (String item : rule.value()) {
      try {
        hours.add(QuietHours.parse(item));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            file + ":" + rule.line() + ": 'quiet_hours' has '" + item + "'; " + e.getMessage(), e);
      }
    }
    return new Rule<>(List.copyOf(hours), rule.line());
  }

  private static void bounded(String file, Key<?> key, Rule<? extends List<?>> rule) {
    if (rule.value().size() > MAX_ITEMS) {
      throw new IllegalArgumentException(
          file
              + ":"
              + rule.line()
              + ": '"
              + key.name()
              + "' has more than "
              + MAX_ITEMS
              + " items");
    }
  }
}
