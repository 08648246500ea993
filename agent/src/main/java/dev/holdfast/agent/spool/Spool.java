package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.ReportCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports on disk until the coordinator has stored them. Whoever sends calls {@link #resumed} once
 * a connection, then {@link #next} until it is empty, and {@link #storedThrough} for what is
 * acknowledged.
 *
 * <p>An epoch begins with a new spool, and whenever something of it was lost: then what is left is
 * sent again, and the coordinator sees from the new epoch that sequences may repeat.
 */
public final class Spool implements Reports {
  private static final Logger LOG = LoggerFactory.getLogger("spool");
  private static final String EPOCH = "spool/epoch";

  private final Disk disk;
  private final Supplier<String> epochs;
  private final Aside aside;
  private final StoredLog storedLog;
  private final DeadLetters deadLetters;
  private final ResultsLane results;
  private final NewestLane progress;
  private final NewestLane inventory;
  private final long missing;
  private String epoch;
  private long droppedOutput;

  private Spool(Disk disk, Timers timers, Supplier<String> epochs) {
    this.disk = disk;
    this.epochs = epochs;
    // If what comes next is cut off, the next opening finds no epoch and begins one.
    this.aside = new Aside(disk, "spool/aside", () -> disk.delete(EPOCH));
    this.deadLetters = new DeadLetters(disk);
    this.storedLog = StoredLog.open(disk);
    this.progress =
        new NewestLane(
            Lane.PROGRESS,
            new LaneFiles(disk, timers, Lane.PROGRESS, "spool/progress", aside),
            storedLog.of(Lane.PROGRESS));
    this.inventory =
        new NewestLane(
            Lane.INVENTORY,
            new LaneFiles(disk, timers, Lane.INVENTORY, "spool/inventory", aside),
            storedLog.of(Lane.INVENTORY));
    LaneFiles resultFiles = new LaneFiles(disk, timers, Lane.RESULTS, "spool/results", aside);
    long settled = storedLog.settled();
    long written = Math.max(settled, storedLog.written().orElse(0));
    AtomicLong there = new AtomicLong();
    resultFiles.open(
        (_, entry) -> {
          progress.forget(entry.key());
          if (entry.sequence() > settled && entry.sequence() <= written) {
            there.incrementAndGet();
          }
        });
    this.missing = Math.max(0, written - settled - there.get());
    this.results = new ResultsLane(resultFiles, timers, storedLog);
    this.epoch = readEpoch().orElse("");
  }

  /**
   * Opens the spool in the agent's folder of state, or makes it.
   *
   * @param epochs makes a new random name for each epoch: letters, digits and dashes, at most 64
   * @param before whether there must be one, since an earlier life of the agent made it
   */
  public static Spool open(Disk disk, Timers timers, Supplier<String> epochs, boolean before) {
    Spool spool = new Spool(disk, timers, epochs);
    if (before && spool.epoch.isEmpty() && spool.aside.pieces() == 0) {
      LOG.error("the spool was deleted or cut; what is missing is lost, a new epoch begins");
    }
    if (spool.aside.pieces() > 0) {
      LOG.error(
          "the spool was damaged; what is left is sent in a new epoch pieces={} kept-in={}",
          spool.aside.pieces(),
          "spool/aside");
    }
    if (spool.missing > 0) {
      LOG.error(
          "results that were in the spool are gone from its files, and nobody was told them"
              + " count={}",
          spool.missing);
    }
    boolean harmed = spool.aside.pieces() > 0 || spool.missing > 0;
    if (spool.epoch.isEmpty() || harmed) {
      spool.beginEpoch();
    }
    if (harmed || spool.storedLog.written().orElse(Long.MAX_VALUE) > spool.results.written()) {
      spool.storedLog.settleAll(spool.results.written());
    }
    return spool;
  }

  /** The name of the spool's epoch. */
  public String epoch() {
    return epoch;
  }

  /** The newest sequence written in each lane; 0 where there is none. */
  public Map<Lane, Long> written() {
    Map<Lane, Long> written = new EnumMap<>(Lane.class);
    written.put(Lane.RESULTS, results.written());
    written.put(Lane.PROGRESS, progress.written());
    written.put(Lane.INVENTORY, inventory.written());
    return written;
  }

  @Override
  public void add(Report report) {
    switch (report) {
      case Report.Run run when run.status().terminal() -> addResult(run);
      case Report.Compliance put -> addResult(Fitting.key(put), put);
      case Report.Run run -> addNewest(progress, Fitting.key(run), Fitting.fit(run));
      case Report.Inventory items -> addNewest(inventory, items.typeName(), items);
      case Report.InventoryDelta delta -> addNewest(inventory, delta.typeName(), delta);
    }
  }

  /**
   * Whether items that somebody put can be taken without giving up what only the agent knows: who
   * put them can put them again.
   */
  public boolean hasRoomFor(Report.Compliance put) {
    int bytes = ReportCodec.toBytes(Long.MAX_VALUE, put).size();
    if (bytes() + bytes > roomForMost()) {
      results.deleteKept(0);
    }
    return bytes() + bytes <= roomForMost() && !disk.space().scarce();
  }

  private void addResult(Report.Run run) {
    boolean tight = bytes() > roomForMost() || disk.space().scarce();
    Report.Run fitting = Fitting.fit(run);
    if (tight && Fitting.hasOutput(fitting)) {
      fitting = Fitting.withoutOutput(fitting);
      droppedOutput++;
    }
    addResult(Fitting.key(run), fitting);
    progress.forget(Fitting.key(run));
  }

  /** What results, progress and inventory may take together before some of it goes. */
  private long roomForMost() {
    long own = bytes();
    long part = (disk.space().free() + own) / RunLimits.SPOOL_PART;
    return Math.min(Limits.MAX_SPOOL_BYTES - Limits.SPOOL_RESERVE_BYTES, part);
  }

  private void addResult(String key, Report report) {
    ByteString bytes = ReportCodec.toBytes(results.written() + 1, report);
    makeRoomForResult(bytes.size());
    try {
      results.add(key, bytes);
    } catch (DiskFullException e) {
      LOG.error("no room for a result, so all else goes reason={}", e.getMessage());
      results.deleteKept(0);
      inventory.giveUp();
      progress.giveUp();
      results.add(key, bytes);
    }
  }

  private void addNewest(NewestLane lane, String key, Report report) {
    ByteString bytes = ReportCodec.toBytes(lane.written() + 1, report);
    boolean fits = bytes.size() <= Limits.MAX_REPORT_BYTES && !disk.space().scarce();
    if (fits && bytes() + bytes.size() > roomForMost()) {
      results.deleteKept(0);
    }
    if (fits && bytes() + bytes.size() > roomForMost()) {
      inventory.giveUp();
    }
    if (fits && bytes() + bytes.size() > roomForMost()) {
      progress.giveUp();
    }
    if (!fits || bytes() + bytes.size() > roomForMost() || !added(lane, key, bytes)) {
      lane.notTaken();
      LOG.warn(
          "no room in the spool, or in a message; a report is dropped lane={} bytes={} limit={}",
          report.lane(),
          bytes.size(),
          Limits.MAX_REPORT_BYTES);
    }
  }

  private static boolean added(NewestLane lane, String key, ByteString bytes) {
    try {
      lane.add(key, bytes);
      return true;
    } catch (DiskFullException e) {
      return false;
    }
  }

  /** What the coordinator has anyway goes first, results that it lacks go last. */
  private void makeRoomForResult(int length) {
    long room = Limits.MAX_SPOOL_BYTES - length;
    if (bytes() > room) {
      results.deleteKept(0);
    }
    if (bytes() > room) {
      inventory.giveUp();
    }
    if (bytes() > room) {
      progress.giveUp();
    }
    while (bytes() > room && results.giveUpOldest()) {
      LOG.error("the spool is full; the oldest results are lost count={}", results.lost());
    }
  }

  /**
   * A connection begins: what the coordinator has not stored is sent again from the start. If it
   * has stored less than it once acknowledged, so is what is still kept of that.
   *
   * @param stored the sequence stored through of each lane, in this epoch
   * @return whether sending may begin; if not, the coordinator knows more of this epoch than this
   *     spool, which therefore began a new one: say hello again
   */
  public boolean resumed(Map<Lane, Long> stored) {
    for (Map.Entry<Lane, Long> lane : written().entrySet()) {
      if (stored.getOrDefault(lane.getKey(), 0L) > lane.getValue()) {
        LOG.error(
            "the coordinator has stored more than the spool holds, so this host's state was put"
                + " back; what is left is sent in a new epoch lane={} stored={} written={}",
            lane.getKey(),
            stored.get(lane.getKey()),
            lane.getValue());
        beginEpoch();
        return false;
      }
    }
    long storedResults = stored.getOrDefault(Lane.RESULTS, 0L);
    if (storedResults < results.stored()) {
      LOG.warn(
          "the coordinator has stored less than it acknowledged; sending again stored={}"
              + " acknowledged={}",
          storedResults,
          results.stored());
    }
    results.sendAfter(storedResults);
    progress.sendAgain();
    inventory.sendAgain();
    storedThrough(stored);
    return true;
  }

  /** How far the coordinator has stored a lane, as far as is remembered; 0 if nothing is. */
  public long stored(Lane lane) {
    return storedLog.of(lane);
  }

  /** Whether this report of this inventory type still waits to be stored. */
  public boolean waits(String type, long sequence) {
    return inventory.waits(type, sequence);
  }

  /** The coordinator has stored each lane up to here; a lane that isn't named stays as it is. */
  public void storedThrough(Map<Lane, Long> stored) {
    Map<Lane, Long> written = written();
    stored.forEach(
        (lane, told) -> {
          long sequence = Math.min(told, written.getOrDefault(lane, 0L));
          switch (lane) {
            case RESULTS -> results.storedThrough(sequence);
            case PROGRESS -> progress.storedThrough(sequence);
            case INVENTORY -> inventory.storedThrough(sequence);
          }
          storedLog.note(lane, lane == Lane.RESULTS ? results.stored() : sequence);
        });
  }

  /** The coordinator refuses a report for good: it is kept as a dead letter and not sent again. */
  public void refused(Lane lane, long sequence, String reason) {
    LOG.warn(
        "the coordinator refused a report lane={} sequence={} reason={}", lane, sequence, reason);
    Optional<Spooled> report =
        switch (lane) {
          case RESULTS -> results.find(sequence);
          case PROGRESS -> progress.find(sequence);
          case INVENTORY -> inventory.find(sequence);
        };
    try {
      report.ifPresent(spooled -> deadLetters.put(spooled, reason));
    } catch (DiskFullException e) {
      LOG.warn("no room to keep what was refused reason={}", e.getMessage());
    }
    switch (lane) {
      case RESULTS -> {
        // It is passed over when the coordinator's position moves past it.
      }
      case PROGRESS -> progress.refused(sequence);
      case INVENTORY -> inventory.refused(sequence);
    }
  }

  /**
   * The next reports to send: results before progress before inventory. Together they are no more
   * than {@link Limits#MAX_REPORT_BYTES}; one that an earlier version wrote and that is larger
   * comes alone.
   *
   * @param most how many at the most; never more than {@link Limits#MAX_BATCH_REPORTS}
   */
  public List<Spooled> next(int most) {
    List<Spooled> batch = new ArrayList<>();
    int left = Limits.MAX_REPORT_BYTES;
    while (batch.size() < Math.min(most, Limits.MAX_BATCH_REPORTS)) {
      int room = batch.isEmpty() ? Segment.MAX_RECORD_BYTES : left;
      Optional<Spooled> next = nextUpTo(room);
      if (next.isEmpty()) {
        break;
      }
      batch.add(next.get());
      left -= next.get().bytes().size();
      if (left <= 0) {
        break;
      }
    }
    return batch;
  }

  private Optional<Spooled> nextUpTo(int bytes) {
    if (results.unsent()) {
      return results.next(bytes);
    }
    return progress.unsent() ? progress.next(bytes) : inventory.next(bytes);
  }

  @Override
  public String dropped() {
    return status().losses();
  }

  /** How full it is, and what went wrong since it was opened. */
  public SpoolStatus status() {
    return new SpoolStatus(
        results.waiting() + progress.waiting() + inventory.waiting(),
        bytes(),
        results.lost(),
        missing,
        progress.dropped(),
        inventory.dropped(),
        droppedOutput,
        deadLetters.count(),
        aside.pieces(),
        results.oldest());
  }

  private long bytes() {
    return results.bytes() + progress.bytes() + inventory.bytes();
  }

  private void beginEpoch() {
    results.deleteKept(0);
    epoch = epochs.get();
    disk.write(EPOCH, (epoch + "\n").getBytes(StandardCharsets.UTF_8));
    storedLog.forget();
  }

  private Optional<String> readEpoch() {
    return disk.read(EPOCH)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
        .filter(text -> text.matches("[A-Za-z0-9-]{1,64}"));
  }
}
