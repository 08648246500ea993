package dev.holdfast.coordinator.link;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.agent.SetAdopted;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one instance holds, as it told, and what is wanted of it. Changed on the owner's executor
 * only; {@link #standing} and {@link #waitsSince} may be read from anywhere.
 */
final class Held {
  private final Settling settling;
  private Generation generation = Generation.NONE;
  private Optional<Sha256> hash = Optional.empty();
  private Optional<AssignmentSet> set = Optional.empty();
  private Optional<Sha256> setHash = Optional.empty();
  private Optional<AssignmentSet> wanted = Optional.empty();
  private Optional<Sha256> wantedHash = Optional.empty();
  private List<Linked.Wait> waits = List.of();
  private List<Linked.Concern> concerns = List.of();
  private boolean told;
  private Optional<Duration> changed = Optional.empty();
  private volatile Optional<Duration> waitsSince = Optional.empty();
  private volatile Linked.Standing standing =
      new Linked.Standing(
          Generation.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          List.of(),
          List.of());

  /** Hears whether the instance holds what is wanted of it. */
  interface Settling {
    /**
     * It does, or does not any more.
     *
     * @param told whether the agent said so just now
     * @param changed when, in uptime, the first change was committed that it holds only now; empty
     *     if it was not a change that it waited for
     */
    void settled(boolean settled, boolean told, Optional<Duration> changed);
  }

  Held(Settling settling) {
    this.settling = settling;
  }

  /** Tells those who listen where it stands, if that is new; a link that is over holds nothing. */
  void tell(boolean open, boolean saidSo) {
    boolean now = open && settled();
    if (now != told) {
      told = now;
      settling.settled(now, saidSo, now ? changed : Optional.empty());
    }
    if (settled() || !open) {
      changed = Optional.empty();
      waitsSince = Optional.empty();
    }
  }

  /** Since when, in uptime, it does not hold what is wanted; empty if it does. */
  Optional<Duration> waitsSince() {
    return waitsSince;
  }

  /** It told that it holds this. */
  void told(Generation held, Optional<Sha256> heldHash) {
    generation = held;
    hash = heldHash;
    settle();
  }

  /** It told that it has adopted a set; the hash has the length of one. */
  void told(SetAdopted adopted) {
    told(
        AssignmentCodec.fromProto(adopted.getGeneration()),
        Optional.of(Sha256.ofRaw(adopted.getSetSha256().toByteArray())));
  }

  /**
   * This is wanted from now on.
   *
   * @param committed when the change was that it follows from, in uptime; empty if from none
   * @param uptime now
   */
  void want(AssignmentSet now, Sha256 nowHash, Optional<Duration> committed, Duration uptime) {
    if (wanted.isPresent()) { // the first one answers a hello
      changed = changed.or(() -> committed);
    }
    waitsSince = waitsSince.or(() -> committed).or(() -> Optional.of(uptime));
    wanted = Optional.of(now);
    wantedHash = Optional.of(nowHash);
    if (settled()) { // what it holds is confirmed at a later generation
      generation = now.generation();
    }
    settle();
  }

  /** This waits on it, and this needs attention. */
  void waits(List<Linked.Wait> now, List<Linked.Concern> needsAttention) {
    waits = now;
    concerns = needsAttention;
    settle();
  }

  /** What was wanted last; empty if nothing yet. */
  Optional<AssignmentSet> wanted() {
    return wanted;
  }

  /** Whether it holds what was wanted last. */
  boolean settled() {
    return wantedHash.isPresent() && hash.equals(wantedHash);
  }

  /** All of it. */
  Linked.Standing standing() {
    return standing;
  }

  private void settle() {
    if (settled()) {
      set = wanted;
      setHash = wantedHash;
    } else if (!hash.equals(setHash)) {
      set = Optional.empty();
      setHash = Optional.empty();
    }
    standing = new Linked.Standing(generation, hash, set, wanted, settled(), waits, concerns);
  }
}
