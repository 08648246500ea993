package dev.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.task.Failpoints;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArmedFailpointsTest {
  private final List<Integer> halts = new ArrayList<>();

  @Test
  void theProgramEndsWhenOneIsReachedForTheNthTime() {
    Failpoints points =
        new ArmedFailpoints(List.of("after-send 3", "", " before-rename "), halts::add);
    points.reach("after-send");
    points.reach("after-spawn");
    points.reach("after-send");
    assertEquals(List.of(), halts);
    points.reach("after-send");
    points.reach("after-send");
    points.reach("before-rename");
    assertEquals(List.of(137, 137), halts);
  }

  @Test
  void atAWordItEndsOrThrowsEachTimeAndAtNoOther() {
    Failpoints ends = new ArmedFailpoints(List.of("reading-document ends poison"), halts::add);
    Failpoints fails = new ArmedFailpoints(List.of("reading-document throws poison"), halts::add);
    byte[] poison = "a poison".getBytes(StandardCharsets.UTF_8);
    ends.reach("reading-document", "harmless".getBytes(StandardCharsets.UTF_8));
    ends.reach("after-send", poison);
    assertEquals(List.of(), halts);
    ends.reach("reading-document", poison);
    ends.reach("reading-document", poison);
    assertEquals(List.of(137, 137), halts);
    assertThrows(LinkageError.class, () -> fails.reach("reading-document", poison));
  }

  @Test
  void whatIsNoFailpointIsRefused() {
    for (String line : List.of("after-send 0", "after-send x", "After", "a b c", "a throws")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new ArmedFailpoints(List.of(line), halts::add),
          line);
    }
  }

  @Test
  void withoutAFileNothingIsArmed() {
    assertSame(Failpoints.NONE, ArmedFailpoints.armed());
  }
}
