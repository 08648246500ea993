package dev.holdfast.coordinator.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.link.PermitOffice;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives permits. What instances say is gathered, looked at in one turn of the owner, and answered
 * after the commit: a permit is a row before it is sent. Who asks is in memory alone, and says so
 * again in its next hello. On the owner's executor; {@link #waits} from anywhere.
 *
 * <p>A row is freed by what its instance says, by the end of its run, or when it is lost; never by
 * silence before that. That an answer is lost needs no care: the next request is answered anew.
 */
public final class PermitDesk implements PermitOffice {
  private static final Logger LOG = LoggerFactory.getLogger("permit");

  /** How often it is looked for lost ones. */
  static final Duration LOOK_FOR_LOST = Duration.ofMinutes(1);

  /** How long it waits when the store can't be used. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private final Store store;
  private final Executor owner;
  private final Timers timers;
  private final Predicate<InstanceId> connected;
  private final BiConsumer<InstanceId, Permit> answer;
  private final Asks asks = new Asks();
  private final Patience patience = new Patience();
  private Map<InstanceId, PermitRequest> said = new LinkedHashMap<>();
  private boolean scheduled;

  /**
   * It gives nothing before somebody asks.
   *
   * @param connected whether an instance's link lives
   * @param answer sends one on the open link of its instance; drops it if there is none
   */
  public PermitDesk(
      Store store,
      Executor owner,
      Timers timers,
      Predicate<InstanceId> connected,
      BiConsumer<InstanceId, Permit> answer) {
    this.store = store;
    this.owner = owner;
    this.timers = timers;
    this.connected = connected;
    this.answer = answer;
  }

  /** Begins to look for lost ones, once all have had the time to connect. */
  public void start() {
    timers.after(Limits.RECONNECT_LONGEST, this::lookForLost);
  }

  /** Whether an instance waits for a permit for a run. From any thread. */
  public boolean waits(InstanceId instance, AssociationId association, Trigger trigger) {
    return asks.waits(Identity.runId(instance, association, trigger));
  }

  /** How many runs wait for a permit. From any thread. */
  public int waiting() {
    return asks.waiting();
  }

  @Override
  public void said(InstanceId instance, PermitRequest request) {
    asks.say(instance, request, timers.uptime());
    said.put(instance, request);
    soon();
  }

  @Override
  public void left(InstanceId instance) {
    asks.forget(instance);
    said.remove(instance);
  }

  @Override
  public void stored() {
    if (!asks.associations().isEmpty()) {
      soon();
    }
  }

  private void soon() {
    if (!scheduled) {
      scheduled = true;
      owner.execute(this::work);
    }
  }

  /** What follows from what was said, then for each association that is asked for. */
  private record Findings(List<Statements.Change> changes, List<Round.Outcome> outcomes) {
    boolean writes() {
      return !changes.isEmpty() || outcomes.stream().anyMatch(one -> !one.grants().isEmpty());
    }
  }

  private void work() {
    scheduled = false;
    Map<InstanceId, PermitRequest> fresh = said;
    said = new LinkedHashMap<>();
    List<Asks.Ask> unlooked = unlooked();
    Findings findings;
    try {
      // Most of what is said is said again: then no row changes.
      Optional<Findings> quiet = store.read(read -> quiet(read, fresh));
      if (quiet.isPresent()) {
        findings = quiet.get();
      } else {
        unlooked.forEach(ask -> ask.looked = false);
        findings = store.write(write -> work(write, fresh));
      }
    } catch (RuntimeException e) {
      LOG.error("permits can't be given; trying again", e);
      unlooked.forEach(ask -> ask.looked = false);
      fresh.forEach(said::putIfAbsent);
      scheduled = true;
      timers.after(RETRY, this::work);
      return;
    }
    boolean more = false;
    for (Round.Outcome outcome : findings.outcomes) {
      outcome.held().forEach(ask -> tell(ask, Permit.Verdict.GRANTED));
      outcome.grants().forEach(grant -> tell(grant.ask(), Permit.Verdict.GRANTED));
      outcome.superseded().forEach(ask -> tell(ask, Permit.Verdict.SUPERSEDED));
      more |= !outcome.grants().isEmpty();
    }
    if (more) {
      // Something newer may have begun: who waits for something older is looked at again.
      unlookedAfterGrants(findings.outcomes);
    }
  }

  private void unlookedAfterGrants(List<Round.Outcome> outcomes) {
    for (Round.Outcome outcome : outcomes) {
      for (Round.Grant grant : outcome.grants()) {
        String begun = grant.permit().execution();
        for (Asks.Ask ask : asks.of(grant.permit().association())) {
          if (!ask.execution.equals(begun) && !ask.instance.equals(grant.permit().instance())) {
            ask.looked = false;
            soon();
          }
        }
      }
    }
  }

  private List<Asks.Ask> unlooked() {
    List<Asks.Ask> unlooked = new ArrayList<>();
    for (AssociationId association : asks.associations()) {
      asks.of(association).stream().filter(ask -> !ask.looked).forEach(unlooked::add);
    }
    return unlooked;
  }

  private Optional<Findings> quiet(Read read, Map<InstanceId, PermitRequest> fresh) {
    Instant now = timers.now();
    for (Map.Entry<InstanceId, PermitRequest> one : fresh.entrySet()) {
      if (!Statements.of(read, one.getKey(), one.getValue(), patience, now).isEmpty()) {
        return Optional.empty();
      }
    }
    List<Round.Outcome> outcomes = new ArrayList<>();
    for (AssociationId association : asks.associations()) {
      List<Asks.Ask> own = asks.of(association);
      if (Round.lacksTicks(read, own)) {
        return Optional.empty();
      }
      outcomes.add(Round.of(read, association, own, patience, now));
    }
    Findings findings = new Findings(List.of(), outcomes);
    return findings.writes() ? Optional.empty() : Optional.of(findings);
  }

  private Findings work(Write write, Map<InstanceId, PermitRequest> fresh) {
    List<Statements.Change> changes = new ArrayList<>();
    fresh.forEach(
        (instance, request) -> {
          List<Statements.Change> own =
              Statements.of(write.read(), instance, request, patience, write.now());
          Statements.apply(write, own);
          changes.addAll(own);
        });
    List<Round.Outcome> outcomes = new ArrayList<>();
    for (AssociationId association : asks.associations()) {
      List<Asks.Ask> own = asks.of(association);
      Round.recordTicks(write, association, own);
      Round.Outcome outcome = Round.of(write.read(), association, own, patience, write.now());
      Round.apply(write, outcome);
      outcomes.add(outcome);
    }
    return new Findings(changes, outcomes);
  }

  private void tell(Asks.Ask ask, Permit.Verdict verdict) {
    if (verdict == Permit.Verdict.GRANTED) {
      asks.granted(ask);
    }
    answer.accept(ask.instance, new Permit(ask.association, ask.trigger, ask.number, verdict));
  }

  private void lookForLost() {
    try {
      List<PermitRows.Permit> away =
          store.read(PermitRows::counting).stream()
              .filter(permit -> !connected.test(permit.instance()))
              .toList();
      if (!away.isEmpty()) {
        loseOf(away);
      }
    } catch (RuntimeException e) {
      LOG.error("cannot look for lost permits; trying again", e);
    }
    timers.after(timers.idle(LOOK_FOR_LOST), this::lookForLost);
  }

  private void loseOf(List<PermitRows.Permit> away) {
    Map<InstanceId, Instant> heard = store.read(Instances::lastHeard);
    Instant now = timers.now();
    List<PermitRows.Permit> lost =
        away.stream().filter(permit -> isLost(permit, heard, now)).toList();
    if (!lost.isEmpty()) {
      lose(lost, heard);
      soon();
    }
  }

  private static boolean isLost(
      PermitRows.Permit permit, Map<InstanceId, Instant> heard, Instant now) {
    return PermitRule.lost(
        permit.granted(),
        Optional.ofNullable(heard.get(permit.instance())),
        permit.lostAfter(),
        now);
  }

  private void lose(List<PermitRows.Permit> lost, Map<InstanceId, Instant> heard) {
    boolean done =
        store.write(
            write -> {
              PermitRows.forget(write, write.now().minus(RunLimits.CANCELLED_KEPT));
              for (PermitRows.Permit permit : lost) {
                // Its end may have been stored in between.
                PermitRows.find(write.read(), permit.instance(), permit.association())
                    .filter(row -> row.trigger().equals(permit.trigger()) && row.lost().isEmpty())
                    .filter(row -> isLost(row, heard, write.now()))
                    .ifPresent(
                        row -> {
                          PermitRows.lose(write, row);
                          Errors.count(write, row.association(), row.execution(), 1);
                        });
              }
              return true;
            });
    if (done) {
      lost.forEach(
          permit ->
              LOG.warn(
                  "an instance with a permit was silent for too long instance={} association={}"
                      + " trigger={}",
                  permit.instance(),
                  permit.association(),
                  permit.trigger().text()));
    }
  }
}
