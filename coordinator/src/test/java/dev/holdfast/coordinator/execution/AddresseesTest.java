package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.RateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class AddresseesTest {
  private static final AssociationId ASSOCIATION =
      new AssociationId("00000000-0000-0000-0000-00000000000a");
  private static final InstanceId INSTANCE = new InstanceId("mi-0000000000000000a");
  private static final String MANUAL = "00000000-0000-0000-0000-000000000001";

  /** The instance is a member from position 10 to 20, and from 30 on; a second is a position. */
  private static final List<Membership> TWICE = List.of(interval(10, 20), interval(30, -1));

  private record Case(String name, boolean addressed, Execution execution, Instant from) {}

  @TestFactory
  List<DynamicTest> whomATriggerAddresses() {
    return List.of(
            new Case("a tick before it came in: no", false, tick(9), at(0)),
            new Case("a tick at the moment that it came in: no", false, tick(10), at(0)),
            new Case("a tick while it is a member: yes", true, tick(11), at(0)),
            new Case("a tick at the moment that it left: no", false, tick(20), at(0)),
            new Case("a tick while it was away: no", false, tick(25), at(0)),
            new Case("a tick after it came back: yes", true, tick(31), at(0)),
            new Case("a tick before ticks counted: no", false, tick(15), at(16)),
            new Case("a tick at the moment from which they count: no", false, tick(15), at(15)),
            new Case("a tick after that moment: yes", true, tick(15), at(14)),
            new Case("a change before it came in: no", false, change(9), at(0)),
            new Case("a change at its position: yes", true, change(10), at(0)),
            new Case("a change at the position at which it left: no", false, change(20), at(0)),
            new Case("a change while it was away: no", false, change(25), at(0)),
            new Case("a change after it came back: yes", true, change(40), at(0)),
            new Case("a change does not ask when ticks count", true, change(15), at(99)),
            new Case("an enter at its position: yes", true, enter(10), at(0)),
            new Case("an enter at the second one: yes", true, enter(30), at(0)),
            new Case("an enter of others: no", false, enter(11), at(0)),
            new Case("a manual start of all members: yes", true, manual(12, Set.of()), at(0)),
            new Case("a manual start while it was away: no", false, manual(25, Set.of()), at(0)),
            new Case("a manual start that names it: yes", true, manual(12, me()), at(0)),
            new Case(
                "a manual start that names others: no",
                false,
                manual(12, Set.of("mi-0000000000000000b")),
                at(0)),
            new Case("a manual start that names it, away: no", false, manual(25, me()), at(0)))
        .stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name,
                    () ->
                        assertEquals(
                            c.addressed, Addressees.addresses(c.execution, TWICE, c.from))))
        .toList();
  }

  private static Set<String> me() {
    return Set.of(INSTANCE.value());
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  private static Membership interval(long from, long to) {
    return new Membership(
        INSTANCE,
        ASSOCIATION,
        from,
        at(from),
        to < 0 ? OptionalLong.empty() : OptionalLong.of(to),
        to < 0 ? Optional.empty() : Optional.of(at(to)));
  }

  private static Execution tick(long second) {
    return execution(new Trigger.Tick(at(second)), second, Set.of());
  }

  private static Execution change(long position) {
    return execution(new Trigger.Change(1, position), position, Set.of());
  }

  private static Execution enter(long position) {
    return execution(new Trigger.Enter(1, position), position, Set.of());
  }

  private static Execution manual(long position, Set<String> instances) {
    return execution(new Trigger.Manual(MANUAL), position, instances);
  }

  private static Execution execution(Trigger trigger, long position, Set<String> instances) {
    return new Execution(
        "x",
        ASSOCIATION,
        1,
        trigger,
        "",
        at(position),
        position,
        "r",
        instances,
        at(position).plus(Duration.ofDays(31)),
        1,
        at(position),
        Optional.empty(),
        false,
        Optional.empty(),
        false,
        Optional.empty(),
        RateControl.NONE);
  }
}
