package dev.holdfast.coordinator.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.Addressees;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.permit.PermitRule.Standing;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Cancellations;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Gone;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.PermitRows.Permit;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Looks once at who asks for runs of one association, and gives what may be given. */
final class Round {
  private final Read read;
  private final Associations.Association association;
  private final List<Asks.Ask> asks;
  private final Patience patience;
  private final Instant now;
  private final List<Grant> grants = new ArrayList<>();
  private final List<Asks.Ask> held = new ArrayList<>();
  private final List<Asks.Ask> superseded = new ArrayList<>();

  private Round(
      Read read,
      Associations.Association association,
      List<Asks.Ask> asks,
      Patience patience,
      Instant now) {
    this.read = read;
    this.association = association;
    this.asks = asks;
    this.patience = patience;
    this.now = now;
  }

  /**
   * A permit that is to be written, and the ask that it answers.
   *
   * @param wasLost it had counted as an error
   */
  record Grant(Asks.Ask ask, Permit permit, boolean wasLost) {}

  /**
   * What comes of it.
   *
   * @param held asks for what they have a permit for already
   * @param superseded asks that something newer takes the place of
   */
  record Outcome(List<Grant> grants, List<Asks.Ask> held, List<Asks.Ask> superseded) {
    static final Outcome NOTHING = new Outcome(List.of(), List.of(), List.of());
  }

  /** What may be started of an ask, if anything may. */
  private record Looked(PermitRule.Request request, Execution execution, Optional<Permit> lost) {}

  /** Looks, and changes no row. */
  static Outcome of(
      Read read, AssociationId id, List<Asks.Ask> asks, Patience patience, Instant now) {
    return Associations.find(read, id)
        .filter(row -> row.deleted().isEmpty())
        .map(row -> new Round(read, row, asks, patience, now).look())
        .orElse(Outcome.NOTHING);
  }

  /** Writes it. */
  static void apply(Write write, Outcome outcome) {
    for (Grant grant : outcome.grants) {
      PermitRows.put(write, grant.permit);
      PermitRows.granted(write, grant.permit.execution());
      if (grant.wasLost) {
        Errors.count(write, grant.permit.association(), grant.permit.execution(), -1);
      }
    }
  }

  /**
   * Ticks that are asked for and have no row: an agent's clock may be ahead of ours. They get one.
   */
  static void recordTicks(Write write, AssociationId id, List<Asks.Ask> asks) {
    Optional<Associations.Association> row =
        Associations.find(write.read(), id).filter(a -> a.deleted().isEmpty());
    for (Asks.Ask ask : asks) {
      if (!ask.looked
          && row.isPresent()
          && ask.trigger instanceof Trigger.Tick(var at)
          && Executions.find(write.read(), ask.execution).isEmpty()
          && !at.isAfter(write.now().plus(RunLimits.CLOCK_BACK))
          && !at.isBefore(Gone.of(write.read()).before())
          && Ticks.real(Associations.inForce(write.read(), id), at)) {
        Ticks.record(write, row.get(), at, Optional.empty());
      }
    }
  }

  /** Whether there is a tick that has no row and that is asked for. */
  static boolean lacksTicks(Read read, List<Asks.Ask> asks) {
    return asks.stream()
        .anyMatch(
            ask ->
                !ask.looked
                    && ask.trigger instanceof Trigger.Tick
                    && Executions.find(read, ask.execution).isEmpty());
  }

  private Outcome look() {
    OptionalInt limit = PermitRows.limit(read, association.id(), now);
    int counting = PermitRows.counting(read, association.id());
    PermitRule.Facts full = new PermitRule.Facts(limit, counting, Optional.empty());
    if (full.free() == 0 && asks.stream().allMatch(ask -> ask.looked)) {
      return Outcome.NOTHING; // most of the time: as many run as may, and all else is known
    }
    PermitRule.Facts facts =
        new PermitRule.Facts(
            limit, counting, PermitRows.newestGranted(read, association.id()).map(Round::standing));
    Map<InstanceId, Looked> looked = new HashMap<>();
    int startable = 0;
    for (Asks.Ask ask :
        asks.stream()
            .sorted(PermitRule.order(this::lastSuccess, ask -> ask.askedAt, ask -> ask.instance))
            .toList()) {
      if (!ask.looked || startable < facts.free()) {
        ask.looked = true;
        Optional<Looked> may = look(ask);
        if (may.isPresent()) {
          looked.put(ask.instance, may.get());
          startable += may.get().request.standing().over() ? 0 : 1;
        }
      }
    }
    PermitRule.Decision decision =
        PermitRule.decide(
            facts, looked.values().stream().map(Looked::request).toList(), this::addresses);
    Map<InstanceId, Asks.Ask> byInstance = new HashMap<>();
    asks.forEach(ask -> byInstance.put(ask.instance, ask));
    for (PermitRule.Request request : decision.granted()) {
      Asks.Ask ask = byInstance.get(request.instance());
      Looked of = looked.get(request.instance());
      if (ask != null && of != null) {
        grants.add(new Grant(ask, permit(ask, of.execution), of.lost.isPresent()));
      }
    }
    decision
        .superseded()
        .forEach(
            request ->
                Optional.ofNullable(byInstance.get(request.instance())).ifPresent(superseded::add));
    return new Outcome(grants, held, superseded);
  }

  /** Read once: it does not change while the instance waits. */
  private Optional<Instant> lastSuccess(Asks.Ask ask) {
    Optional<Instant> last =
        ask.lastSuccess.orElseGet(
            () ->
                Runs.current(read, ask.instance, ask.association)
                    .flatMap(Runs.Current::lastSuccess));
    ask.lastSuccess = Optional.of(last);
    return last;
  }

  private Optional<Looked> look(Asks.Ask ask) {
    Optional<Permit> row = PermitRows.find(read, ask.instance, ask.association);
    boolean own = row.filter(permit -> permit.trigger().equals(ask.trigger)).isPresent();
    if (row.isPresent() && !own) {
      return Optional.empty(); // the end of the run before is on its way
    }
    if (own && row.get().lost().isEmpty()) {
      held.add(ask);
      return Optional.empty();
    }
    Optional<Execution> execution = Executions.find(read, ask.execution);
    Optional<Runs.Run> run =
        Runs.find(read, Identity.runId(ask.instance, ask.association, ask.trigger));
    if (execution.isEmpty()
        || run.filter(known -> known.status().terminal()).isPresent()
        || EndedRuns.has(read, ask.execution, ask.instance)
        || execution.get().cancelled().isPresent()
        || execution.get().notAfter().isBefore(now)
        || Cancellations.cancelledFor(read, ask.execution).contains(ask.instance)
        || !mayRun(ask, execution.get())) {
      return Optional.empty();
    }
    return Optional.of(
        new Looked(
            new PermitRule.Request(
                ask.instance,
                standing(execution.get()),
                run.filter(known -> known.status() == RunStatus.IN_PROGRESS).isPresent(),
                lastSuccess(ask),
                ask.askedAt),
            execution.get(),
            row));
  }

  /** It is a member, and the trigger is for it. A tick may be one of a schedule of before. */
  private boolean mayRun(Asks.Ask ask, Execution execution) {
    List<Membership> own = Memberships.between(read, ask.instance, ask.association);
    boolean member = own.stream().anyMatch(interval -> interval.leftPosition().isEmpty());
    return member
        && switch (execution.trigger()) {
          case Trigger.Tick(var at) ->
              own.stream().anyMatch(interval -> interval.entered().isBefore(at));
          case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ ->
              Addressees.addresses(execution, own, association.effectiveFrom());
        };
  }

  private boolean addresses(Standing other, InstanceId instance) {
    return Executions.find(read, other.execution())
        .filter(
            execution ->
                Addressees.addresses(
                    execution,
                    Memberships.between(read, instance, association.id()),
                    association.effectiveFrom()))
        .isPresent();
  }

  private Permit permit(Asks.Ask ask, Execution execution) {
    return new Permit(
        ask.instance,
        ask.association,
        ask.trigger,
        ask.execution,
        now,
        patience.of(read, execution),
        OptionalLong.empty(),
        Optional.empty());
  }

  private static Standing standing(Execution execution) {
    return new Standing(
        execution.id(),
        execution.time(),
        execution.position(),
        execution.rate().maxErrors(),
        execution.rate().errors(),
        execution.rate().stopped().isPresent());
  }
}
