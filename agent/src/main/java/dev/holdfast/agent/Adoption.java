package dev.holdfast.agent;

import dev.holdfast.agent.assignment.BodyFetcher;
import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.agent.link.Uplink;
import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is wanted onto the disk: asks for the bodies that are lacking, and tells when a set
 * is held whole. On the agent's own thread.
 */
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger("agent");

  private final Holding holding;
  private final Uplink uplink;
  private final BodyFetcher fetcher;
  private final Runnable changed;
  private final Timers timers;
  private boolean unsaved;
  private Optional<Condition> older = Optional.empty();

  /**
   * Of what is held.
   *
   * @param changed asks for a round of the work loop
   */
  Adoption(Holding holding, Uplink uplink, Timers timers, Runnable changed) {
    this.holding = holding;
    this.uplink = uplink;
    this.changed = changed;
    this.timers = timers;
    this.fetcher = new BodyFetcher(uplink, timers, this::bodyCame);
  }

  /** Asks for what is lacking and can be asked for now. */
  void seek() {
    fetcher.seek(holding.lacking());
  }

  /** How long until something is to be asked for again. */
  Optional<Duration> nextRetry() {
    return fetcher.nextRetry();
  }

  /** A set is wanted, and these bodies came with it. */
  void wanted(AssignmentSet set, List<byte[]> beside) {
    boolean lower = set.generation().compareTo(holding.wanted().generation()) < 0;
    Optional<String> refused = saved(() -> holding.want(set, beside), Optional.empty());
    age(lower, set.generation());
    if (refused.isPresent()) {
      LOG.warn("a set was refused generation={} reason={}", set.generation(), refused.get());
      return;
    }
    fetcher.retryNow();
    tellIfAdopted();
    changed.run();
  }

  /** What is held is what is wanted, up to this later generation. */
  void confirmed(Generation generation, Sha256 set) {
    boolean lower = generation.compareTo(holding.wanted().generation()) < 0;
    boolean fits = saved(() -> holding.confirm(generation, set), true);
    age(lower, generation);
    if (!fits) {
      LOG.warn(
          "a confirmation does not fit what is held generation={} held={}",
          generation,
          holding.generation());
    }
    fetcher.retryNow();
    changed.run();
  }

  /** What needs the attention of people; empty if nothing does. */
  Optional<Condition> condition() {
    return older;
  }

  /** Notes whether the coordinator says less than it once said. */
  private void age(boolean lower, Generation said) {
    boolean before = older.isPresent();
    if (!lower) {
      older = Optional.empty();
    } else if (!before) {
      older =
          Optional.of(
              new Condition(
                  "GENERATION_REFUSED",
                  "the coordinator's generation "
                      + said
                      + " is lower than "
                      + holding.wanted().generation()
                      + ", which this host holds: nothing of it is taken. An older copy of its"
                      + " store was put back by hand; 'holdfast-coordinator restore' does that so"
                      + " that agents follow",
                  timers.now()));
    }
    if (before != older.isPresent()) {
      uplink.waitsChanged();
    }
  }

  private boolean bodyCame(Sha256 body, Optional<byte[]> bytes) {
    if (bytes.isEmpty()) {
      changed.run();
      return false;
    }
    boolean before = holding.whole();
    boolean right = saved(() -> holding.arrived(body, bytes.get()), false);
    if (!right && !unsaved) {
      LOG.warn("a body is not what was asked for sha256={} bytes={}", body, bytes.get().length);
    }
    if (!before) {
      tellIfAdopted();
    }
    changed.run();
    return right;
  }

  /**
   * Does what changes the set on the disk. Where there is no room, what is in memory is saved, and
   * told, when there is.
   */
  private <T> T saved(Supplier<T> change, T otherwise) {
    try {
      return change.get();
    } catch (DiskFullException e) {
      LOG.error("no room for the assignments reason={}", e.getMessage());
      unsaved = true;
      changed.run();
      return otherwise;
    }
  }

  /** A round begins: what there was no room for is tried again if there is. */
  void round(boolean scarce) {
    if (unsaved && !scarce) {
      unsaved = false;
      saved(
          () -> {
            holding.save();
            return true;
          },
          false);
      fetcher.retryNow();
      tellIfAdopted();
    }
  }

  private void tellIfAdopted() {
    if (holding.whole() && !unsaved) {
      uplink.adopted(holding.generation(), holding.set());
    }
  }
}
