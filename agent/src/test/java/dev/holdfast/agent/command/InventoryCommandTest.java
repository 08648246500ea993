package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.report.Report;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class InventoryCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everyTypeIsPrintedByItsName() {
    assertEquals(0, run());
    assertEquals(
        """
        {
          "AWS:Application": {
            "typeName": "AWS:Application",
            "schemaVersion": "1.0",
            "captureTime": "2026-01-01T00:00:00Z",
            "contentHash": "00",
            "content": [
              {
                "Name": "of AWS:Application"
              }
            ]
          },
          "AWS:Network": {
            "typeName": "AWS:Network",
            "schemaVersion": "1.0",
            "captureTime": "2026-01-01T00:00:00Z",
            "contentHash": "00",
            "content": [
              {
                "Name": "of AWS:Network"
              }
            ]
          }
        }
        """,
        out.toString());
  }

  @Test
  void oneTypeCanBeAskedFor() {
    assertEquals(0, run("--type", "AWS:Network"));
    assertTrue(out.toString().contains("of AWS:Network"), out::toString);
    assertEquals(-1, out.toString().indexOf("AWS:Application"));
  }

  @Test
  void anUnknownTypeIsAUsageErrorThatNamesTheKnownOnes() {
    assertEquals(2, run("--type", "AWS:Nothing"));
    assertTrue(
        err.toString().contains("'AWS:Nothing'; allowed: AWS:Application, AWS:Network"),
        err::toString);
  }

  private int run(String... arguments) {
    return new CommandLine(new InventoryCommand(new Fake()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static final class Fake implements Gatherer {
    @Override
    public Found gather(Gathering wanted) {
      return Found.of(
          wanted.types().stream()
              .map(
                  type ->
                      new Report.Inventory(
                          type,
                          "1.0",
                          Instant.parse("2026-01-01T00:00:00Z"),
                          "00",
                          List.of(Map.of("Name", "of " + type))))
              .toList());
    }

    @Override
    public Set<String> types() {
      return Set.of("AWS:Network", "AWS:Application");
    }
  }
}
