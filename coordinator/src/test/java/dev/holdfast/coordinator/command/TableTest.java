package dev.holdfast.coordinator.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void columnsAreAlignedAndNoLineEndsInBlanks() {
    assertEquals(
        List.of("NAME      ROLE", "ann       viewer", "ünïcödé1  x"),
        Table.lines(
            List.of(List.of("NAME", "ROLE"), List.of("ann", "viewer"), List.of("ünïcödé1", "x"))));
    assertEquals(List.of("A  B", "x"), Table.lines(List.of(List.of("A", "B"), List.of("x", ""))));
  }

  @Test
  void textOfOthersCannotMoveTheCursorNorBeginALine() {
    assertEquals("a\\nb\\u001b[2J\\u202ec", Table.printable("a\nb\u001b[2J\u202ec"));
  }
}
