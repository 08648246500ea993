package dev.holdfast.agent.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.testing.Cases;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TickSetTest {

  @Test
  void itAnswersAsASortedSetWould() {
    Cases.check(
        200,
        random -> {
          TickSet set = new TickSet();
          TreeSet<Instant> model = new TreeSet<>();
          for (int i = 0; i < 60; i++) {
            Instant tick = Instant.ofEpochSecond(random.nextInt(40));
            Instant moment = tick.plusMillis(random.nextInt(2000));
            if (random.nextInt(5) == 0 && !model.isEmpty()) {
              assertEquals(model.pollFirst(), set.removeOldest());
            } else {
              set.add(tick);
              model.add(tick);
            }
            assertEquals(model.size(), set.size());
            assertEquals(model.contains(tick), set.contains(tick));
            assertEquals(Optional.ofNullable(model.floor(moment)), set.newestUpTo(moment));
            assertEquals(
                model.isEmpty() ? Optional.empty() : Optional.of(model.first()), set.oldest());
          }
        });
  }
}
