package dev.holdfast.coordinator.watch;

import dev.holdfast.coordinator.store.FleetRows;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Webhooks;
import dev.holdfast.coordinator.store.Webhooks.Condition;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import dev.holdfast.task.WatchLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is read from the store for those who watch: together, from indexes, and at most once in
 * {@link WatchLimits#FIGURES_KEPT} however often it is asked for. From any thread.
 */
public final class FleetFigures {
  private final Store store;
  private final Timers timers;
  private final Recent<Fleet> recent;

  /**
   * @param timers the clocks alone are used, from any thread
   */
  public FleetFigures(Store store, Timers timers) {
    this.store = store;
    this.timers = timers;
    this.recent = new Recent<>(this::read, WatchLimits.FIGURES_KEPT, timers::uptime);
  }

  /**
   * All of it.
   *
   * @param told instances by what the log last said of their presence, {@code NEVER} included
   * @param webhooks by condition
   * @param failingSince when the webhook failed first that has failed longest; empty if none does
   * @param backedUp when the newest backup was taken; empty if none was
   */
  public record Fleet(
      Map<String, Integer> told,
      int associations,
      int inProgress,
      int openExecutions,
      FleetRows.Permits permits,
      Map<Condition, Integer> webhooks,
      Optional<Instant> failingSince,
      Optional<Instant> backedUp,
      ProbeRule.Standing probes) {}

  /**
   * The figures; empty if the store could never be read.
   *
   * @see #age
   */
  public Optional<Fleet> now() {
    return recent.get();
  }

  /** How old the figures are; zero if there are none. */
  public Duration age() {
    return recent.age().orElse(Duration.ZERO);
  }

  /**
   * Instances by presence, in small letters.
   *
   * @param online linked ones whose work loop goes round
   * @param silent linked ones whose work loop stands still
   * @param comingBack the coordinator started so recently that who is not linked may still come
   */
  public static Map<String, Double> presences(
      Map<String, Integer> told, int online, int silent, boolean comingBack) {
    int linkedOnes = told.getOrDefault("ONLINE", 0) + told.getOrDefault("SILENT", 0);
    int missing = Math.max(0, linkedOnes - online - silent);
    int lost = told.getOrDefault("CONNECTION_LOST", 0) + told.getOrDefault(PresenceRows.NEVER, 0);
    Map<String, Double> presences = new LinkedHashMap<>();
    presences.put("online", (double) online);
    presences.put("silent", (double) silent);
    presences.put("connection_lost", (double) lost + (comingBack ? 0 : missing));
    presences.put("inactive", (double) told.getOrDefault("INACTIVE", 0));
    presences.put("unknown", comingBack ? (double) missing : 0);
    return presences;
  }

  /** The word of a condition, as a label has it. */
  static String word(Condition condition) {
    return condition.name().toLowerCase(Locale.ROOT);
  }

  /** Webhooks by condition, none left out. */
  public static Map<String, Double> webhooks(Map<Condition, Integer> counts) {
    Map<String, Double> words = new LinkedHashMap<>();
    for (Condition condition : Condition.values()) {
      words.put(word(condition), (double) counts.getOrDefault(condition, 0));
    }
    return words;
  }

  private Fleet read() {
    return store.read(
        read -> {
          List<Webhooks.Webhook> hooks = Webhooks.list(read, "", Limits.MAX_WEBHOOKS);
          Map<Condition, Integer> conditions = new LinkedHashMap<>();
          hooks.forEach(hook -> conditions.merge(hook.state().condition(), 1, Integer::sum));
          return new Fleet(
              FleetRows.presences(read),
              FleetRows.associations(read),
              FleetRows.inProgress(read),
              FleetRows.openExecutions(read),
              FleetRows.permits(read),
              conditions,
              hooks.stream()
                  .filter(hook -> hook.state().condition() != Condition.OK)
                  .map(hook -> hook.state().since())
                  .min(Instant::compareTo),
              Meta.get(read, Meta.BACKED_UP).map(Long::parseLong).map(Instant::ofEpochMilli),
              probes(read));
        });
  }

  private ProbeRule.Standing probes(Read read) {
    return ProbeRows.standing(read, timers.now());
  }
}
