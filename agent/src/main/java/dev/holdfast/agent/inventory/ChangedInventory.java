package dev.holdfast.agent.inventory;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.inventory.TypeState.Pending;
import dev.holdfast.agent.inventory.TypeState.Refused;
import dev.holdfast.agent.spool.InventoryLane;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.ReportCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes inventory on as differences from what the coordinator has acknowledged, and whole where
 * that is not known or not cheaper. On the agent's own thread.
 *
 * <p>Of each type at most one report is under way. What is gathered meanwhile is kept on disk and
 * passed on once the report is acknowledged, so a difference always begins at what the coordinator
 * has then, however late it answers. A crash between two writes may leave behind a wrong notion of
 * what it has: it sees that by the hash of the base, and asks for the whole.
 */
public final class ChangedInventory {
  private static final Logger LOG = LoggerFactory.getLogger("inventory");

  /** A difference is sent if the whole takes more than so many times its bytes. */
  private static final int WORTH_A_DIFFERENCE = 2;

  private static final String EMPTY = Items.hash(List.of());

  private final Contents contents;
  private final ToldFile file;
  private final InventoryLane lane;
  private final Timers timers;
  private final Map<String, TypeState> states = new TreeMap<>();

  /** Types whose moment has not come yet; not on disk: after a new start it has. */
  private final Set<String> delayed = new HashSet<>();

  private String epoch = "";
  private boolean dirty;

  /** Over the agent's disk and spool; {@link #start} comes first. */
  public ChangedInventory(Disk disk, InventoryLane lane, Timers timers) {
    this.contents = new Contents(disk);
    this.file = new ToldFile(disk);
    this.lane = lane;
    this.timers = timers;
  }

  /** Takes up what the disk holds, and passes on what an earlier life gathered and did not. */
  public void start() {
    ToldFile.Content content = file.read();
    content.states().forEach(state -> states.put(state.type(), state));
    epoch = content.epoch();
    contents.keepOnly(keys());
    settle();
    passOnOwed();
    save();
  }

  /**
   * Takes what was gathered. When this returns it is on disk, and will reach the coordinator unless
   * something newer does.
   *
   * @param gathering what was asked for; types that people made and that are no longer there are
   *     told as empty, if nothing failed
   * @param delay how long to wait before it is passed on
   */
  public void take(Gathering gathering, Gatherer.Found gathered, Duration delay) {
    settle();
    Set<String> taken = new HashSet<>();
    for (Report.Inventory each : gathered.types()) {
      note(each);
      taken.add(each.typeName());
    }
    if (gathering.types().contains(Gathering.CUSTOM) && gathered.failures().isEmpty()) {
      taken.addAll(gone(taken));
    }
    if (delay.isZero()) {
      delayed.removeAll(taken);
      passOnOwed();
    } else {
      delayed.addAll(taken);
      timers.after(
          delay,
          () -> {
            delayed.removeAll(taken);
            settle();
            passOnOwed();
            save();
          });
    }
    bound();
    save();
  }

  /**
   * The coordinator answers.
   *
   * @param storedThrough up to here it has stored the inventory lane; 0 if it does not say
   * @param refused sequences that it refused
   * @param whole types of which it has no content that a difference fits to
   */
  public void acknowledged(long storedThrough, Set<Long> refused, Collection<String> whole) {
    Set<String> justWhole = new HashSet<>();
    for (TypeState state : List.copyOf(states.values())) {
      Optional<Pending> pending = state.pending();
      if (pending.isEmpty()) {
        continue;
      }
      Pending sent = pending.get();
      if (refused.contains(sent.sequence())) {
        put(refused(state, sent));
      } else if (sent.sequence() <= storedThrough) {
        acknowledged(state, sent.hash());
        if (sent.whole()) {
          justWhole.add(state.type());
        }
      }
    }
    settle();
    for (String type : new HashSet<>(whole)) {
      TypeState state = states.get(type);
      if (state != null) {
        wantedWhole(state, justWhole.contains(type));
      }
    }
    passOnOwed();
    save();
  }

  /** What the coordinator had is not known any more: all that is kept is passed on whole. */
  public void forgotten() {
    settle();
    for (TypeState state : List.copyOf(states.values())) {
      wantedWhole(state, false);
    }
    passOnOwed();
    save();
  }

  /** A whole copy that is refused stays away until it changes; a difference is told whole once. */
  private static TypeState refused(TypeState state, Pending sent) {
    return sent.whole()
        ? state.refused(new Refused(sent.hash(), state.captured()))
        : state.unacknowledged().notPending().owing(true);
  }

  private void acknowledged(TypeState state, String hash) {
    TypeState next = state.acknowledged(hash);
    if (state.acknowledged().equals(next.acknowledged())) {
      // Nothing that must survive: the spool knows, too, that the report is stored.
      states.put(state.type(), next);
    } else {
      put(next);
    }
  }

  private void wantedWhole(TypeState state, boolean justWhole) {
    TypeState next = state.unacknowledged();
    if (state.pending().map(Pending::whole).orElse(false)) {
      LOG.debug("a whole copy is under way already type={}", state.type());
    } else if (!justWhole) {
      next = next.notPending().owing(true);
      delayed.remove(state.type());
    }
    // Else it asks for what it has just stored: the next gathering brings it, so that two sides
    // that disagree for good do so once a gathering.
    put(next);
  }

  private void note(Report.Inventory each) {
    TypeState before = states.get(each.typeName());
    String hash = each.contentHash();
    if (before == null
        || !before.keys().contains(Contents.key(each.typeName(), hash))
        || contents.read(each.typeName(), hash).isEmpty()) {
      contents.put(each.typeName(), hash, each.items());
    }
    TypeState state =
        before == null
            ? new TypeState(
                each.typeName(),
                each.schemaVersion(),
                hash,
                each.captureTime(),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty())
            : before.gathered(
                each.schemaVersion(), hash, each.captureTime(), !stillRefused(before, each));
    put(state);
  }

  private static boolean stillRefused(TypeState state, Report.Inventory now) {
    return state
        .refused()
        .filter(content -> content.hash().equals(now.contentHash()))
        .filter(
            content ->
                !now.captureTime().isAfter(content.captured().plus(InventoryLimits.AGAIN))
                    // The wall clock may have gone back.
                    && !now.captureTime().isBefore(content.captured()))
        .isPresent();
  }

  /** Types from files that are no more are told once as empty, then forgotten. */
  private Set<String> gone(Set<String> found) {
    Set<String> gone = new HashSet<>();
    Instant now = timers.now();
    for (TypeState state : List.copyOf(states.values())) {
      if (!state.type().startsWith(Gathering.CUSTOM_PREFIX) || found.contains(state.type())) {
        continue;
      }
      if (!state.newest().equals(EMPTY)) {
        note(new Report.Inventory(state.type(), state.schemaVersion(), now, EMPTY, List.of()));
        gone.add(state.type());
      } else if (!state.owed() && state.pending().isEmpty()) {
        states.remove(state.type());
        dirty = true;
      }
    }
    return gone;
  }

  /** What no longer waits in the spool is stored, or lost; and a new epoch forgets. */
  private void settle() {
    boolean same = epoch.equals(lane.epoch());
    for (TypeState state : List.copyOf(states.values())) {
      TypeState next = same ? state : state.unacknowledged();
      Optional<Pending> pending = state.pending();
      if (pending.isPresent() && !lane.waits(state.type(), pending.get().sequence())) {
        next =
            same && pending.get().sequence() <= lane.storedThrough()
                ? next.acknowledged(pending.get().hash())
                : next.notPending().owing(true);
      }
      if (!next.equals(state)) {
        put(next);
      }
    }
    if (!same) {
      epoch = lane.epoch();
      dirty = true;
    }
  }

  private void passOnOwed() {
    for (TypeState state : List.copyOf(states.values())) {
      if (state.owed() && state.pending().isEmpty() && !delayed.contains(state.type())) {
        passOn(state);
      }
    }
  }

  private void passOn(TypeState state) {
    Optional<Report> made = report(state);
    if (made.isEmpty()) {
      LOG.error("kept inventory is damaged; the next gathering tells all type={}", state.type());
      states.remove(state.type());
      dirty = true;
      return;
    }
    Report report = made.get();
    OptionalLong sequence = lane.add(report);
    // Without room for it, it waits for the next gathering.
    put(
        sequence.isPresent()
            ? state.sent(
                new Pending(
                    sequence.getAsLong(), state.newest(), report instanceof Report.Inventory))
            : state.owing(false));
  }

  /** Empty if what was kept is damaged. */
  private Optional<Report> report(TypeState state) {
    if (state.acknowledged().equals(Optional.of(state.newest()))) {
      return Optional.of(
          difference(state, state.newest(), new Items.Difference(List.of(), List.of())));
    }
    return contents.read(state.type(), state.newest()).map(now -> report(state, now));
  }

  private Report report(TypeState state, List<Map<String, String>> now) {
    Report.Inventory whole =
        new Report.Inventory(
            state.type(), state.schemaVersion(), state.captured(), state.newest(), now);
    if (state.acknowledged().isEmpty()) {
      return whole;
    }
    String base = state.acknowledged().get();
    Optional<List<Map<String, String>>> before = contents.read(state.type(), base);
    if (before.isEmpty()) {
      return whole;
    }
    Items.Difference change = Items.between(before.get(), now);
    long bytes = packedBytes(change.removed()) + packedBytes(change.added());
    return WORTH_A_DIFFERENCE * bytes < packedBytes(now) ? difference(state, base, change) : whole;
  }

  private static Report.InventoryDelta difference(
      TypeState state, String base, Items.Difference change) {
    return new Report.InventoryDelta(
        state.type(),
        state.schemaVersion(),
        state.captured(),
        state.newest(),
        base,
        change.removed(),
        change.added());
  }

  private static long packedBytes(List<Map<String, String>> items) {
    return items.isEmpty() ? 0 : ReportCodec.pack(items).size();
  }

  /** Types that people made come and go; those gathered longest ago are forgotten. */
  private void bound() {
    while (states.size() > Limits.MAX_INVENTORY_TYPES) {
      states.values().stream()
          .min(Comparator.comparing(TypeState::captured))
          .ifPresent(oldest -> states.remove(oldest.type()));
      dirty = true;
    }
  }

  private void put(TypeState state) {
    states.put(state.type(), state);
    dirty = true;
  }

  private Set<String> keys() {
    Set<String> keys = new HashSet<>();
    states.values().forEach(state -> keys.addAll(state.keys()));
    return keys;
  }

  private void save() {
    if (dirty) {
      file.write(new ToldFile.Content(epoch, new ArrayList<>(states.values())));
      contents.keepOnly(keys());
      dirty = false;
    }
  }
}
