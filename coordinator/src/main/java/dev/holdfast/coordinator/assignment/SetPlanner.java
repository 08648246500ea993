package dev.holdfast.coordinator.assignment;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.AssignmentRows;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Freezes;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes assignment sets from rows. The same rows give the same set, whoever computes it; the
 * generation is the log position of the rows that were read. One pass serves many instances: what
 * belongs to an association is read once a pass. Not for several threads at once.
 */
public final class SetPlanner {
  /** Instances that one call of {@link Pass#plan} takes. */
  public static final int MAX_INSTANCES = 500;

  private static final int REMEMBERED_REVISIONS = 10_000;

  private final long epoch;
  // A revision's bytes never change, so what they say may be remembered.
  private final Map<Sha256, Traits> traits =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, Traits> eldest) {
          return size() > REMEMBERED_REVISIONS;
        }
      };

  /** What of a revision its sets depend on. */
  private record Traits(boolean startsByItself, boolean needsPermit) {}

  /**
   * @param epoch the number of the store's history
   */
  public SetPlanner(long epoch) {
    this.epoch = epoch;
  }

  /**
   * Begins a pass. It may last over several views of the rows, and then reads again what changed.
   */
  public Pass pass() {
    return new Pass();
  }

  /** The set of one instance; empty if it may not connect. */
  public Optional<AssignmentSet> plan(Read read, InstanceId instance, Instant now) {
    return Optional.ofNullable(pass().plan(read, List.of(instance), now).get(instance));
  }

  /** Sets of many instances, one chunk after the other. */
  public final class Pass {
    private final Map<AssociationId, Standing> standings = new HashMap<>();
    private Optional<Freeze> freeze = Optional.empty();
    private long position = -1;

    private Pass() {}

    /**
     * The sets of those of the instances that may connect.
     *
     * @param instances at most {@link #MAX_INSTANCES}
     */
    public Map<InstanceId, AssignmentSet> plan(
        Read read, Collection<InstanceId> instances, Instant now) {
      long newest = EventLog.newest(read);
      if (newest != position) {
        standings.clear();
        freeze = Freezes.current(read);
        position = newest;
      }
      Instant since = now.minus(RunLimits.CANCELLED_KEPT);
      Set<InstanceId> active = AssignmentRows.active(read, instances);
      Map<InstanceId, List<Membership>> intervals = new HashMap<>();
      Map<AssociationId, List<Membership>> members = new HashMap<>();
      for (Membership membership : AssignmentRows.memberships(read, active, since)) {
        intervals.computeIfAbsent(membership.instance(), _ -> new ArrayList<>()).add(membership);
        members.computeIfAbsent(membership.association(), _ -> new ArrayList<>()).add(membership);
      }
      members.forEach(
          (id, own) -> {
            Standing standing = standings.computeIfAbsent(id, _ -> standing(read, id, since, now));
            Set<Long> enters = standing.unknownEnters(own);
            standing.entering(enters, AssignmentRows.entering(read, id, enters, now));
          });
      Map<InstanceId, List<Execution>> alone = AssignmentRows.cancelledAlone(read, active, since);
      alone
          .values()
          .forEach(
              executions ->
                  executions.forEach(
                      execution ->
                          standings.computeIfAbsent(
                              execution.association(), id -> standing(read, id, since, now))));

      Map<InstanceId, SetRule.Draft> drafts = new LinkedHashMap<>();
      Set<String> runs = new HashSet<>();
      for (InstanceId instance : active) {
        SetRule.Draft draft =
            SetRule.draft(
                instance,
                intervals.getOrDefault(instance, List.of()),
                standings,
                alone.getOrDefault(instance, List.of()),
                now);
        draft.runs(runs::add);
        drafts.put(instance, draft);
      }
      var reported = AssignmentRows.reported(read, runs);
      Generation generation = new Generation(epoch, newest);
      Map<InstanceId, AssignmentSet> sets = new LinkedHashMap<>();
      drafts.forEach(
          (instance, draft) -> sets.put(instance, draft.finish(generation, freeze, reported)));
      return sets;
    }
  }

  private Standing standing(Read read, AssociationId id, Instant since, Instant now) {
    Associations.Association row =
        Associations.find(read, id)
            .orElseThrow(() -> new StoreException("the association " + id + " has no row"));
    Optional<Sha256> revision =
        row.deleted().isPresent() ? Optional.<Sha256>empty() : row.revision();
    return new Standing(
        id,
        revision,
        row.effectiveFrom(),
        revision.isPresent() && traits(read, revision.get()).startsByItself,
        revision.isPresent() ? AssignmentRows.startable(read, id, now) : List.of(),
        AssignmentRows.cancelled(read, id, since),
        revision.isPresent() && traits(read, revision.get()).needsPermit
            ? PermitRows.stopped(read, id, now, RunLimits.MAX_STOPPED)
            : List.of());
  }

  private Traits traits(Read read, Sha256 revision) {
    Traits known = traits.get(revision);
    if (known != null) {
      return known;
    }
    Assignment assignment =
        Bodies.find(read, revision)
            .map(AssignmentCodec::fromBytes)
            .orElseThrow(() -> new StoreException("the body " + revision + " is missing"));
    Traits found =
        new Traits(
            assignment.enabled() && !assignment.applyOnlyAtTicks(), assignment.needsPermit());
    traits.put(revision, found);
    return found;
  }
}
