package dev.holdfast.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.link.Wanted.Condition;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service manager shows of the agent. */
final class ServiceLineTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          linked,  0, '',     'link linked, c:7440; nothing runs'
          waiting, 1, '',     'link waiting, c:7440; 1 run in progress'
          linked,  2, 'A',    'link linked, c:7440; 2 runs in progress; attention: A (holdfast-agent status says more)'
          linked,  0, 'A B',  'link linked, c:7440; nothing runs; attention: A, B (holdfast-agent status says more)'
          """)
  void tells(String link, int runs, String codes, String line) {
    List<Condition> conditions =
        Arrays.stream(codes.split(" "))
            .filter(code -> !code.isEmpty())
            .map(code -> new Condition(code, "in words", Instant.EPOCH))
            .toList();

    assertEquals(line, ServiceLine.of(link, "c:7440", runs, conditions));
  }
}
