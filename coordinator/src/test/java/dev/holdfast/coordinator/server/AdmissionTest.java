package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.TokenBucket.Rate;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private final AtomicInteger all = new AtomicInteger();
  private final AtomicReference<Duration> now = new AtomicReference<>(Duration.ofHours(1));
  private final Admission door = door(2, 1, 5, new Rate(1, 100));

  private Admission door(int perSource, int strangers, int inAll, Rate handshakes) {
    return new Admission(
        new Admission.Settings(perSource, strangers, inAll, handshakes), all, now::get);
  }

  @Test
  void oneAddressHasSoManyConnectionsUntilSomeEnd() throws UnknownHostException {
    InetAddress source = InetAddress.getByName("192.0.2.1");

    assertTrue(door.enter(source));
    assertTrue(door.enter(source));
    assertFalse(door.enter(source));
    assertTrue(door.enter(InetAddress.getByName("192.0.2.2")));
    door.leave(source);
    assertTrue(door.enter(source));

    assertEquals(3, door.open());
    assertEquals(1, door.refused());
  }

  @Test
  void aNetworkOfIpv6IsOneAddress() throws UnknownHostException {
    assertTrue(door.enter(InetAddress.getByName("2001:db8:1:2::1")));
    assertTrue(door.enter(InetAddress.getByName("2001:db8:1:2::2")));
    assertFalse(door.enter(InetAddress.getByName("2001:db8:1:2:ffff::3")));
    assertTrue(door.enter(InetAddress.getByName("2001:db8:1:3::1")));
  }

  @Test
  void loopbackHasNoLimitOfItsOwnButThatOfAll() throws UnknownHostException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    for (int i = 0; i < 5; i++) {
      assertTrue(door.enter(loopback));
    }

    assertFalse(door.enter(loopback));
    assertFalse(door.enter(InetAddress.getByName("192.0.2.1")));
    door.leave(loopback);
    assertTrue(door.enter(InetAddress.getByName("192.0.2.1")));
  }

  @Test
  void allPortsTogetherHaveSoManyAndPeopleTheLastOfThem() throws UnknownHostException {
    Admission people = door(2, 0, 6, new Rate(1, 100));
    for (int i = 0; i < 5; i++) {
      assertTrue(door.enter(InetAddress.getLoopbackAddress()));
    }

    assertFalse(door.enter(InetAddress.getLoopbackAddress()));
    assertTrue(people.enter(InetAddress.getLoopbackAddress()));
    assertFalse(people.enter(InetAddress.getLoopbackAddress()));
    people.leave(InetAddress.getLoopbackAddress());
    door.leave(InetAddress.getLoopbackAddress());
    assertEquals(4, all.get());
    assertTrue(door.enter(InetAddress.getLoopbackAddress()));
  }

  @Test
  void newOnesComeNoFasterThanTheRateAndThoseThatDoCostNothing() throws UnknownHostException {
    Admission slow = door(1_000, 0, 1_000, new Rate(2, 4));
    InetAddress source = InetAddress.getByName("192.0.2.1");
    int entered = 0;
    for (int i = 0; i < 1_000; i++) {
      entered += slow.enter(source) ? 1 : 0;
      now.set(now.get().plusMillis(10));
    }

    assertTrue(entered >= 23 && entered <= 24, "in 10 s at 2 a second, 4 at once: " + entered);
    assertEquals(1_000 - entered, slow.postponed());
    assertEquals(0, slow.refused());
    assertEquals(entered, slow.open());
  }

  @Test
  void strangersOfOneAddressAreFewerAndLoopbackIsNoAddressOfTheirs() throws UnknownHostException {
    InetAddress source = InetAddress.getByName("192.0.2.1");
    assertTrue(door.enterStranger(source));
    assertFalse(door.enterStranger(source));
    assertTrue(door.enterStranger(InetAddress.getByName("192.0.2.2")));
    door.leaveStranger(source);
    assertTrue(door.enterStranger(source));
    assertEquals(1, door.refused());
    for (int i = 0; i < 5; i++) {
      assertTrue(door.enterStranger(InetAddress.getLoopbackAddress()));
    }
    Admission noneAsked = door(2, 0, 5, new Rate(1, 100));
    for (int i = 0; i < 5; i++) {
      assertTrue(noneAsked.enterStranger(source), "a port that asks nobody for a certificate");
    }
  }
}
