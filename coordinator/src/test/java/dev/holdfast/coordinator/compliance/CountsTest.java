package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.ComplianceLists;
import dev.holdfast.coordinator.store.ComplianceLists.Cell;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceSummaryItem;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.ListComplianceSummariesRequest;
import dev.holdfast.wire.v1.SyncCompliance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The counts that are kept equal a recount after everything that writes or deletes items. */
@ExtendWith(AsAdmin.class)
final class CountsTest {
  private static final int INSTANCES = 4;
  private static final int ASSOCIATIONS = 3;
  private static final List<String> STEPS = List.of("motd", "web", "users");

  @TempDir Path folder;
  private Estate estate;
  private GrpcCompliance service;
  private final Map<Integer, Association> contents = new HashMap<>();
  private long starts;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    service = new GrpcCompliance(new Calls(estate.store, () -> new UUID(0, 1)));
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void whateverHappensTheyEqualARecount() {
    Cases.check(
        12,
        random -> {
          estate.clear();
          populate();
          for (int i = 0; i < 40; i++) {
            String did = something(random);
            recount(did);
          }
        });
  }

  private void populate() {
    for (int i = 1; i <= INSTANCES; i++) {
      estate.addInstance(i);
    }
    for (int i = 1; i <= ASSOCIATIONS; i++) {
      contents.put(
          i,
          Association.newBuilder().setName("Check").setScheduleExpression("rate(1 hour)").build());
      AssociationId id = estate.addAssociation(i, content(i));
      for (int member = 1; member <= INSTANCES; member++) {
        estate.enter(id, Estate.instance(member));
      }
    }
  }

  private String something(RandomGenerator random) {
    int number = 1 + random.nextInt(ASSOCIATIONS);
    AssociationId id = Estate.association(number);
    InstanceId instance = Estate.instance(1 + random.nextInt(INSTANCES));
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> {
        end(random, number, instance);
        yield "a run ended";
      }
      case 4 -> {
        Association before = content(number);
        Association after =
            before.toBuilder()
                .setComplianceSeverity(
                    ComplianceSeverity.forNumber(random.nextInt(Severity.values().length)))
                .setSyncCompliance(
                    random.nextInt(4) == 0
                        ? SyncCompliance.SYNC_COMPLIANCE_MANUAL
                        : SyncCompliance.SYNC_COMPLIANCE_AUTO)
                .build();
        contents.put(number, after);
        estate.store.write(
            write -> {
              ComplianceDesk.edited(write, row(number), before, after);
              return true;
            });
        yield "an association was edited";
      }
      case 5 -> {
        estate.store.write(
            write -> {
              Compliance.removeOtherSteps(
                  write, id, STEPS.subList(0, random.nextInt(STEPS.size() + 1)));
              return true;
            });
        yield "a document lost steps";
      }
      case 6 -> {
        estate.leave(id, instance);
        estate.enter(id, instance);
        yield "an instance left";
      }
      case 7 -> {
        patches(random, instance);
        yield "a scan";
      }
      case 8 -> {
        Report.Compliance put =
            new Report.Compliance(
                "Custom:Type" + random.nextInt(2), estate.timers.now(), items(random, ""));
        estate.store.write(write -> PutDesk.host(write, instance, put));
        yield "a put on the host";
      }
      case 9 -> {
        put(random, instance, id);
        yield "a put by a caller";
      }
      case 10 -> {
        estate.timers.advance(Duration.ofHours(random.nextInt(30)));
        new FreshnessSweep(estate.store, estate.timers).start();
        estate.timers.advance(Duration.ofHours(1));
        yield "time passed";
      }
      default -> {
        estate.store.write(write -> Instances.deregister(write, instance));
        yield "an instance was deregistered";
      }
    };
  }

  private Association content(int number) {
    return Objects.requireNonNull(contents.get(number));
  }

  private Associations.Association row(int number) {
    return Estate.row(number, content(number), Estate.START, Estate.START);
  }

  private void end(RandomGenerator random, int number, InstanceId instance) {
    RunStatus status = one(random, RunStatus.values());
    List<StepResult> steps = new ArrayList<>();
    for (String step : STEPS) {
      if (random.nextBoolean()) {
        steps.add(
            new StepResult(
                step,
                "state:file",
                one(random, RunStatus.values()),
                0,
                1,
                Optional.empty(),
                Optional.empty(),
                false,
                random.nextBoolean()
                    ? List.of()
                    : List.of(new Drift("/etc/motd", "mode", "0600", "0644")),
                Output.NONE,
                Output.NONE,
                ""));
      }
    }
    long start = random.nextInt(3) == 0 ? Math.max(1, starts - 3) : ++starts;
    Association content = content(number);
    estate.store.write(
        write -> {
          ComplianceDesk.ended(
                  write,
                  Compliance.find(
                      write.read(),
                      instance,
                      Compliance.ASSOCIATION,
                      Estate.association(number).value()),
                  row(number),
                  new ComplianceDesk.Terms(
                      "title",
                      one(random, Severity.values()),
                      content.getSyncCompliance() != SyncCompliance.SYNC_COMPLIANCE_MANUAL),
                  new ComplianceDesk.Executed("Check", random.nextBoolean()),
                  Associations.inForce(write.read(), Estate.association(number)),
                  run(number, instance, start, status),
                  steps,
                  _ -> Optional.empty())
              .ifPresent(item -> Compliance.put(write, item));
          return true;
        });
  }

  private Runs.Run run(int number, InstanceId instance, long start, RunStatus status) {
    return new Runs.Run(
        "run " + start,
        "execution",
        Estate.association(number),
        instance,
        new Trigger.Tick(Estate.START).text(),
        1,
        start,
        1,
        status,
        status.text(),
        1,
        7,
        "0".repeat(64),
        Optional.empty(),
        Optional.empty(),
        Optional.of(estate.timers.now()),
        false,
        0,
        ByteString.EMPTY,
        estate.timers.now(),
        "");
  }

  private void patches(RandomGenerator random, InstanceId instance) {
    List<Map<String, String>> updates = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      updates.add(
          Map.of(
              "Name", "p" + random.nextInt(4), "Security", Boolean.toString(random.nextBoolean())));
    }
    estate.store.write(
        write -> {
          PutDesk.patches(write, instance, updates, estate.timers.now());
          return true;
        });
  }

  private void put(RandomGenerator random, InstanceId instance, AssociationId id) {
    boolean custom = random.nextBoolean();
    String scope = custom ? "" : id.value();
    estate.store.write(
        write ->
            PutDesk.put(
                write,
                new Puts.Request(
                    instance,
                    custom ? "Custom:Type" + random.nextInt(2) : Compliance.ASSOCIATION,
                    scope,
                    Estate.START.plusSeconds(random.nextInt(5)),
                    "",
                    "",
                    random.nextBoolean() ? "" : "hash " + random.nextInt(3),
                    false,
                    items(random, custom ? "" : scope + "/"))));
  }

  private static List<PutItem> items(RandomGenerator random, String before) {
    List<PutItem> items = new ArrayList<>();
    for (String word : List.of("a", "b", "c")) {
      if (random.nextBoolean()) {
        items.add(
            new PutItem(
                before + word,
                "",
                one(random, Severity.values()),
                one(random, Status.values()),
                Map.of("said", Integer.toString(random.nextInt(3)))));
      }
    }
    return items;
  }

  private static <T> T one(RandomGenerator random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private void recount(String did) {
    Map<String, Map<Cell, Integer>> resources = new TreeMap<>();
    Map<String, Rollup> standings = new TreeMap<>();
    List<Item> items =
        estate.store.read(
            read ->
                ComplianceLists.items(
                    read,
                    ComplianceLists.Place.START,
                    new ComplianceLists.Wanted(Set.of(), Set.of(), Set.of(), Set.of(), Set.of()),
                    100_000));
    for (Item item : items) {
      String place = item.instance() + " " + item.type();
      resources
          .computeIfAbsent(place, _ -> new HashMap<>())
          .merge(new Cell(item.status(), item.severity()), 1, Integer::sum);
      standings.merge(place, Rollup.of(item.status(), item.severity()), Rollup::plus);
    }
    List<ComplianceLists.Resource> kept =
        estate.store.read(
            read ->
                ComplianceLists.resources(
                    read,
                    ComplianceLists.Place.START,
                    new ComplianceLists.Wanted(Set.of(), Set.of(), Set.of(), Set.of(), Set.of()),
                    100_000));
    Map<String, Map<Cell, Integer>> keptCells = new TreeMap<>();
    Map<String, Rollup> types = new TreeMap<>();
    for (ComplianceLists.Resource resource : kept) {
      String place = resource.instance() + " " + resource.type();
      keptCells.put(place, resource.items());
      Rollup.Standing standing = standings.getOrDefault(place, Rollup.NONE).standing();
      assertEquals(
          standing,
          new Rollup.Standing(resource.status(), resource.severity()),
          did + ": " + place);
      types.merge(resource.type(), Rollup.of(standing.status(), standing.severity()), Rollup::plus);
    }
    assertEquals(resources, keptCells, did);
    assertEquals(summaries(types), summaries(), did);
    for (Severity severity : List.of(Severity.HIGH, Severity.UNSPECIFIED)) {
      assertEquals(
          summaries(ofSeverity(items, severity)),
          summaries(filter("Severity", severity.name())),
          did);
    }
    assertEquals(
        List.of(),
        estate.rows(
            "SELECT * FROM compliance_put WHERE type = 'Association' AND NOT EXISTS (SELECT 1 FROM"
                + " compliance_item i WHERE i.instance_id = compliance_put.instance_id AND i.type ="
                + " 'Association' AND i.id >= scope AND i.id < scope || '0') AND items > 0"),
        did + ": what was put is forgotten with the items");
  }

  private static Map<String, Rollup> ofSeverity(List<Item> items, Severity severity) {
    Map<String, Rollup> types = new TreeMap<>();
    Map<String, List<Item>> resources = new TreeMap<>();
    items.stream()
        .filter(item -> item.severity() == severity)
        .forEach(
            item ->
                resources
                    .computeIfAbsent(item.type() + "|" + item.instance(), _ -> new ArrayList<>())
                    .add(item));
    resources
        .values()
        .forEach(
            some -> {
              Rollup.Standing standing = Rollup.of(some).standing();
              types.merge(
                  some.getFirst().type(),
                  Rollup.of(standing.status(), standing.severity()),
                  Rollup::plus);
            });
    return types;
  }

  private static List<ComplianceSummaryItem> summaries(Map<String, Rollup> types) {
    return types.entrySet().stream()
        .map(type -> ComplianceForm.toProto(type.getKey(), type.getValue()))
        .toList();
  }

  private List<ComplianceSummaryItem> summaries(Filter... filters) {
    return Answer.of(
            service::listComplianceSummaries,
            ListComplianceSummariesRequest.newBuilder().addAllFilters(List.of(filters)).build())
        .getComplianceSummaryItemsList();
  }

  private static Filter filter(String key, String value) {
    return Filter.newBuilder().setKey(key).addValues(value).build();
  }
}
