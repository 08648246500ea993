package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Report;
import dev.holdfast.task.Limits;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.ReportCodec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much of an inventory type is told. */
final class PortionTest {
  @Test
  void whateverIsThereAMessageHasRoomForWhatIsTold() {
    Cases.check(
        20,
        random -> {
          int chars = random.nextInt(1, 2_000);
          List<Map<String, String>> items =
              items(random.nextInt(1, 1_500), () -> noise(random, chars));

          int kept = Portion.of(items);

          Report.Inventory told =
              new Report.Inventory(
                  "Custom:" + "x".repeat(90),
                  "1.0",
                  Instant.parse("2026-11-22T08:00:00.123456789Z"),
                  "h".repeat(64),
                  items.subList(0, kept));
          int bytes = ReportCodec.toBytes(Long.MAX_VALUE, told).size();
          assertTrue(bytes <= Limits.MAX_REPORT_BYTES, bytes + " bytes");
          if (kept < items.size()) {
            assertTrue(bytes > Limits.MAX_REPORT_BYTES * 3 / 4, "less than there is room for");
          }
        });
  }

  @Test
  void whatPacksWellIsToldUpToItsUnpackedBound() {
    List<Map<String, String>> items = items(2_000, () -> "one and the same ".repeat(25));

    assertEquals(2_000, Portion.of(items));
    assertTrue(Portion.of(items(9_000, () -> "one and the same ".repeat(25))) > 2_000);
  }

  @Test
  void oneEntryThatIsTooLargeIsNotTold() {
    String noise = noise(new java.util.SplittableRandom(1), 400_000);

    assertEquals(0, Portion.of(items(3, () -> noise)));
  }

  private static List<Map<String, String>> items(
      int count, java.util.function.Supplier<String> text) {
    return IntStream.range(0, count)
        .mapToObj(i -> Map.of("Name", "n" + i, "Text", text.get()))
        .toList();
  }

  private static String noise(RandomGenerator random, int chars) {
    return random
        .ints(chars, 32, 127)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
