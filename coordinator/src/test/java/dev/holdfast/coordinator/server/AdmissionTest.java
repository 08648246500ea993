package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private final Admission door = new Admission(2, 5);

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
}
