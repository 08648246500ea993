package dev.holdfast.agent.metrics;

import java.util.Map;

/** Writes metrics in Prometheus' text format, version 0.0.4. Each metric once. */
public final class Exposition {
  /** What it is, for those who get it by HTTP. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder(8192);

  /** Something that goes up and down. */
  public Exposition gauge(String name, String help, double value) {
    head(name, help, "gauge");
    return sample(name, value);
  }

  /** The same by one label, whose values are few and known. */
  public Exposition gauge(String name, String help, String label, Map<String, Double> values) {
    head(name, help, "gauge");
    values.forEach((key, value) -> sample(name, label, key, value));
    return this;
  }

  /** Something that only grows while the program runs; the name ends in {@code _total}. */
  public Exposition counter(String name, String help, double value) {
    head(name, help, "counter");
    return sample(name, value);
  }

  /** The same by one label, whose values are few and known. */
  public Exposition counter(String name, String help, String label, Map<String, Double> values) {
    head(name, help, "counter");
    values.forEach((key, value) -> sample(name, label, key, value));
    return this;
  }

  /** All that was written. */
  public String text() {
    return text.toString();
  }

  private void head(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ');
    escape(help, false);
    text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private Exposition sample(String name, double value) {
    text.append(name).append(' ').append(number(value)).append('\n');
    return this;
  }

  private void sample(String name, String label, String key, double value) {
    text.append(name).append('{').append(label).append("=\"");
    escape(key, true);
    text.append("\"} ").append(number(value)).append('\n');
  }

  private void escape(String words, boolean quoted) {
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '"' -> text.append(quoted ? "\\\"" : "\"");
        default -> text.append(c);
      }
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
