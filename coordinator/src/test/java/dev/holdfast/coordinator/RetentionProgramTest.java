package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.retention.Kept;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Tempo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program, over a store that is older than what it is told to keep. */
final class RetentionProgramTest {
  /** How often it is asked at the most; each answer takes some time. */
  private static final int ATTEMPTS = 50_000;

  private static final Instant TODAY = Rows.START.plus(Duration.ofDays(60));

  @TempDir Path folder;

  @Test
  void whatIsOlderThanIsKeptGoesByItself() throws Exception {
    Path data =
        Files.createDirectory(
            folder.resolve("data"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    fill(data);
    CoordinatorConfig defaults = Running.config(data);
    Kept kept =
        new Kept(
            Duration.ofDays(2),
            10,
            1,
            Duration.ofDays(20),
            Duration.ofDays(30),
            Duration.ofDays(400));
    CoordinatorConfig config =
        new CoordinatorConfig(
            data,
            defaults.agentListen(),
            defaults.adminListen(),
            defaults.metricsListen(),
            defaults.advertise(),
            defaults.trustDomain(),
            defaults.guardInstances(),
            defaults.agentConnections(),
            defaults.adminConnections(),
            defaults.failedAuthentications(),
            defaults.rates(),
            defaults.enrolments(),
            kept,
            defaults.parametersKey(),
            defaults.agentCertificateLife(),
            defaults.logLevel());

    CoordinatorProgram program =
        CoordinatorProgram.start(
            config,
            "test",
            new Armed(Failpoints.NONE, Tempo.of(InstantSource.fixed(TODAY))),
            _ -> {});
    try (program) {
      String metrics = waitFor(program, "holdfast_retention_gone_total{what=\"events\"} ");
      assertTrue(
          metrics.contains("holdfast_retention_gone_total{what=\"executions\"} 20.0"), metrics);
      assertTrue(metrics.contains("holdfast_retention_gone_total{what=\"runs\"} 20.0"), metrics);
    }

    assertEquals(1, count(data, "run"), "the newest says how things stand");
    assertEquals(2, count(data, "execution"), "the newest tick and the newest change");
    assertEquals(0, count(data, "log WHERE time < " + TODAY.minus(kept.events()).toEpochMilli()));
  }

  /** A change and twenty ticks, each reported. */
  private static void fill(Path data) {
    try (Rows rows = new Rows(data)) {
      InstanceId instance = rows.instance(1);
      AssociationId association = rows.create(1, instance);
      for (int day = 1; day <= 21; day++) {
        rows.timers.advance(Duration.ofDays(1));
        rows.report(rows.tick(association, rows.timers.now()), instance, RunStatus.SUCCESS);
      }
    }
  }

  /** What is shown once a counter is not zero any more. */
  private static String waitFor(CoordinatorProgram program, String counter)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + program.addresses().metrics() + "/metrics"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        String text = client.send(request, BodyHandlers.ofString()).body();
        if (text.contains(counter) && !text.contains(counter + "0.0")) {
          return text;
        }
      }
    }
    throw new AssertionError("nothing went");
  }

  private static long count(Path data, String table) throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("holdfast.db"));
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      result.next();
      return result.getLong(1);
    }
  }
}
