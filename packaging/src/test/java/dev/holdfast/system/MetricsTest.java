package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.JsonFormat;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code docs/monitoring.md}, and the alert rules, against what both programs show. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class MetricsTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DASHBOARD = "packaging/dashboards/holdfast.json";
  private static final Pattern CALL =
      Pattern.compile("(?m)^call AssociationService/CreateAssociation '(.*)'$");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(holdfast_\\w+)` \\| (\\w+) \\| ([^|]*) \\| [^|]{5,} \\|$");

  @Test
  void thePageAndTheRulesSayWhatIsShownAndTheProbeOfThePageMeasures() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/monitoring.md"));
    List<AlertRules.Rule> rules =
        AlertRules.read(Files.readString(ROOT.resolve("packaging/alerts/holdfast.rules.yaml")));
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      assertEquals("ready", get(rig.metricsAddress(), "/readyz"));
      assertEquals("ok", get(rig.metricsAddress(), "/healthz"));
      rig.enroll(Map.of("Probe", "yes"));
      String agent = "127.0.0.1:" + freePort();
      rig.startAgent("allow_reboot: false\nmetrics_listen: " + agent + "\n");
      assertEquals("ready", get(agent, "/readyz"));
      assertEquals("ok", get(agent, "/healthz"));

      probeAsThePageSays(rig, page);
      Map<String, PrometheusText.Family> shown =
          shown(
              rig.metricsAddress(),
              now ->
                  value(now, "holdfast_probe_seconds_count") >= 1
                      && value(now, "holdfast_probe_instances") == 1
                      && value(now, "holdfast_probe_oldest_success_seconds") < 60);
      assertEquals(0, value(shown, "holdfast_probe_late_instances"));
      assertEquals(0, value(shown, "holdfast_probe_failures_total"));
      assertTrue(value(shown, "holdfast_push_seconds_count") >= 1, "the association was pushed");
      assertTrue(value(shown, "holdfast_ack_seconds_count") >= 1, "its report was acknowledged");

      Map<String, PrometheusText.Family> ofAgent =
          shown(agent, now -> value(now, "holdfast_agent_runs_in_progress") == 0);
      assertEquals(rows(ofAgent), rows(byCommand(rig)), "the command prints the same");
      Map<String, PrometheusText.Family> all = new TreeMap<>(shown);
      all.putAll(ofAgent);
      leaveTable(all);
      assertEquals(rows(all), rows(page), "the tables of docs/monitoring.md");
      check(rules, page, all);
      check(Dashboard.read(Files.readString(ROOT.resolve(DASHBOARD))), all);
    }
  }

  /** All that panels ask is there, and what they name series by is left by the grouping. */
  private static void check(List<Dashboard.Query> queries, Map<String, PrometheusText.Family> all) {
    for (Dashboard.Query query : queries) {
      Expressions.check(query.expression(), all);
      Matcher label = Pattern.compile("\\{\\{(\\w+)\\}\\}").matcher(query.legend());
      while (label.find()) {
        assertTrue(
            query.expression().contains("by (" + label.group(1) + ")"),
            query.panel() + ": " + query.expression());
      }
    }
    assertTrue(queries.size() > 40, "the dashboard was not understood: " + queries.size());
  }

  /** Makes the association that the page tells to make. */
  private static void probeAsThePageSays(Rig rig, String page) throws IOException {
    Matcher call = CALL.matcher(page);
    assertTrue(call.find(), "the page says how to set up a probe");
    CreateAssociationRequest.Builder request = CreateAssociationRequest.newBuilder();
    JsonFormat.parser().merge(call.group(1), request);
    var _ = rig.associations().createAssociation(request.build());
  }

  private static Map<String, PrometheusText.Family> byCommand(Rig rig) {
    return PrometheusText.read(
        Launched.run(
                rig.folder(),
                "holdfast-agent",
                List.of("metrics", "--state", rig.state().toString()),
                0)
            + "\n");
  }

  private static void check(
      List<AlertRules.Rule> rules, String page, Map<String, PrometheusText.Family> all) {
    Map<String, String> named = new TreeMap<>();
    for (AlertRules.Rule rule : rules) {
      Expressions.check(rule.expression(), all);
      named.put(rule.name(), String.valueOf(rule.annotations().get("runbook")));
      for (String words : new String[] {"summary", "action"}) {
        String said = String.valueOf(rule.annotations().get(words));
        assertTrue(said.matches("[A-Z].{10,}\\."), rule.name() + " " + words + ": " + said);
      }
      assertTrue(rule.labels().containsKey("severity"), rule.name());
    }
    Map<String, String> told = new TreeMap<>();
    Matcher heading = Pattern.compile("(?m)^### (Holdfast\\w+)$").matcher(page);
    while (heading.find()) {
      told.put(
          heading.group(1),
          "docs/monitoring.md#" + heading.group(1).toLowerCase(java.util.Locale.ROOT));
    }
    assertEquals(named, told, "each alert has its section, and each section its alert");
  }

  /** Metrics by name: type and labels. */
  private static Map<String, String> rows(Map<String, PrometheusText.Family> families) {
    Map<String, String> rows = new TreeMap<>();
    families.forEach(
        (name, family) -> rows.put(name, family.type() + " " + String.join(", ", family.labels())));
    return rows;
  }

  private static Map<String, String> rows(String page) {
    Map<String, String> rows = new TreeMap<>();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      TreeSet<String> labels = new TreeSet<>();
      Matcher label = Pattern.compile("`(\\w+)`").matcher(row.group(3));
      while (label.find()) {
        labels.add(label.group(1));
      }
      rows.put(row.group(1), row.group(2) + " " + String.join(", ", labels));
    }
    return rows;
  }

  /** For whoever has to mend the page. */
  private static void leaveTable(Map<String, PrometheusText.Family> all) throws IOException {
    StringBuilder lines = new StringBuilder();
    all.forEach(
        (name, family) ->
            lines.append(
                "| `%s` | %s | %s | |%n"
                    .formatted(
                        name,
                        family.type(),
                        String.join(
                            ", ", family.labels().stream().map(one -> "`" + one + "`").toList()))));
    Files.writeString(
        Files.createDirectories(ROOT.resolve("packaging/target")).resolve("metrics.md"), lines);
  }

  private static double value(Map<String, PrometheusText.Family> families, String sample) {
    return families.values().stream()
        .flatMap(family -> family.samples().stream())
        .filter(one -> one.name().equals(sample) && one.labels().isEmpty())
        .mapToDouble(PrometheusText.Sample::value)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static Map<String, PrometheusText.Family> shown(
      String address, Predicate<Map<String, PrometheusText.Family>> enough) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String text = get(address, "/metrics") + "\n";
      Map<String, PrometheusText.Family> families = PrometheusText.read(text);
      if (enough.test(families)) {
        return families;
      }
      assertTrue(System.nanoTime() < end, "not in time: " + text);
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private static String get(String address, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      return answer.body().strip();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
