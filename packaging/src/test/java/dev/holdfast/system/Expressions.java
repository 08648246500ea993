package dev.holdfast.system;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that what expressions of Prometheus name is there. */
final class Expressions {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "absent",
          "histogram_quantile",
          "increase",
          "max",
          "predict_linear",
          "rate",
          "sum",
          "time");
  private static final Set<String> WORDS = Set.of("and", "or", "unless");
  private static final Set<String> GROUPINGS = Set.of("by", "on", "ignoring", "without");

  /** Labels that the scraper adds. */
  private static final Set<String> ADDED = Set.of("instance", "job");

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<number>[0-9][0-9.]*(?:e[+-]?[0-9]+)?(?![a-zA-Z_]))|(?<name>[a-zA-Z_][a-zA-Z0-9_]*)"
              + "|(?<labels>\\{(?:[^{}\"]|\"[^\"]*\")*\\})|(?<range>\\[[0-9]+[smhd]\\])"
              + "|(?<sign>[()+\\-*/,]|[<>=!]=|[<>]))");
  private static final Pattern MATCHER =
      Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"\\s*(,|$)");

  private Expressions() {}

  /** Fails if an expression names a function, a metric or a label that is not there. */
  static void check(String expression, Map<String, PrometheusText.Family> families) {
    Matcher token = TOKEN.matcher(expression);
    Set<String> labels = new HashSet<>(ADDED);
    Set<String> grouped = new HashSet<>();
    String metric = "";
    boolean grouping = false;
    int depth = 0;
    int at = 0;
    while (at < expression.stripTrailing().length()) {
      require(
          token.region(at, expression.length()).lookingAt(),
          "not understood from " + at + ": " + expression);
      at = token.end();
      String name = token.group("name");
      if (name != null) {
        String behind = expression.substring(at).stripLeading();
        boolean call = behind.startsWith("(") || behind.matches("(?s)(by|without)\\b.*");
        if (grouping) {
          grouped.add(name);
        } else if (GROUPINGS.contains(name)) {
          grouping = true;
        } else if (FUNCTIONS.contains(name)) {
          require(call, name + " is not called: " + expression);
        } else if (!WORDS.contains(name)) {
          metric = name;
          labels.addAll(labelsOf(metric, families, expression));
        }
      } else if (token.group("labels") != null) {
        matchers(token.group("labels"), metric, families, expression);
      } else if (token.group("sign") != null) {
        depth += token.group("sign").equals("(") ? 1 : token.group("sign").equals(")") ? -1 : 0;
        grouping &= !token.group("sign").equals(")");
      }
    }
    require(depth == 0, "parentheses that do not close: " + expression);
    require(labels.containsAll(grouped), "groups by labels that are not there: " + expression);
  }

  private static Set<String> labelsOf(
      String sample, Map<String, PrometheusText.Family> families, String expression) {
    Set<String> labels = new HashSet<>();
    boolean known = false;
    for (PrometheusText.Family family : families.values()) {
      for (PrometheusText.Sample one : family.samples()) {
        if (one.name().equals(sample)) {
          known = true;
          labels.addAll(one.labels().keySet());
        }
      }
    }
    require(known, sample + " is no metric: " + expression);
    return labels;
  }

  /** A label that is asked for is there, and some sample could match. */
  private static void matchers(
      String written,
      String metric,
      Map<String, PrometheusText.Family> families,
      String expression) {
    Matcher matcher = MATCHER.matcher(written.substring(1, written.length() - 1));
    int at = 0;
    while (at < written.length() - 2) {
      require(matcher.region(at, written.length() - 2).lookingAt(), "no matcher: " + expression);
      at = matcher.end();
      String label = matcher.group(1);
      String value = matcher.group(3);
      List<String> values =
          families.values().stream()
              .flatMap(family -> family.samples().stream())
              .filter(sample -> sample.name().equals(metric) && sample.labels().containsKey(label))
              .map(sample -> sample.labels().getOrDefault(label, ""))
              .toList();
      require(!values.isEmpty(), metric + " has no label " + label + ": " + expression);
      if (matcher.group(2).equals("=")) {
        require(values.contains(value), value + " is no value of " + label);
      } else if (matcher.group(2).equals("=~")) {
        for (String one : value.split("\\|")) {
          require(values.contains(one), one + " is no value of " + label);
        }
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
