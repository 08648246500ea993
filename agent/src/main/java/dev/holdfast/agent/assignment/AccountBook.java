package dev.holdfast.agent.assignment;

import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.schedule.TickSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What the ledger knows of one association: its records, applied. */
final class AccountBook {
  private final AssociationId association;
  private final TickSet ticks = new TickSet();
  private final Map<Trigger, Instant> others = new LinkedHashMap<>();
  private final Map<Trigger, Opened> open = new LinkedHashMap<>();
  private Optional<Instant> handledThrough = Optional.empty();
  private Optional<Instant> forgottenThrough = Optional.empty();
  private Optional<Past.CatchUp> catchUp = Optional.empty();
  private Optional<Past.Delay> delay = Optional.empty();
  private Optional<Past.Again> again = Optional.empty();
  private Optional<Ended> lastEnd = Optional.empty();
  private long lastNumber;
  private Instant touched = Instant.EPOCH;

  AccountBook(AssociationId association, long lastNumber) {
    this.association = association;
    this.lastNumber = lastNumber;
  }

  static AccountBook of(LedgerRecord.Account account) {
    AccountBook book = new AccountBook(account.association(), account.lastNumber());
    for (long second : account.ticks().toArray()) {
      book.ticks.add(Instant.ofEpochSecond(second));
    }
    account.others().forEach(known -> book.others.put(known.trigger(), known.at()));
    account.open().forEach(opened -> book.open.put(opened.trigger(), opened));
    book.handledThrough = account.handledThrough();
    book.forgottenThrough = account.forgottenThrough();
    book.catchUp = account.catchUp();
    book.delay = account.delay();
    book.again = account.again();
    book.lastEnd = account.lastEnd();
    book.touched = account.touched();
    return book;
  }

  /** All of it in one record, without what is too old to be remembered. */
  LedgerRecord.Account snapshot(Instant now, Predicate<Trigger> pending) {
    forgetBefore(now.minus(RunLimits.LEDGER_TIME), pending);
    List<LedgerRecord.Known> known = new ArrayList<>();
    others.forEach((trigger, at) -> known.add(new LedgerRecord.Known(trigger, at)));
    return new LedgerRecord.Account(
        association,
        handledThrough,
        forgottenThrough,
        lastNumber,
        touched,
        ticks,
        known,
        catchUp,
        delay,
        again,
        lastEnd,
        List.copyOf(open.values()));
  }

  void open(LedgerRecord.Open record) {
    Opened opened = record.opened();
    record.handledThrough().ifPresent(this::handled);
    lastNumber = Math.max(lastNumber, opened.startNumber());
    touched = opened.at();
    open.put(opened.trigger(), opened);
    switch (opened.trigger()) {
      case Trigger.Tick(Instant at) -> ticks.add(at);
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ ->
          others.put(opened.trigger(), opened.at());
    }
    again =
        again.filter(
            waits -> !waits.trigger().equals(opened.trigger()) && !replaces(opened, waits));
    delay = delay.filter(waits -> !waits.trigger().equals(opened.trigger()));
    while (ticks.size() + others.size() > RunLimits.LEDGER_TRIGGERS) {
      forgetOne();
    }
  }

  /** Whether a start makes another attempt at an earlier run needless; a manual start does not. */
  private static boolean replaces(Opened opened, Past.Again waits) {
    return opened.skipped().isEmpty()
        && !(opened.trigger() instanceof Trigger.Manual)
        && !(waits.trigger() instanceof Trigger.Manual);
  }

  /** The end of a start; the entry stays open if the trigger is to be started once more. */
  void close(LedgerRecord.Close record) {
    if (record.ended().isPresent()) {
      lastEnd = record.ended();
    }
    if (record.again().isPresent()) {
      again = record.again();
    } else {
      open.remove(record.trigger());
      again = again.filter(waits -> !waits.trigger().equals(record.trigger()));
    }
  }

  void miss(LedgerRecord.Miss record) {
    handled(record.catchUp().tick());
    catchUp = Optional.of(record.catchUp());
  }

  void defer(LedgerRecord.Defer record) {
    delay = Optional.of(record.delay());
  }

  void handled(Instant through) {
    if (handledThrough.filter(known -> !known.isBefore(through)).isEmpty()) {
      handledThrough = Optional.of(through);
    }
    catchUp = catchUp.filter(waits -> waits.tick().isAfter(through));
  }

  void rebase(Instant to) {
    handledThrough = Optional.of(to);
    catchUp = catchUp.filter(waits -> !waits.tick().isAfter(to));
  }

  Past past() {
    return new Past(
        handledThrough,
        forgottenThrough,
        ticks,
        Collections.unmodifiableSet(others.keySet()),
        catchUp,
        delay,
        again);
  }

  Collection<Opened> open() {
    return Collections.unmodifiableCollection(open.values());
  }

  Optional<Opened> open(Trigger trigger) {
    return Optional.ofNullable(open.get(trigger));
  }

  Optional<Ended> lastEnd() {
    return lastEnd;
  }

  long lastNumber() {
    return lastNumber;
  }

  Instant touched() {
    return touched;
  }

  private void forgetBefore(Instant oldest, Predicate<Trigger> pending) {
    while (ticks.oldest().filter(tick -> tick.isBefore(oldest)).isPresent()) {
      forget(ticks.removeOldest());
    }
    others
        .entrySet()
        .removeIf(entry -> entry.getValue().isBefore(oldest) && !pending.test(entry.getKey()));
  }

  /** Ticks go first: those are never delivered again, and {@code forgottenThrough} covers them. */
  private void forgetOne() {
    if (ticks.size() > 0) {
      forget(ticks.removeOldest());
    } else {
      Iterator<Trigger> oldest = others.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  private void forget(Instant tick) {
    if (forgottenThrough.filter(known -> known.isAfter(tick)).isEmpty()) {
      forgottenThrough = Optional.of(tick);
    }
  }
}
