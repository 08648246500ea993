package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reader by which the metrics of both programs are judged, and the one of expressions. */
final class PrometheusTextTest {
  private static final String RIGHT =
      """
      # HELP a_total What a is.
      # TYPE a_total counter
      a_total{k="x\\\\y\\"z\\n",l=""} 3
      a_total{k="b",l="c"} 4.5e-3
      # HELP h H.
      # TYPE h histogram
      h_bucket{le="0.5"} 1
      h_bucket{le="+Inf"} 3
      h_sum 2.5
      h_count 3
      """;

  @Test
  void whatIsRightIsRead() {
    Map<String, PrometheusText.Family> families = PrometheusText.read(RIGHT);

    assertEquals(Set.of("a_total", "h"), families.keySet());
    assertEquals(
        new PrometheusText.Sample("a_total", Map.of("k", "x\\y\"z\n", "l", ""), 3),
        Objects.requireNonNull(families.get("a_total")).samples().getFirst());
    assertEquals(Set.of(), Objects.requireNonNull(families.get("h")).labels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# TYPE a_total counter| # TYPE b_total counter",
        "# TYPE a_total counter| # TYPE a_total counters",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{l=\"c\"} 4",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{k=\"b\",l=\"c\"} 4 5",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{k=\"b\",l=\"\\t\"} 4",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{k=\"b\",l=\"c\",} 4",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{k=\"b\",l=\"c\"} -4",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| a_total{l=\"c\",k=\"b\",k=\"b\"} 4",
        "a_total{k=\"b\",l=\"c\"} 4.5e-3| b_total{k=\"b\",l=\"c\"} 4",
        "h_bucket{le=\"0.5\"} 1| h_bucket{le=\"0.5\"} 4",
        "h_bucket{le=\"+Inf\"} 3| h_bucket{le=\"7\"} 3",
        "h_count 3| h_count 4",
        "h_sum 2.5| h_count 3",
      })
  void whatIsWrongIsNot(String right, String wrong) {
    assertTrue(RIGHT.contains(right), right);

    assertThrows(
        AssertionError.class, () -> PrometheusText.read(RIGHT.replace(right, wrong)), wrong);
  }

  @Test
  void expressionsNameMetricsAndLabels() {
    Map<String, PrometheusText.Family> families = PrometheusText.read(RIGHT);
    Expressions.check("sum by (k) (rate(a_total{k=\"b\",l!~\"x(y\"}[5m])) > 0.5 * 1e3", families);
    Expressions.check("histogram_quantile(0.9, sum by (le) (rate(h_bucket[1h]))) > 5", families);

    for (String wrong :
        new String[] {
          "b_total > 0",
          "a_total{m=\"b\"} > 0",
          "sum by (m) (a_total)",
          "h > 0",
          "rat(a_total[5m])",
          "a_total{k=\"nothing like it\"} > 0",
          "sum(a_total",
          "h_bucket{k=\"x\"}",
        }) {
      assertThrows(AssertionError.class, () -> Expressions.check(wrong, families), wrong);
    }
  }
}
