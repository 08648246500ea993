package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SplayTest {
  private static final AssociationId ASSOCIATION =
      new AssociationId("11111111-1111-1111-1111-111111111111");
  private static final AssociationId OTHER =
      new AssociationId("22222222-2222-2222-2222-222222222222");

  @Test
  void anInstanceIsAlwaysDelayedAlikeAndAFleetIsSpread() {
    int[] tenths = new int[10];
    Set<Duration> delays = new TreeSet<>();
    int moved = 0;
    for (int i = 0; i < 10_000; i++) {
      InstanceId instance = new InstanceId("mi-%017x".formatted(i));
      Duration delay = Splay.of(instance, ASSOCIATION, 600);
      assertEquals(delay, Splay.of(instance, ASSOCIATION, 600));
      assertTrue(!delay.isNegative() && delay.compareTo(Duration.ofMinutes(10)) < 0);
      tenths[(int) (delay.toSeconds() / 60)]++;
      delays.add(delay);
      moved += delay.equals(Splay.of(instance, OTHER, 600)) ? 0 : 1;
    }

    for (int tenth : tenths) {
      assertTrue(tenth > 850 && tenth < 1_150, tenth + " of 10000 in a tenth");
    }
    assertTrue(delays.size() > 9_800, delays.size() + " different delays");
    assertTrue(moved > 9_950, "an instance is late for one association, not for all");
  }

  @Test
  void withoutSplayThereIsNoDelay() {
    assertEquals(Duration.ZERO, Splay.of(new InstanceId("mi-0123456789abcdef0"), ASSOCIATION, 0));
  }
}
