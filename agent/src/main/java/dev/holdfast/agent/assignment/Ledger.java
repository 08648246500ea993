package dev.holdfast.agent.assignment;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.agent.schedule.Past;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What this instance has done because of each association: ticks handled through, triggers started,
 * start numbers, and which starts have no known end. It outlives versions and removal of an
 * association, so that nothing starts twice when one comes back.
 *
 * <p>An append-only journal of checksummed records, written anew (all at once, durably) when it has
 * grown. What is noted is durable after {@link #sync}; a start must be, before the run begins. A
 * torn tail is cut when the journal is read, and loses only what was never synced.
 */
public final class Ledger {
  private static final String JOURNAL = "ledger/journal";

  private final Disk disk;
  private final Map<AssociationId, AccountBook> books = new TreeMap<>();
  private long forgottenNumber;
  private long bytes;
  private long renewAt;
  private boolean unsynced;

  /** On a disk; {@link #load} comes first. */
  public Ledger(Disk disk) {
    this.disk = disk;
  }

  /** Whether there is one: then an earlier life of the agent worked with this state. */
  public static boolean begun(Disk disk) {
    return !disk.list("ledger").isEmpty();
  }

  /**
   * Reads the journal.
   *
   * @return in how many places it was damaged, other than by a torn tail. All that is whole was
   *     kept, and every tick up to now counts as handled; but a start may have been forgotten
   */
  public int load(Instant now) {
    byte[] content = disk.read(JOURNAL).orElse(new byte[0]);
    Frames.Reading reading = Frames.read(content);
    for (byte[] record : reading.contents()) {
      apply(LedgerCodec.fromBytes(record));
    }
    if (reading.damaged() > 0) {
      books.values().forEach(book -> book.handled(now));
    }
    if (reading.damaged() > 0 || reading.contents().isEmpty()) {
      renew(now, AssignmentSet.NONE, true);
    } else {
      keep(content, reading.end());
    }
    if (bytes == 0) {
      bytes = reading.end();
      renewAt = bytes + RunLimits.LEDGER_JOURNAL_BYTES;
    }
    return reading.damaged();
  }

  /**
   * Makes durable what was read: the life before may have ended between writing and syncing, and
   * what this one tells because of it must not outlast it. Written anew, since after a sync that
   * failed the next one says nothing.
   */
  private void keep(byte[] content, int end) {
    try {
      disk.write(JOURNAL, Arrays.copyOf(content, end));
    } catch (DiskFullException e) {
      if (end < content.length) {
        disk.truncate(JOURNAL, end);
      }
      disk.sync(JOURNAL);
    }
  }

  /** How large it is on the disk. */
  public long bytes() {
    return bytes;
  }

  /** What is known of an association, to be read before the next change. */
  public Past past(AssociationId association) {
    AccountBook book = books.get(association);
    return book == null ? Past.NONE : book.past();
  }

  /** The newest instant through which ticks of any association are handled. */
  public Optional<Instant> handledThrough() {
    return books.values().stream()
        .flatMap(book -> book.past().handledThrough().stream())
        .max(Instant::compareTo);
  }

  /** The number that the next start or skip of an association gets. */
  public long nextNumber(AssociationId association) {
    AccountBook book = books.get(association);
    return (book == null ? forgottenNumber : book.lastNumber()) + 1;
  }

  /**
   * Notes a trigger as started or skipped, and ticks as handled with it. Not durable before {@link
   * #sync}.
   */
  public void open(Opened opened, Optional<Instant> handledThrough) {
    note(new LedgerRecord.Open(opened, handledThrough));
  }

  /**
   * Notes that the end of a started or skipped trigger is in the spool; nothing if it is not open.
   *
   * @param ended how the run ended; empty for a skip
   * @param again if it is to be started once more
   */
  public void close(
      AssociationId association,
      Trigger trigger,
      Optional<Ended> ended,
      Optional<Past.Again> again) {
    if (open(association, trigger).isPresent()) {
      note(new LedgerRecord.Close(association, trigger, ended, again));
    }
  }

  /** Notes missed ticks. */
  public void miss(AssociationId association, Past.CatchUp catchUp) {
    note(new LedgerRecord.Miss(association, catchUp));
  }

  /** Notes until when a pending trigger waits. */
  public void defer(AssociationId association, Past.Delay delay) {
    note(new LedgerRecord.Defer(association, delay));
  }

  /** Notes ticks as handled. */
  public void handled(AssociationId association, Instant through) {
    note(new LedgerRecord.Handled(association, through));
  }

  /** Notes that the clock went far back: ticks after the instant are due again. */
  public void rebase(AssociationId association, Instant to) {
    note(new LedgerRecord.Rebase(association, to));
  }

  /** Makes durable what was noted. */
  public void sync() {
    if (unsynced) {
      disk.sync(JOURNAL);
      unsynced = false;
    }
  }

  /** All that was started or skipped and has no end in the spool as far as is known. */
  public List<Opened> open() {
    return books.values().stream().flatMap(book -> book.open().stream()).toList();
  }

  /** Those of them that were started and do not wait for another attempt. */
  public List<Opened> inProgress() {
    return open().stream().filter(one -> one.skipped().isEmpty() && !waits(one)).toList();
  }

  /** Whether a start that was interrupted waits for another attempt. */
  public boolean waits(Opened opened) {
    return past(opened.association())
        .again()
        .filter(again -> again.trigger().equals(opened.trigger()))
        .isPresent();
  }

  /** What was noted of a trigger that has no known end. */
  public Optional<Opened> open(AssociationId association, Trigger trigger) {
    AccountBook book = books.get(association);
    return book == null ? Optional.empty() : book.open(trigger);
  }

  /** How the last run of an association ended. */
  public Optional<Ended> lastEnd(AssociationId association) {
    AccountBook book = books.get(association);
    return book == null ? Optional.empty() : book.lastEnd();
  }

  /**
   * Writes the journal anew if it has grown, without what need not be remembered: triggers older
   * than {@link RunLimits#LEDGER_TIME}, and associations that are not held and had no start for as
   * long, or are more than {@link RunLimits#LEDGER_ASSOCIATIONS}. What is pending is never
   * forgotten.
   */
  public void tidy(Instant now, AssignmentSet held) {
    if (bytes > renewAt) {
      renew(now, held, false);
    }
  }

  private void note(LedgerRecord record) {
    byte[] frame = Frames.frame(LedgerCodec.toBytes(record));
    disk.append(JOURNAL, frame);
    unsynced = true;
    bytes += frame.length;
    apply(record);
  }

  private void apply(LedgerRecord record) {
    switch (record) {
      case LedgerRecord.Begin(long number) -> forgottenNumber = Math.max(forgottenNumber, number);
      case LedgerRecord.Account account ->
          books.put(account.association(), AccountBook.of(account));
      case LedgerRecord.Open open -> book(open.opened().association()).open(open);
      case LedgerRecord.Close close -> book(close.association()).close(close);
      case LedgerRecord.Miss miss -> book(miss.association()).miss(miss);
      case LedgerRecord.Defer defer -> book(defer.association()).defer(defer);
      case LedgerRecord.Handled(AssociationId association, Instant through) ->
          book(association).handled(through);
      case LedgerRecord.Rebase(AssociationId association, Instant to) ->
          book(association).rebase(to);
    }
  }

  private AccountBook book(AssociationId association) {
    return books.computeIfAbsent(association, id -> new AccountBook(id, forgottenNumber));
  }

  private void renew(Instant now, AssignmentSet held, boolean everything) {
    if (!everything) {
      forget(now, held);
    }
    List<byte[]> contents = new ArrayList<>();
    contents.add(LedgerCodec.toBytes(new LedgerRecord.Begin(forgottenNumber)));
    books.forEach(
        (association, book) -> {
          Set<Trigger> pending = new HashSet<>();
          held.pendingTriggers().stream()
              .filter(trigger -> trigger.association().equals(association))
              .map(PendingTrigger::trigger)
              .forEach(pending::add);
          contents.add(
              LedgerCodec.toBytes(
                  book.snapshot(now, trigger -> everything || pending.contains(trigger))));
        });
    byte[] content = Frames.frames(contents);
    disk.write(JOURNAL, content);
    unsynced = false;
    bytes = content.length;
    renewAt = bytes * 2 + RunLimits.LEDGER_JOURNAL_BYTES;
  }

  private void forget(Instant now, AssignmentSet held) {
    Set<AssociationId> kept = new HashSet<>();
    held.assignments().stream().map(AssignmentReference::association).forEach(kept::add);
    List<Map.Entry<AssociationId, AccountBook>> removed =
        books.entrySet().stream()
            .filter(entry -> !kept.contains(entry.getKey()))
            .filter(entry -> entry.getValue().open().isEmpty())
            .sorted(Comparator.comparing(entry -> entry.getValue().touched()))
            .toList();
    int tooMany = removed.size() - RunLimits.LEDGER_ASSOCIATIONS;
    Instant oldest = now.minus(RunLimits.LEDGER_TIME);
    for (int i = 0; i < removed.size(); i++) {
      AccountBook book = removed.get(i).getValue();
      if (i < tooMany || book.touched().isBefore(oldest)) {
        forgottenNumber = Math.max(forgottenNumber, book.lastNumber());
        books.remove(removed.get(i).getKey());
      }
    }
  }
}
