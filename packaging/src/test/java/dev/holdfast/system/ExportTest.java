package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.InventoryEntity;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a real agent gathered and was handed on its host, exported by the client and asked by
 * another program's SQL.
 */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class ExportTest {
  private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @Test
  void theExamplesOfThePageAskWhatTheClientExported()
      throws IOException, InterruptedException, SQLException {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      var _ =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("AWS-GatherSoftwareInventory")
                              .setAssociationName("inventory")
                              .addTargets(
                                  Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                      .build());
      holdfast(rig, "wait", "association", "inventory", "--timeout", "60s");
      Map<String, Integer> gathered = gathered(rig);
      put(rig, instance);

      Path fleet = rig.folder().resolve("fleet");
      String said = holdfast(rig, "export", fleet.toString());

      int items = gathered.values().stream().mapToInt(Integer::intValue).sum();
      assertTrue(gathered.getOrDefault("AWS:InstanceInformation", 0) > 0, gathered::toString);
      Matcher lines = Pattern.compile("exported (\\d+) lines into \\d+ files").matcher(said);
      assertTrue(lines.find(), said);
      // With four of compliance: the item of the one association and the one that was put on the
      // host, and the summaries of their types.
      assertEquals(items + 4, Integer.parseInt(lines.group(1)), gathered::toString);
      for (String example : examples()) {
        List<String> rows = ask(example.replace("'fleet/", "'" + fleet + "/"));
        System.out.println("export: " + rows.size() + " rows for " + example.lines().toList());
        assertFalse(rows.isEmpty() && gathered.containsKey("AWS:Application"), example);
      }
    }
  }

  /** How many items of each type there are of the one instance, once no more come. */
  private static Map<String, Integer> gathered(Rig rig) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Map<String, Integer> before = Map.of();
    Map<String, Integer> counts = count(rig);
    // The reports of what was gathered may come a moment after that of the run.
    while ((counts.isEmpty() || !counts.equals(before)) && System.nanoTime() < end) {
      TimeUnit.SECONDS.sleep(1);
      before = counts;
      counts = count(rig);
    }
    return counts;
  }

  private static Map<String, Integer> count(Rig rig) {
    Map<String, Integer> counts = new TreeMap<>();
    String page = "";
    do {
      var answer =
          InventoryServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .getInventory(GetInventoryRequest.newBuilder().setPageToken(page).build());
      for (InventoryEntity entity : answer.getEntitiesList()) {
        entity
            .getDataMap()
            .forEach((type, item) -> counts.merge(type, item.getContentCount(), Integer::sum));
      }
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return counts;
  }

  /** Puts a compliance item on the host, and waits until the coordinator has it. */
  private static void put(Rig rig, String instance) throws IOException, InterruptedException {
    Path items =
        Files.writeString(
            rig.folder().resolve("items.json"),
            """
            [{"Id": "full", "Title": "The full backup", "Severity": "HIGH", "Status": "NON_COMPLIANT"}]
            """);
    var _ =
        Launched.run(
            rig.folder(),
            "holdfast-agent",
            List.of(
                "compliance",
                "put",
                "--type",
                "Custom:Backup",
                items.toString(),
                "--state",
                rig.state().toString()),
            0);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (backups(rig, instance).isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(200);
    }
    assertEquals(
        List.of("full COMPLIANCE_STATUS_NON_COMPLIANT COMPLIANCE_SEVERITY_HIGH"),
        backups(rig, instance));
  }

  private static List<String> backups(Rig rig, String instance) {
    return ComplianceServiceGrpc.newBlockingStub(rig.channel())
        .withCallCredentials(rig.token())
        .listComplianceItems(
            ListComplianceItemsRequest.newBuilder()
                .addResourceIds(instance)
                .addFilters(Filter.newBuilder().setKey("ComplianceType").addValues("Custom:Backup"))
                .build())
        .getComplianceItemsList()
        .stream()
        .map(item -> item.getId() + " " + item.getStatus() + " " + item.getSeverity())
        .toList();
  }

  private static String holdfast(Rig rig, String... call) {
    List<String> whole = new ArrayList<>(List.of(call));
    whole.addAll(
        List.of(
            "--address",
            rig.adminAddress(),
            "--ca",
            rig.data().resolve("ca.pem").toString(),
            "--token-file",
            rig.data().resolve("admin.token").toString()));
    return Launched.run(rig.folder(), "holdfast", whole, 0);
  }

  private static List<String> examples() throws IOException {
    String page =
        Files.readString(Path.of(System.getProperty("holdfast.root"), "docs/inventory.md"));
    List<String> examples = EXAMPLE.matcher(page).results().map(each -> each.group(1)).toList();
    assertFalse(examples.isEmpty(), "docs/inventory.md has no example in SQL");
    return examples;
  }

  private static List<String> ask(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }
}
