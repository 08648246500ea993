package dev.holdfast.coordinator.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.explain.Facts.Ended;
import dev.holdfast.coordinator.explain.Facts.Holding;
import dev.holdfast.coordinator.explain.Facts.Outstanding;
import dev.holdfast.coordinator.explain.Facts.Running;
import dev.holdfast.coordinator.explain.Facts.Wait;
import dev.holdfast.coordinator.explain.Reason.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ExplainRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final List<Holding> HOLDINGS = List.of(Holding.values());
  private static final Instant BEFORE = NOW.minusSeconds(600);
  private static final Instant TICK = NOW.plusSeconds(1_800);
  private static final Trigger CHANGE = new Trigger.Change(1, 7);
  private static final Trigger MANUAL = new Trigger.Manual("00000000-0000-4000-8000-000000000001");

  private record Row(String name, Scene scene, List<Code> codes) {}

  @TestFactory
  Stream<DynamicTest> everyStateHasItsReasons() {
    return Stream.of(
            row("it waits for a tick", new Scene(), Code.WAITING_FOR_TICK),
            row("not let in", new Scene().unapproved(), Code.NOT_APPROVED),
            row("no target", new Scene().outside(), Code.NOT_TARGETED),
            row(
                "no target any more, and its run goes on",
                new Scene().outside().running(),
                Code.RUNNING,
                Code.NOT_TARGETED),
            row("nothing to run", new Scene().broken(), Code.INVALID_DOCUMENT),
            row("running", new Scene().running(), Code.RUNNING),
            row(
                "running, and a step waits",
                new Scene().busy("waiting: another step has the package manager"),
                Code.RUNNING,
                Code.BUSY),
            row("running unseen", new Scene().running().offline(), Code.RUNNING, Code.OFFLINE),
            row(
                "running, and more was asked for",
                new Scene().running().asked(MANUAL),
                Code.RUNNING),
            row("disabled", new Scene().disabled(), Code.DISABLED),
            row(
                "disabled, and started by hand",
                new Scene().disabled().asked(MANUAL).waits(Code.QUEUED),
                Code.QUEUED,
                Code.DISABLED),
            row("asked while away", new Scene().asked(CHANGE).offline(), Code.OFFLINE),
            row(
                "asked while the calendar is closed",
                new Scene().asked(CHANGE).closed(),
                Code.CALENDAR_CLOSED),
            row(
                "started by hand while the calendar is closed",
                new Scene().asked(MANUAL).closed(),
                Code.QUEUED),
            row("asked while all is frozen", new Scene().asked(CHANGE).frozen(), Code.FROZEN),
            row(
                "away, frozen and closed",
                new Scene().asked(CHANGE).offline().frozen().closed(),
                Code.OFFLINE,
                Code.FROZEN,
                Code.CALENDAR_CLOSED),
            row("it waits for a slot", new Scene().asked(CHANGE).waits(Code.QUEUED), Code.QUEUED),
            row(
                "it waits for a permit",
                new Scene().asked(CHANGE).waits(Code.WAITING_FOR_PERMIT),
                Code.WAITING_FOR_PERMIT),
            row("it waits for its splay", new Scene().asked(CHANGE).waits(Code.SPLAY), Code.SPLAY),
            row(
                "its bodies are on their way",
                new Scene().asked(CHANGE).holds(Holding.OLDER),
                Code.FETCHING),
            row(
                "it has just come back",
                new Scene().asked(CHANGE).holds(Holding.UNKNOWN),
                Code.FETCHING),
            row(
                "within its splay, and nothing was told",
                new Scene().asked(CHANGE).splay(Duration.ofHours(1)),
                Code.SPLAY),
            row(
                "a start by hand has no splay",
                new Scene().asked(MANUAL).splay(Duration.ofHours(1)),
                Code.QUEUED),
            row("handed over", new Scene().asked(CHANGE), Code.QUEUED),
            row("at rest and away", new Scene().offline(), Code.WAITING_FOR_TICK, Code.OFFLINE),
            row(
                "the next tick will be skipped",
                new Scene().closedAtTick(),
                Code.WAITING_FOR_TICK,
                Code.CALENDAR_CLOSED),
            row("frozen at rest", new Scene().frozen(), Code.FROZEN, Code.WAITING_FOR_TICK),
            row(
                "only ticks, and none came yet",
                new Scene().onlyTicks(),
                Code.WAITING_FOR_TICK,
                Code.APPLY_ONLY),
            row("only ticks, and none comes", new Scene().onlyTicks().noTick(), Code.APPLY_ONLY),
            row(
                "only ticks, and one ran",
                new Scene().onlyTicks().ended("Success", "Success"),
                Code.WAITING_FOR_TICK),
            row("done", new Scene().noTick().ended("Success", "Success"), Code.DONE),
            row("failed and done", new Scene().noTick().ended("Failed", "Failed"), Code.DONE),
            row("never asked", new Scene().noTick(), Code.APPLY_ONLY),
            row(
                "cancelled, and no tick comes",
                new Scene().noTick().ended("Cancelled", "CancelRequested"),
                Code.CANCELLED),
            row(
                "cancelled, and a tick comes",
                new Scene().ended("Cancelled", "Cancelled"),
                Code.WAITING_FOR_TICK,
                Code.CANCELLED),
            row("expired", new Scene().noTick().ended("Skipped", "Expired"), Code.EXPIRED),
            row("superseded", new Scene().noTick().ended("Skipped", "Superseded"), Code.SUPERSEDED),
            row(
                "stopped by errors",
                new Scene().ended("Skipped", "ErrorLimit"),
                Code.WAITING_FOR_TICK,
                Code.ERROR_LIMIT),
            row(
                "the version is on its way, and nothing was asked for",
                new Scene().holds(Holding.OLDER),
                Code.WAITING_FOR_TICK,
                Code.FETCHING))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name,
                    () ->
                        assertEquals(
                            row.codes,
                            ExplainRule.decide(row.scene.facts()).stream()
                                .map(Reason::code)
                                .toList())));
  }

  @Test
  void messagesSayWhichRunWhenAndWhy() {
    assertEquals(
        "change:1.7 waits for the instance to be linked",
        ExplainRule.decide(new Scene().asked(CHANGE).offline().facts()).getFirst().message());
    assertEquals(
        "it runs at 2026-11-24T12:30:05Z, the tick of 2026-11-24T12:30:00Z and its splay",
        ExplainRule.decide(new Scene().splay(Duration.ofSeconds(5)).facts()).getFirst().message());
    assertEquals(
        "the association does not apply to it: tag:Role is none of web",
        ExplainRule.decide(new Scene().outside().facts()).getFirst().message());
  }

  @Test
  void whateverIsKnownThereIsAReasonAndNoneTwice() {
    Random random = new Random(4);
    for (int i = 0; i < 200_000; i++) {
      Facts facts = any(random);
      List<Reason> reasons = ExplainRule.decide(facts);
      assertFalse(reasons.isEmpty(), facts.toString());
      Set<Code> codes = new HashSet<>();
      for (Reason reason : reasons) {
        assertFalse(reason.message().isBlank(), facts.toString());
        assertFalse(!codes.add(reason.code()), facts.toString());
      }
    }
  }

  private static Facts any(Random random) {
    Scene scene = new Scene();
    List<Runnable> changes =
        List.of(
            scene::unapproved,
            scene::outside,
            scene::broken,
            scene::running,
            () -> scene.busy("waiting: x"),
            scene::disabled,
            () -> scene.asked(CHANGE),
            () -> scene.asked(MANUAL),
            () -> scene.asked(new Trigger.Tick(BEFORE)),
            scene::offline,
            scene::closed,
            scene::frozen,
            () -> scene.waits(Code.QUEUED),
            () -> scene.holds(HOLDINGS.get(random.nextInt(3))),
            () -> scene.splay(Duration.ofSeconds(random.nextInt(2_000))),
            scene::closedAtTick,
            scene::onlyTicks,
            scene::noTick,
            () -> scene.ended("Success", "Success"),
            () -> scene.ended("Skipped", "Superseded"),
            () -> scene.ended("Skipped", "StillRunning"));
    changes.forEach(
        change -> {
          if (random.nextInt(4) == 0) {
            change.run();
          }
        });
    return scene.facts();
  }

  private static Row row(String name, Scene scene, Code... codes) {
    return new Row(name, scene, List.of(codes));
  }

  /** A member that is linked, holds the revision in force and waits for a tick; then changed. */
  private static final class Scene {
    private boolean approved = true;
    private Optional<Instant> member = Optional.of(BEFORE);
    private Optional<String> problem = Optional.empty();
    private boolean enabled = true;
    private boolean onlyTicks;
    private Optional<Instant> nextTick = Optional.of(TICK);
    private Duration splay = Duration.ZERO;
    private Optional<Instant> offline = Optional.empty();
    private Holding holding = Holding.CURRENT;
    private Optional<Wait> waiting = Optional.empty();
    private Optional<Running> running = Optional.empty();
    private List<Outstanding> outstanding = List.of();
    private Optional<Ended> last = Optional.empty();
    private Optional<String> calendar = Optional.empty();
    private Optional<String> calendarAtTick = Optional.empty();
    private Optional<String> frozen = Optional.empty();

    Facts facts() {
      return new Facts(
          NOW,
          approved,
          member,
          "tag:Role is none of web",
          problem,
          enabled,
          onlyTicks,
          nextTick,
          splay,
          offline,
          holding,
          waiting,
          running,
          outstanding,
          last,
          calendar,
          calendarAtTick,
          frozen);
    }

    Scene unapproved() {
      approved = false;
      return this;
    }

    Scene outside() {
      member = Optional.empty();
      return this;
    }

    Scene broken() {
      problem = Optional.of("its document is gone");
      return this;
    }

    Scene running() {
      running = Optional.of(new Running(CHANGE.text(), Optional.of(BEFORE), Optional.empty()));
      return this;
    }

    Scene busy(String reason) {
      running = Optional.of(new Running(CHANGE.text(), Optional.of(BEFORE), Optional.of(reason)));
      return this;
    }

    Scene disabled() {
      enabled = false;
      nextTick = Optional.empty();
      return this;
    }

    Scene asked(Trigger trigger) {
      outstanding = List.of(new Outstanding(trigger, BEFORE));
      return this;
    }

    Scene offline() {
      offline = Optional.of(BEFORE);
      return this;
    }

    Scene closed() {
      calendar = Optional.of("year-end");
      return this;
    }

    Scene closedAtTick() {
      calendarAtTick = Optional.of("year-end");
      return this;
    }

    Scene frozen() {
      frozen = Optional.of("ann froze all until noon");
      return this;
    }

    Scene waits(Code code) {
      waiting = Optional.of(new Wait(code, CHANGE.text(), BEFORE));
      return this;
    }

    Scene holds(Holding now) {
      holding = now;
      return this;
    }

    Scene splay(Duration now) {
      splay = now;
      return this;
    }

    Scene onlyTicks() {
      onlyTicks = true;
      return this;
    }

    Scene noTick() {
      nextTick = Optional.empty();
      return this;
    }

    Scene ended(String status, String detail) {
      last = Optional.of(new Ended(CHANGE.text(), status, detail, BEFORE));
      return this;
    }
  }
}
