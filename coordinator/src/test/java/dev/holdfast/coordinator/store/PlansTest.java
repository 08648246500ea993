package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.compliance.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries that have to stay cheap when rows are many. */
final class PlansTest {
  @TempDir Path folder;

  @Test
  void theStatusesOfAnExecutionAreReadFromAnIndexAlone() {
    assertPlan(Runs.BRIEFS, "USING COVERING INDEX run_by_execution");
  }

  @Test
  void whatGoesOnOfAnExecutionIsFoundWithoutReadingWhatHasEnded() {
    assertPlan(Runs.IN_PROGRESS, "USING INDEX run_in_progress (execution_id=?)");
  }

  @Test
  void whatChangedOfAnExecutionComesInTheOrderOfItsIndex() {
    String plan = plan(Runs.CHANGED);

    assertTrue(plan.contains("USING INDEX run_by_change"), plan);
    assertTrue(!plan.contains("TEMP B-TREE"), plan);
  }

  @Test
  void whatMayGoIsFoundByIndexes() {
    String next = plan(OldRuns.NEXT);
    assertTrue(next.contains("SEARCH run USING COVERING INDEX run_by_instance"), next);
    assertTrue(!next.contains("TEMP B-TREE"), next);
    String of = plan(OldRuns.OF);
    assertTrue(of.contains("SEARCH run USING COVERING INDEX run_by_instance"), of);
    assertTrue(!of.contains("TEMP B-TREE"), of);
    String going = plan(OldExecutions.GOING);
    assertTrue(
        going.contains("SEARCH e USING INDEX execution_by_association (association_id=? AND"),
        going);
    assertTrue(!going.contains("SCAN p"), going);
    assertTrue(!going.contains("SCAN run"), going);
  }

  @Test
  void theExecutionsOfAnAssociationComeInTheOrderOfTheirIndex() {
    String plan = plan(Executions.BEHIND);

    assertTrue(plan.contains("USING INDEX execution_by_association"), plan);
    assertTrue(!plan.contains("TEMP B-TREE"), plan);
  }

  @Test
  void theNewestChangeAndTheEntersAreFoundByTheirKind() {
    assertPlan(Executions.NEWEST_CHANGE, "execution_by_kind");
    assertPlan(Executions.ENTERS, "USING COVERING INDEX execution_by_kind");
  }

  @Test
  void whatIsNotCompliantIsFoundWithoutReadingWhatIs() {
    ComplianceLists.Wanted wanted =
        new ComplianceLists.Wanted(
            Set.of(), Set.of(), Set.of(), Set.of(Status.NON_COMPLIANT), Set.of());
    String items = plan(ComplianceLists.itemsQuery(wanted, true));
    String resources = plan(ComplianceLists.resourcesQuery(wanted, true));

    assertTrue(items.contains("USING INDEX compliance_item_not_compliant"), items);
    assertTrue(resources.contains("INDEX compliance_resource_by_status (status=?"), resources);
    assertTrue(!(items + resources).contains("TEMP B-TREE"), items + resources);
  }

  @Test
  void whatIsCountedForThoseWhoWatchIsReadFromIndexes() {
    assertPlan(FleetRows.PRESENCES, "USING COVERING INDEX instance_by_presence");
    assertPlan(
        FleetRows.IN_PROGRESS,
        "USING COVERING INDEX current_run_by_association (association_id=? AND status=?)");
    assertPlan(FleetRows.OPEN_EXECUTIONS, "USING INDEX execution_by_association");
    String members = plan(FleetRows.MEMBERS);
    assertTrue(
        members.contains("membership_by_association (association_id=? AND left_position=?)"),
        members);
    assertTrue(members.contains("SEARCH c USING PRIMARY KEY"), members);
  }

  private void assertPlan(String query, String expected) {
    String plan = plan(query);
    assertTrue(plan.contains(expected), plan);
  }

  private String plan(String query) {
    try (Store store =
        Store.open(folder, () -> Instant.parse("2026-11-24T12:00:00Z"), Store.Durability.PROCESS)) {
      List<String> lines =
          store.read(
              read ->
                  read.handle()
                      .createQuery(
                          "EXPLAIN QUERY PLAN "
                              + query.replaceAll(":[a-z]+|<[a-z]+>|\\?[0-9]*", "1"))
                      .map((row, context) -> row.getString("detail"))
                      .list());
      return String.join("\n", lines);
    }
  }
}
