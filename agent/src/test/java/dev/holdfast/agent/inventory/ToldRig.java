package dev.holdfast.agent.inventory;

import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.agent.spool.InventoryLane;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.spool.Spooled;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.task.Timers;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.ReportCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** An agent's inventory over a real spool, and a coordinator that applies what it is sent. */
final class ToldRig {
  final ManualTimers timers = new ManualTimers(Instant.parse("2026-03-04T05:06:07Z"));
  final Coordinator coordinator = new Coordinator();
  final List<String> sent = new ArrayList<>();
  CrashDisk disk = new CrashDisk();
  Spool spool;
  ChangedInventory inventory;
  private int epochs;
  private int lives;

  ToldRig() {
    spool = openSpool();
    inventory = new ChangedInventory(disk, new OfSpool(spool), new Mortal(++lives));
    inventory.start();
    connect();
  }

  /** The agent's next life, on the disk that is left. */
  void live(CrashDisk left) {
    disk = left;
    spool = openSpool();
    inventory = new ChangedInventory(disk, new OfSpool(spool), new Mortal(++lives));
    inventory.start();
    connect();
  }

  /** Tasks of a life that is over don't run. */
  private final class Mortal implements Timers {
    private final int born;

    Mortal(int born) {
      this.born = born;
    }

    @Override
    public Instant now() {
      return timers.now();
    }

    @Override
    public Duration uptime() {
      return timers.uptime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      return timers.after(
          delay,
          () -> {
            if (lives == born) {
              task.run();
            }
          });
    }
  }

  private Spool openSpool() {
    return Spool.open(disk, timers, () -> "epoch-" + ++epochs, false);
  }

  void gather(Report.Inventory... found) {
    inventory.take(
        Gathering.of(List.of(found).stream().map(Report.Inventory::typeName).toList()),
        Gatherer.Found.of(List.of(found)),
        Duration.ZERO);
  }

  Report.Inventory of(String type, List<Map<String, String>> items) {
    return new Report.Inventory(type, "1.0", timers.now(), Items.hash(items), items);
  }

  Report.Inventory of(String type, String... names) {
    return of(type, List.of(names).stream().map(name -> Map.of("Name", name)).toList());
  }

  /** A hello and its answer; what was on its way is lost. */
  void connect() {
    coordinator.inbox.clear();
    coordinator.answers.clear();
    do {
      coordinator.hello(spool.epoch());
    } while (!spool.resumed(Map.of(Lane.INVENTORY, coordinator.through)));
    inventory.acknowledged(coordinator.through, Set.of(), List.of());
  }

  void send() {
    for (Spooled each : spool.next(100)) {
      Report report = ReportCodec.fromBytes(each.bytes());
      sent.add(text(report));
      coordinator.inbox.add(each);
    }
  }

  /** The agent hears the oldest answer, if there is one. */
  void hear() {
    Answer answer = coordinator.answers.poll();
    if (answer != null) {
      answer.refused.forEach(sequence -> spool.refused(Lane.INVENTORY, sequence, "no"));
      spool.storedThrough(Map.of(Lane.INVENTORY, answer.through));
      inventory.acknowledged(answer.through, answer.refused, answer.whole);
    }
  }

  /** Everything that is to be said is said, and heard. */
  void talk() {
    for (int round = 0; round < 20; round++) {
      send();
      while (!coordinator.inbox.isEmpty()) {
        coordinator.work();
      }
      while (!coordinator.answers.isEmpty()) {
        hear();
      }
    }
  }

  static String text(Report report) {
    return switch (report) {
      case Report.Run run -> "run " + run.startNumber();
      case Report.Compliance put -> "items of " + put.type();
      case Report.Inventory whole -> whole.typeName() + " whole " + whole.items().size();
      case Report.InventoryDelta same when same.baseHash().equals(same.contentHash()) ->
          same.typeName() + " same";
      case Report.InventoryDelta delta ->
          delta.typeName() + " -" + delta.removed().size() + " +" + delta.added().size();
    };
  }

  /** What the coordinator says to a report. */
  record Answer(long through, Set<Long> refused, Set<String> whole) {}

  /** Applies differences, and trusts no hash that it has not computed. */
  static final class Coordinator {
    final Deque<Spooled> inbox = new ArrayDeque<>();
    final Deque<Answer> answers = new ArrayDeque<>();
    final Map<String, List<Map<String, String>>> stored = new TreeMap<>();
    final Map<String, Instant> captured = new HashMap<>();
    final Map<String, Integer> wholes = new TreeMap<>();
    boolean refuseNext;
    long through;
    private String epoch = "";

    void hello(String spoolEpoch) {
      if (!epoch.equals(spoolEpoch)) {
        epoch = spoolEpoch;
        through = 0;
      }
    }

    void work() {
      Spooled spooled = inbox.poll();
      if (spooled == null) {
        return;
      }
      Set<Long> refused = new HashSet<>();
      Set<String> whole = new TreeSet<>();
      if (spooled.sequence() > through) {
        if (refuseNext) {
          refuseNext = false;
          refused.add(spooled.sequence());
        } else {
          take(ReportCodec.fromBytes(spooled.bytes())).ifPresent(whole::add);
        }
        through = spooled.sequence();
      }
      answers.add(new Answer(through, refused, whole));
    }

    /** The type, if it is to be sent whole. */
    private Optional<String> take(Report report) {
      return switch (report) {
        case Report.Run _, Report.Compliance _ -> Optional.empty();
        case Report.Inventory all -> {
          if (!Items.hash(all.items()).equals(all.contentHash())) {
            throw new AssertionError("a hash that is not its content's: " + all.typeName());
          }
          wholes.merge(all.typeName(), 1, Integer::sum);
          stored.put(all.typeName(), all.items());
          captured.put(all.typeName(), all.captureTime());
          yield Optional.empty();
        }
        case Report.InventoryDelta delta -> {
          List<Map<String, String>> before = stored.get(delta.typeName());
          if (before == null || !Items.hash(before).equals(delta.baseHash())) {
            yield Optional.of(delta.typeName());
          }
          Optional<List<Map<String, String>>> after =
              Items.after(before, new Items.Difference(delta.removed(), delta.added()));
          if (after.isEmpty() || !Items.hash(after.get()).equals(delta.contentHash())) {
            throw new AssertionError("a difference that does not lead where it says: " + delta);
          }
          stored.put(delta.typeName(), after.get());
          captured.put(delta.typeName(), delta.captureTime());
          yield Optional.empty();
        }
      };
    }
  }

  private record OfSpool(Spool spool) implements InventoryLane {
    @Override
    public String epoch() {
      return spool.epoch();
    }

    @Override
    public OptionalLong add(Report report) {
      long before = written();
      spool.add(report);
      return written() == before ? OptionalLong.empty() : OptionalLong.of(written());
    }

    @Override
    public long storedThrough() {
      return spool.stored(Lane.INVENTORY);
    }

    @Override
    public boolean waits(String type, long sequence) {
      return spool.waits(type, sequence);
    }

    private long written() {
      return spool.written().getOrDefault(Lane.INVENTORY, 0L);
    }
  }
}
