package dev.holdfast.system;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format, version 0.0.4, as strictly as its description allows: whatever it
 * leaves open to a reader's kindness is a mistake here.
 */
final class PrometheusText {
  private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Map<String, Family> families = new LinkedHashMap<>();
  private final Set<String> series = new HashSet<>();

  /**
   * A metric.
   *
   * @param labels of its samples, {@code le} of buckets left out
   */
  record Family(String name, String type, Set<String> labels, List<Sample> samples) {}

  /** One value. */
  record Sample(String name, Map<String, String> labels, double value) {}

  private PrometheusText() {}

  /** All metrics of a text, by name. */
  static Map<String, Family> read(String text) {
    PrometheusText reader = new PrometheusText();
    require(text.endsWith("\n"), "the last line has no end");
    String helped = "";
    Family current = new Family("", "", Set.of(), List.of());
    for (String line : text.split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      if (line.isEmpty()) {
        continue;
      }
      if (help.matches()) {
        helped = help.group(1);
        requireEscapes(help.group(2), "\\n");
      } else if (type.matches()) {
        require(type.group(1).equals(helped), "TYPE without HELP before it: " + line);
        current = new Family(helped, type.group(2), new TreeSet<>(), new ArrayList<>());
        require(reader.families.put(helped, current) == null, "a second TYPE: " + line);
        require(
            current.type.equals("counter") == helped.endsWith("_total"),
            "counters, and only these, end in _total: " + line);
      } else {
        require(!line.startsWith("#"), "a comment that is neither HELP nor TYPE: " + line);
        reader.sample(line, current);
      }
    }
    reader.families.values().forEach(PrometheusText::check);
    return reader.families;
  }

  private void sample(String line, Family family) {
    Matcher name = NAME.matcher(line);
    require(name.lookingAt(), "no name: " + line);
    Map<String, String> labels = new TreeMap<>();
    int at = name.end();
    if (line.charAt(at) == '{') {
      at = labels(line, at + 1, labels);
    }
    require(line.charAt(at) == ' ', "no space before the value: " + line);
    String written = line.substring(at + 1);
    require(!written.contains(" "), "something behind the value: " + line);
    double value =
        switch (written) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(written);
        };
    String plain =
        family.type.equals("histogram")
            ? name.group().replaceFirst("_(bucket|sum|count)$", "")
            : name.group();
    require(plain.equals(family.name), "a sample of another metric than its TYPE: " + line);
    require(series.add(name.group() + labels), "the same series twice: " + line);
    labels.keySet().stream().filter(key -> !key.equals("le")).forEach(family.labels::add);
    family.samples.add(new Sample(name.group(), labels, value));
  }

  private static int labels(String line, int from, Map<String, String> labels) {
    int at = from;
    while (line.charAt(at) != '}') {
      Matcher key = LABEL.matcher(line).region(at, line.length());
      require(key.lookingAt(), "no label at " + at + ": " + line);
      at = key.end();
      require(line.startsWith("=\"", at), "no quoted value: " + line);
      at += 2;
      StringBuilder value = new StringBuilder();
      while (line.charAt(at) != '"') {
        char c = line.charAt(at++);
        if (c == '\\') {
          char escaped = line.charAt(at++);
          require("\\\"n".indexOf(escaped) >= 0, "an escape that is none: " + line);
          c = escaped == 'n' ? '\n' : escaped;
        }
        value.append(c);
      }
      at++;
      require(labels.put(key.group(), value.toString()) == null, "a label twice: " + line);
      if (line.charAt(at) == ',') {
        at++;
        require(line.charAt(at) != '}', "a comma before the end: " + line);
      }
    }
    return at + 1;
  }

  private static void requireEscapes(String help, String allowed) {
    for (int i = 0; i < help.length(); i++) {
      if (help.charAt(i) == '\\') {
        i++;
        require(
            i < help.length() && (help.charAt(i) == '\\' || help.charAt(i) == allowed.charAt(1)),
            "an escape that is none: " + help);
      }
    }
  }

  private static void check(Family family) {
    Set<Set<String>> shapes = new HashSet<>();
    family.samples.forEach(
        sample -> {
          Set<String> shape = new TreeSet<>(sample.labels.keySet());
          shape.remove("le");
          shapes.add(shape);
        });
    require(shapes.size() <= 1, "samples with different labels: " + family.name);
    if (family.type.equals("counter")) {
      family.samples.forEach(
          sample -> require(sample.value >= 0, "a counter below zero: " + family.name));
    }
    if (family.type.equals("histogram")) {
      histogram(family);
    }
  }

  private static void histogram(Family family) {
    Map<Map<String, String>, List<Sample>> buckets = new LinkedHashMap<>();
    Map<Map<String, String>, Double> counts = new LinkedHashMap<>();
    Map<Map<String, String>, Double> sums = new LinkedHashMap<>();
    for (Sample sample : family.samples) {
      Map<String, String> key = new TreeMap<>(sample.labels);
      String bound = key.remove("le");
      if (sample.name.equals(family.name + "_bucket")) {
        require(bound != null, "a bucket without a bound: " + sample);
        buckets.computeIfAbsent(key, _ -> new ArrayList<>()).add(sample);
      } else if (sample.name.equals(family.name + "_count")) {
        counts.put(key, sample.value);
      } else if (sample.name.equals(family.name + "_sum")) {
        sums.put(key, sample.value);
      } else {
        throw new AssertionError("no sample of a histogram: " + sample);
      }
    }
    require(
        buckets.keySet().equals(counts.keySet()) && counts.keySet().equals(sums.keySet()),
        "a histogram that lacks something: " + family.name);
    buckets.forEach((key, own) -> cumulative(own, counts.getOrDefault(key, -1.0)));
  }

  private static void cumulative(List<Sample> buckets, double count) {
    double bound = Double.NEGATIVE_INFINITY;
    double before = 0;
    for (Sample bucket : buckets) {
      String written = bucket.labels.getOrDefault("le", "");
      double next = written.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(written);
      require(next > bound, "bounds that do not ascend: " + bucket);
      require(bucket.value >= before, "buckets that are not cumulative: " + bucket);
      bound = next;
      before = bucket.value;
    }
    require(bound == Double.POSITIVE_INFINITY, "no bucket up to +Inf: " + buckets);
    require(before == count, "the last bucket is not the count: " + buckets);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
